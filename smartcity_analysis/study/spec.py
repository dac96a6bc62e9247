"""``study.yaml``: the declaration of a study, checked whole and frozen."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ..disk import read_text
from ..errors import Breach, DataError
from .yaml_files import parse_yaml

__all__ = ["StudySpec", "load_spec"]


_NAME = r"^[A-Za-z0-9_][A-Za-z0-9_-]*$"  # of a study folder or a shipped framework; never a path


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class City(_Frozen):
    """Who is reviewed: the region's code (text, as in ``regions.csv``) and its name."""

    code: str = Field(pattern=r"^[0-9]{2}(\.[0-9]{2})?$")
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

    framework: str = Field(default="kominfo_evaluation", pattern=_NAME)
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

    framework: str = Field(pattern=_NAME)
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
    """Counts below `small_cell` are not shown in anything that is shared.

    `personal_data` found in the study's files are refused with their places, or replaced by tokens while it is read.
    """

    small_cell: int = Field(default=3, ge=1)
    personal_data: Literal["refuse", "pseudonymise"] = "refuse"


class Guards(_Frozen):
    """Where a well-formed value is pointed out as probably wrong; nothing is refused or left out for it.

    `jump` is the relative change from one year to the next that is looked at where other regions show what is usual,
    `jump_alone` the one where they do not (0.5: a half more, or two thirds of it left), and `jumps` takes the place of
    both for single indicators. The regions of a parent sum to it for the `additive` indicators; `parts` names the
    indicator that each of its own counts a part of, such as ``{poor_population: population}``.
    """

    jump: float = Field(default=0.2, gt=0)
    jump_alone: float = Field(default=0.5, gt=0)
    jumps: Mapping[str, float] = Field(default_factory=dict)
    additive: tuple[str, ...] = ()
    parts: Mapping[str, str] = Field(default_factory=dict)


class StudySpec(_Frozen):
    """Everything a study declares about itself.

    `peers` names another study folder whose regions the city is compared with; `notebooks` of one's own become
    chapters of the report, after the others.
    """

    city: City
    title: str | Mapping[str, str]
    masterplan: Masterplan | None = None
    languages: tuple[Literal["id", "en"], ...] = ("id", "en")
    number_format: NumberFormat = NumberFormat()
    framework: str | None = Field(default=None, pattern=_NAME)
    evaluation: EvaluationSpec | None = None
    index: RegionalIndexSpec | None = None
    disparity: DisparitySpec | None = None
    peers: str | None = Field(default=None, pattern=_NAME)
    seed: int = 0
    privacy: Privacy = Privacy()
    guards: Guards = Guards()
    notebooks: tuple[Annotated[str, Field(pattern=_NAME)], ...] = ()


def load_spec(path: Path, *, file: str | None = None) -> StudySpec:
    """Read and check ``study.yaml``.

    Parameters
    ----------
    path : path
        The file.
    file : str, optional
        Its name in messages; that of `path` by default.

    Raises
    ------
    DataError
        With one breach per field that is missing, unknown or out of range.
    """
    shown = file or path.name
    raw: Any = parse_yaml(read_text(path), file=shown)
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
