"""``study.yaml``: the declaration of a study, checked whole and frozen."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ..disk import read_text
from ..errors import Breach, DataError

__all__ = ["StudySpec", "load_spec"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class City(_Frozen):
    """Who is reviewed: the region's code (text, as in ``regions.csv``) and its name."""

    code: str = Field(pattern=r"^\d{2}(\.\d{2})?$")
    name: str


class Masterplan(_Frozen):
    """The plan under review and the years it covers, both ends included."""

    title: str
    first_year: int = Field(ge=2000, le=2100)
    last_year: int = Field(ge=2000, le=2100)

    @model_validator(mode="after")
    def _in_order(self) -> Masterplan:
        if self.first_year >= self.last_year:
            raise ValueError("first_year must come before last_year")
        return self


class NumberFormat(_Frozen):
    """How numbers are written in the study's files; never guessed."""

    decimal: Literal[".", ","] = "."
    thousands: Literal["", ".", ",", " "] = ""

    @model_validator(mode="after")
    def _distinct(self) -> NumberFormat:
        if self.decimal == self.thousands:
            raise ValueError("decimal and thousands must differ")
        return self


class EvaluationSpec(_Frozen):
    """Which evaluation framework judges the city, and in which cohort."""

    framework: str = "kominfo_evaluation"
    cohort: str
    peer_cohort: str | None = None


class UncertaintySpec(_Frozen):
    """What is uncertain about the regional index: methods that could be chosen as well, and how far weights may move.

    `weights_spread` is the largest relative change of a weight (0.25: a quarter either way); `draws` and `points` are
    the numbers of draws of the simulation and of the sensitivity design (a power of 2); intervals hold `level`.
    """

    normalise: tuple[str, ...] = Field(min_length=1)
    aggregate: tuple[str, ...] = Field(min_length=1)
    weights_spread: float = Field(gt=0, le=1)
    draws: int = Field(default=10_000, ge=100)
    points: int = Field(default=1024, ge=64)
    level: float = Field(default=0.9, gt=0, lt=1)


class RegionalIndexSpec(_Frozen):
    """The composite index computed for the study's regions, and the published one it is held against."""

    framework: str
    published: str | None = None
    uncertainty: UncertaintySpec | None = None


class DisparitySpec(_Frozen):
    """The indicator whose disparity is measured, its population weights, and the grouping for between and within.

    `first_year` leaves out earlier years whose figures are not comparable.
    """

    indicator: str
    population: str
    first_year: int | None = None
    group: Literal["level", "parent"] = "level"


class Privacy(_Frozen):
    """Counts below `small_cell` are not shown in anything that is shared."""

    small_cell: int = Field(default=3, ge=1)


class StudySpec(_Frozen):
    """Everything a study declares about itself.

    `peers` names another study folder whose regions the city is compared with.
    """

    city: City
    title: str | Mapping[str, str]
    masterplan: Masterplan | None = None
    languages: tuple[Literal["id", "en"], ...] = ("id", "en")
    number_format: NumberFormat = NumberFormat()
    framework: str | None = None
    evaluation: EvaluationSpec | None = None
    index: RegionalIndexSpec | None = None
    disparity: DisparitySpec | None = None
    peers: str | None = None
    seed: int = 0
    privacy: Privacy = Privacy()


def load_spec(path: Path, *, file: str | None = None) -> StudySpec:
    """Read and check ``study.yaml``.

    Raises
    ------
    DataError
        With one breach per field that is missing, unknown or out of range.
    """
    import yaml

    shown = file or path.name
    try:
        raw: Any = yaml.safe_load(read_text(path))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        row = mark.line + 1 if mark else None
        raise DataError([Breach("yaml_unreadable", file=shown, row=row, found=str(error).split("\n")[0])]) from None
    if not isinstance(raw, dict):
        raise DataError([Breach("yaml_unreadable", file=shown, found=type(raw).__name__)])
    try:
        return StudySpec.model_validate(raw)
    except ValidationError as error:
        raise DataError([_breach(e, shown) for e in error.errors()]) from None


def _section(place: tuple[str | int, ...]) -> type[BaseModel]:
    """Return the model of the section at `place`, such as ``("number_format",)``; the study itself at ``()``."""
    model: type[BaseModel] = StudySpec
    for part in place:
        kind = model.model_fields[str(part)].annotation
        model = next(t for t in (kind, *get_args(kind)) if isinstance(t, type) and issubclass(t, BaseModel))
    return model


def _breach(error: Any, file: str) -> Breach:
    place = ".".join(str(part) for part in error["loc"]) or "study"
    kind = error["type"]
    if kind == "missing":
        return Breach("spec_missing", file=file, column=place)
    if kind == "extra_forbidden":
        known = ", ".join(_section(error["loc"][:-1]).model_fields)
        return Breach("spec_unknown", file=file, column=place, found=error["input"], facts={"known": known})
    return Breach("spec_value", file=file, column=place, found=error["input"], facts={"why": error["msg"]})
