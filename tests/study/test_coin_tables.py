"""Tables of other tools come in as the same index, go out as they came, and say everything that is wrong at once."""

import numpy as np
import pandas as pd
import pytest

from smartcity_analysis.errors import DataError
from smartcity_analysis.index import IndexSpec, build_index, build_panel
from smartcity_analysis.study import CoinTables, load_coin, load_framework, read_coin, save_coin, write_coin
from smartcity_analysis.study.spec import NumberFormat

from .coin_samples import by_hand, idata, imeta


def test_they_score_as_the_framework_built_by_hand():
    coin = read_coin(idata(), imeta())
    ours, theirs = build_index(coin.values, by_hand()), build_index(coin.values, coin.framework)
    assert len(coin.framework.leaves) == 16 and coin.framework.depth("Goods") == 3
    pd.testing.assert_frame_equal(ours.scores, theirs.scores[ours.scores.columns], rtol=0, atol=1e-15)
    np.testing.assert_allclose(theirs.weights["effective"], ours.weights["effective"].reindex(theirs.weights.index))


def test_weights_and_directions_decide_the_scores():
    right = build_index(*two(read_coin(idata(), imeta()))).total
    for column, code, other in (("Weight", "Soci", 1.0), ("Direction", "Delay", 1)):
        meta = imeta()
        meta.loc[meta["iCode"] == code, column] = other
        assert not np.allclose(right, build_index(*two(read_coin(idata(), meta))).total)


def two(coin):
    return coin.values, coin.framework


def test_the_total_is_what_the_arithmetic_gives():
    coin = read_coin(idata(), imeta())
    x, total = coin.values, 0.0
    for leaf, effective in build_index(x, coin.framework).weights["effective"].loc[list(x)].items():
        share = (x[leaf] - x[leaf].min()) / (x[leaf].max() - x[leaf].min())
        total += effective * (share if coin.framework.node(leaf).leaf.direction == 1 else 1 - share)
    np.testing.assert_allclose(build_index(x, coin.framework).total, total)


@pytest.mark.parametrize("years", [(), (2021, 2022)])
def test_out_and_in_again_is_the_identity(years):
    data, meta = idata(years), imeta()
    data.loc[1, "Goods"] = np.nan
    out = write_coin(read_coin(data, meta))
    pd.testing.assert_frame_equal(out[0], data, check_dtype=False)
    pd.testing.assert_frame_equal(out[1], meta, check_dtype=False)
    again = read_coin(*out)
    assert again.framework == read_coin(data, meta).framework
    pd.testing.assert_frame_equal(again.values, read_coin(data, meta).values)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_files_hold_the_same(tmp_path, ending):
    coin = read_coin(idata(), imeta(), name="meta")
    paths = tmp_path / f"data.{ending}", tmp_path / f"meta.{ending}"
    save_coin(coin, *paths)
    again = load_coin(*paths)
    assert again.framework == coin.framework and again.per == {"Goods": "Pop"}
    pd.testing.assert_frame_equal(again.values, coin.values)
    pd.testing.assert_frame_equal(again.units, coin.units)


def test_the_country_na_is_no_missing_value():
    assert list(read_coin(idata(), imeta()).values.index) == ["NA", "P2", "P3", "P4", "P5", "P6"]


def test_numbers_are_read_as_declared(tmp_path):
    write_whole = tmp_path / "data.csv", tmp_path / "meta.csv"
    write_whole[0].write_text("uCode;a\nx;1,5\ny;2\n")
    write_whole[1].write_text(
        "iCode;Level;Parent;Direction;Weight;Type\na;1;I;-1;0,5;Indicator\nI;2;NA;1;NA;Aggregate\n"
    )
    coin = load_coin(*write_whole, numbers=NumberFormat(decimal=","))
    assert coin.values["a"].tolist() == [1.5, 2.0] and coin.framework.node("a").weight == 0.5


def test_a_framework_of_ours_goes_out_and_comes_back():
    ours = load_framework("human_development")
    values = pd.DataFrame([[74.04, 15.27, 10.15, 12359]], index=["35.71"], columns=[n.code for n in ours.leaves])
    coin = read_coin(*write_coin(CoinTables(values, ours)))
    total = build_index(coin.values, coin.framework).total
    assert total.tolist() == build_index(values, ours).total.tolist() and round(total.item(), 2) == 78.60
    assert coin.framework.label == ours.root.label and coin.framework.node("spending").leaf.transform == "log"


def test_what_cannot_be_carried_is_refused():
    coin = CoinTables(pd.DataFrame(), load_framework("spbe"))
    with pytest.raises(DataError, match="iMeta") as refused:
        write_coin(coin)
    assert {(b.key, b.found) for b in refused.value.breaches} == {("coin_not_carried", s) for s in ("level", "scale")}


def test_years_make_a_panel():
    coin = read_coin(idata((2022, 2021)), imeta())
    assert build_panel(coin.values, coin.framework).years == (2021, 2022)


def test_missing_values_are_missing():
    data = idata().astype(object)
    data.loc[2, ["Goods", "Delay"]] = [None, "n/a"]
    coin = read_coin(data, imeta())
    result = build_index(coin.values, coin.framework, IndexSpec(min_available=0.5))
    assert result.coverage.loc["P3", "Phys"] == 0 and np.isnan(result.scores.loc["P3", "Phys"])
    assert result.scores.loc["P3", "Index"] > 0


def test_ratios_are_declared_and_taken():
    coin = read_coin(idata(), imeta())
    np.testing.assert_allclose(coin.ratios["Goods"], idata()["Goods"] / idata()["Pop"])
    assert coin.ratios["Delay"].equals(coin.values["Delay"]) and coin.framework.node("Goods").leaf.target == 80


def test_empty_weights_count_alike_and_further_columns_are_kept():
    meta = imeta()
    meta.loc[meta["Parent"] == "Index", "Weight"] = None
    meta["Scientific"] = ["x"] + [None] * (len(meta) - 1)
    coin = read_coin(idata(), meta)
    assert coin.framework.child_weights("Index") == {"Conn": 0.5, "Sust": 0.5}
    assert write_coin(coin)[1]["Scientific"].tolist()[0] == "x"
    assert coin.framework.table().loc["Goods", "weight_pct"] == 75


# --- what is wrong ---

BROKEN = {
    "Goods": ("Direction", 0, "coin_direction"),
    "Delay": ("Level", 2, "coin_level"),
    "Grid": ("Parent", "Enr", "unknown_reference"),
    "Loss": ("Weight", -1.0, "coin_weight"),
    "Trust": ("Parent", "Goods", "coin_parent"),
    "Study": ("Type", "Indicater", "not_allowed"),
    "Fibre": ("Denominator", "Poq", "unknown_reference"),
    "Forest": ("Weight", None, "weight_partly"),
    "School": ("Weight", "heavy", "not_a_number"),
    "Phys": ("Level", 5, "coin_level"),
    "Sust": ("Direction", -1, "coin_direction"),
    "Poor": ("goalpost_scale", 100.0, "coin_scale"),
    "Conn": ("Parent", None, "coin_roots"),
}


@pytest.mark.parametrize("code", BROKEN)
def test_a_broken_row_is_named_with_row_and_column(code):
    column, value, key = BROKEN[code]
    meta = imeta().astype(object)
    row = meta.index[meta["iCode"] == code][0]
    meta.loc[row, column] = value
    with pytest.raises(DataError, match="iMeta") as refused:
        read_coin(idata(), meta)
    assert (key, row + 2, column) in {(b.key, b.row, b.column) for b in refused.value.breaches}


def test_everything_wrong_with_both_tables_is_said_at_once():
    meta, data = imeta().astype(object), idata().astype(object)
    for code, (column, value, _) in BROKEN.items():
        meta.loc[meta["iCode"] == code, column] = value
    data = data.drop(columns="Wait").assign(Wiat=1.0)
    data.loc[3, "uCode"], data.loc[4, "Delay"], data.loc[5, "Pop"] = "P2", "many", 0.0
    with pytest.raises(DataError, match="iData") as refused:
        read_coin(data, meta)
    found = refused.value.breaches
    assert {key for _, _, key in BROKEN.values()} <= {b.key for b in found}
    rest = {(b.key, b.file, b.row, b.column) for b in found if b.file == "iData"}
    assert rest >= {
        ("coin_no_column", "iData", 1, "Wait"),
        ("coin_not_listed", "iData", 1, "Wiat"),
        ("duplicate_key", "iData", 5, "uCode"),
        ("not_a_number", "iData", 6, "Delay"),
        ("coin_denominator", "iData", 7, "Pop"),
    }
    said = {language: refused.value.text(language) for language in ("id", "en")}
    assert "bobot nol atau lebih" in said["id"] and "a weight of zero or more" in said["en"]


def test_a_column_that_is_not_there_is_said():
    with pytest.raises(DataError, match="Parent") as refused:
        read_coin(idata(), imeta().drop(columns=["Parent", "Weight"]))
    assert [(b.key, b.column) for b in refused.value.breaches] == [
        ("column_missing", "Parent"),
        ("column_missing", "Weight"),
    ]


def test_a_childless_aggregate_and_weights_of_nothing_are_refused():
    meta = imeta()
    meta.loc[meta["Parent"] == "Phys", ["Parent", "Weight"]] = ["Ener", 0.0]
    meta.loc[meta["Parent"] == "Ener", "Weight"] = 0.0
    with pytest.raises(DataError, match="Phys") as refused:
        read_coin(idata(), meta)
    assert {b.key for b in refused.value.breaches} == {"coin_childless", "coin_weights_zero"}


def test_codes_and_columns_that_come_twice_are_refused():
    meta = pd.concat([imeta(), imeta().iloc[[0]]], ignore_index=True)
    data = pd.concat([idata(), idata()["Goods"]], axis=1)
    with pytest.raises(DataError, match="Goods") as refused:
        read_coin(data, meta)
    assert {b.key for b in refused.value.breaches} == {"duplicate_key", "column_twice"}


def test_another_ending_is_refused(tmp_path):
    with pytest.raises(DataError, match="ods"):
        save_coin(read_coin(idata(), imeta()), tmp_path / "data.ods", tmp_path / "meta.ods")
    assert list(tmp_path.iterdir()) == []
