"""Whatever comes in: a table that meets its contract, or a DataError; and what is written is read back."""

import csv
import io

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from smartcity_analysis.errors import DataError
from smartcity_analysis.study import TABLES
from smartcity_analysis.study.contracts import schema
from smartcity_analysis.study.framework_files import framework_from_dict
from smartcity_analysis.study.readers.cells import MISSING_WORDS
from smartcity_analysis.study.readers.grid import bare
from smartcity_analysis.study.readers.tables import read_table
from smartcity_analysis.study.sheets import read_sheets
from smartcity_analysis.study.spec import NumberFormat
from smartcity_analysis.study.yaml_files import parse_yaml

SCORES = TABLES["scores"]
NAMES = [column.name for column in SCORES.columns]
FORMATS = [
    NumberFormat(),
    NumberFormat(decimal=","),
    NumberFormat(decimal=",", thousands="."),
    NumberFormat(thousands=","),
]
quick = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
formats = st.sampled_from(FORMATS)


def check(read, table=SCORES):
    """A table that was read meets its contract; one that was not says why, in both languages, at places that exist."""
    if read.breaches:
        for breach in read.breaches:
            assert breach.text("id") and breach.text("en")
            assert breach.file and (breach.row is None or breach.row >= 1)
        return
    schema(table).validate(read.values)
    assert list(read.values.columns) == [column.name for column in table.columns]
    assert len(read.values) == len(read.rows) > 0 and (np.diff(read.rows) > 0).all()
    assert not read.values.duplicated(list(table.key)).any()
    for column in table.columns:
        values = read.values[column.name]
        if column.kind in ("number", "year"):
            assert values.dtype == "float64" and not np.isinf(values).any()
        else:
            assert all(value is None or (isinstance(value, str) and value == bare(value)) for value in values)


@quick
@given(data=st.binary(max_size=400), ending=st.sampled_from(["csv", "xlsx"]), numbers=formats)
@example(data=b"year,score\n2020,1\n", ending="xlsx", numbers=FORMATS[0])
@example(data=b"PK\x05\x06" + bytes(18), ending="xlsx", numbers=FORMATS[0])  # an empty zip
def test_any_bytes(data, ending, numbers):
    check(read_table(data, SCORES, file=f"scores.{ending}", numbers=numbers))


texts = st.text(st.characters(codec="utf-8"), max_size=12)
likely = st.sampled_from(
    ["2020", "2021", "3.1", "3,1", "4", "", "-", "reported", "official", "x", "1.234", "#REF!", "\u200b", '"', "\n"]
)
cells = likely | texts
grids = st.lists(st.lists(cells, min_size=4, max_size=9), min_size=1, max_size=6)


def as_csv(rows, separator=","):
    stream = io.StringIO()
    csv.writer(stream, delimiter=separator, lineterminator="\n").writerows(rows)
    return stream.getvalue().encode()


@quick
@given(body=grids, numbers=formats, separator=st.sampled_from(",;\t|"), headed=st.booleans())
def test_any_grid_of_texts(body, numbers, separator, headed):
    rows = [NAMES, *([*row, *[""] * 9][:9] for row in body)] if headed else body
    check(read_table(as_csv(rows, separator), SCORES, file="scores.csv", numbers=numbers))


stored = (
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False)
    | st.dates() | st.times() | st.datetimes() | likely
    | st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)
)  # fmt: skip


def as_workbook(rows, percent=()):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for place in percent:
        book.active[place].number_format = "0%"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@quick
@given(body=st.lists(st.lists(stored, min_size=9, max_size=9), min_size=1, max_size=4), numbers=formats)
def test_any_grid_of_a_workbook(body, numbers):
    data = as_workbook([NAMES, *body])
    check(read_table(data, SCORES, file="scores.xlsx", numbers=numbers))
    assert read_sheets(data, file="scores.xlsx").keys() == {"Sheet"}


# --- there and back ---

SIGNS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"], exclude_characters="\ufffd")
words = st.text(SIGNS, max_size=12).map(bare)
words = words.filter(lambda text: text.lower() not in MISSING_WORDS and not text.startswith(("#", "=", "Err:")))
rows = st.fixed_dictionaries(
    {
        "score": st.none() | st.floats(0, 4),
        "target": st.none() | st.floats(0, 4),
        "target_status": st.none() | st.sampled_from(["official", "reported"]),
        "rank_national": st.none() | st.integers(1, 514),
        "rank_province": st.none() | st.integers(1, 60),
        "status": st.sampled_from(["official", "survey"]),
        "source": words,
        "note": st.none() | words,
    }
)
tables = st.dictionaries(st.integers(1990, 2100), rows, min_size=1, max_size=4)


def shown(value, numbers):
    if value is None:
        return ""
    return repr(value).replace(".", numbers.decimal) if isinstance(value, float) else str(value)


def grid_of(table, years=None):
    """The table as rows below its header."""
    return [NAMES, *([year, *(table[year][name] for name in NAMES[1:])] for year in years or table)]


def frame(grid):
    values = pd.DataFrame(grid[1:], columns=grid[0], dtype=object)
    for column in SCORES.columns:
        cells = values[column.name]
        values[column.name] = cells.astype("float64") if column.kind in ("number", "year") else cells
    return values


def same(read, grid):
    assert not read.breaches, DataError(read.breaches)
    pd.testing.assert_frame_equal(read.values, frame(grid), check_dtype=False)


@quick
@given(table=tables, numbers=formats, separator=st.sampled_from(",;\t|"), data=st.data())
def test_what_is_written_as_CSV_is_read_back_in_any_order_of_columns(table, numbers, separator, data):
    order = data.draw(st.permutations(range(len(NAMES))))
    grid = [[shown(value, numbers) for value in row] for row in grid_of(table)]
    moved = as_csv([[row[place] for place in order] for row in grid], separator)
    same(read_table(moved, SCORES, file="scores.csv", numbers=numbers), grid_of(table))


@quick
@given(table=tables, numbers=formats, data=st.data())
def test_what_is_written_as_a_workbook_is_read_back_in_any_order_of_rows(table, numbers, data):
    grid = grid_of(table, data.draw(st.permutations(list(table))))
    same(read_table(as_workbook(grid), SCORES, file="scores.xlsx", numbers=numbers), grid)


@pytest.mark.parametrize("place", ["B2", "E2"])
def test_a_per_cent_cell_is_never_read_as_its_fraction(place):
    row = [2022, 0.9, None, None, 1, None, "reported", "x", None]
    read = read_table(as_workbook([NAMES, row], [place]), SCORES, file="scores.xlsx")
    assert [breach.key for breach in read.breaches] == ["cell_percent"]


# --- declarations ---

leaves = (
    st.none()
    | st.booleans()
    | st.integers(-5, 200)
    | st.floats(allow_nan=False)
    | st.sampled_from(["a", "GOV", "log", "down", ""])
)
ENTRIES = [
    "tree",
    "code",
    "children",
    "weight",
    "goalposts",
    "label",
    "type",
    "weight_sets",
    "id",
    "years",
    "weights",
    "bands",
    "lower",
    "upper",
    "scale",
    "breaks",
    "year",
    "options",
    "direction",
    "transform",
    "owners",
    "leaves",
    "unknown",
]
entries = st.sampled_from(ENTRIES)
trees = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(entries, inner, max_size=5), max_leaves=20
)
framework_trees = st.fixed_dictionaries(
    {"tree": st.dictionaries(entries, trees, max_size=5)},
    optional=dict.fromkeys(("weight_sets", "bands", "scale", "breaks", "label"), trees),
)


@settings(max_examples=100, deadline=None)
@given(tree=framework_trees)
def test_any_tree_is_a_framework_or_a_DataError(tree):
    try:
        framework = framework_from_dict(tree, file="framework.yaml")
    except DataError as error:
        assert error.text("id") and error.text("en")
    else:
        assert len(framework.nodes) == sum(1 for _ in framework.root.walk())


@settings(max_examples=100, deadline=None)
@given(text=st.text("a&*!<:-[]{},'\"# \n\t0123456789._ex|>%@?~", max_size=60) | texts)
def test_any_text_is_YAML_or_a_DataError(text):
    try:
        parse_yaml(text, file="study.yaml")
    except DataError as error:
        assert {breach.key for breach in error.breaches} <= {
            "yaml_unreadable", "yaml_alias", "yaml_twice", "yaml_number", "yaml_large",
        }  # fmt: skip
