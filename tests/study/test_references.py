"""Between tables: codes that must exist elsewhere, parents, neighbours, and the ranges of the catalogue."""

import pytest

from smartcity_analysis.study import TABLES
from smartcity_analysis.study.readers.tables import read_table
from smartcity_analysis.study.references import reference_breaches, value_range_breaches

REGIONS = "code,name,level,parent,status,source\n"
CITY = "35.71,Kota Kediri,kota,,official,x\n35.71.01,Mojoroto,kecamatan,35.71,official,x\n"
CATALOGUE = "code,label_id,label_en,type,unit_id,unit_en,direction,lower,upper,lowest_region,status,source\n"
VALUES = "region,year,indicator,value,status,source\n"


def tables(**texts):
    read = {name: read_table(text.encode(), TABLES[name], file=f"{name}.csv") for name, text in texts.items()}
    for result in read.values():
        assert not result.breaches, [b.text("en") for b in result.breaches]
    return read


def test_sound_tables_pass():
    read = tables(
        regions=REGIONS + CITY,
        neighbours="region_a,region_b,status,source\n35.71,35.71.01,official,x\n",
        catalogue=CATALOGUE + "water,Air,Water,number,persen,per cent,up,0,100,kota,official,x\n",
        indicators=VALUES + "35.71,2022,water,100,official,x\n",
    )
    assert reference_breaches(read) == [] == value_range_breaches(read)


def test_an_unknown_region_is_named_with_the_nearest():
    read = tables(
        regions=REGIONS + CITY, indicators=VALUES + "35.71,2022,water,1,official,x\n35.71.02,2022,water,1,official,x\n"
    )
    (breach,) = reference_breaches(read)
    assert breach.text("id") == (
        "indicators.csv, baris 3, kolom region\n"
        "  Ditemukan: 35.71.02\n"
        "  Seharusnya: kode yang ada di tabel regions\n"
        '  Perbaikan: betulkan kodenya (mungkin maksudnya "35.71.01"), atau tambahkan dahulu ke tabel regions'
    )


def test_a_table_that_is_not_there_is_not_referred_to():
    assert reference_breaches(tables(indicators=VALUES + "35.71,2022,water,1,official,x\n")) == []


def test_every_code_of_a_list_is_looked_up():
    header = "code,name,pillar,sub_dimension,owner_opd,owner_status,ict,quick_win_years,period,status,source\n"
    opd = "code,abbreviation,name,kind,existence,pillars,status,source\ndinkes,D,Dinas,dinas,found,,reported,x\n"
    rows = "P1,A,GOV,GOV1,dinkes; dinkse,found,ict,,,reported,x\nP2,B,GOV,GOV1,,unknown,ict,,,reported,x\n"
    (breach,) = reference_breaches(tables(opd=opd, programmes=header + rows))
    assert (breach.row, breach.column, breach.found, breach.facts["hint"]) == (2, "owner_opd", "dinkse", "dinkes")


@pytest.mark.parametrize(
    ("row", "key", "words"),
    [
        ("35.72.01,X,kecamatan,35.71,official,x", "outside_parent", "induk 35.72 yang sesuai dengan kodenya"),
        ("35.72.01,X,kecamatan,35.72,official,x", "unknown_reference", "kode yang ada di tabel regions"),
        ("35.71.02,X,kelurahan,35.71,official,x", "parent_level", "induk setingkat kecamatan"),
        ("35.71.02,X,kota,35.71,official,x", "parent_level", "induk setingkat provinsi"),
        ("35.71.01.1001,X,kelurahan,,official,x", "outside_parent", "induk 35.71.01 yang sesuai dengan kodenya"),
    ],
)
def test_a_region_lies_in_the_parent_its_code_implies(row, key, words):
    (breach,) = reference_breaches(tables(regions=REGIONS + CITY + row + "\n"))
    assert (breach.key, breach.row, breach.column) == (key, 4, "parent")
    assert words.replace("(kosong)", "") in breach.text("id")


def test_a_region_without_parent_passes():
    assert reference_breaches(tables(regions=REGIONS + CITY)) == []


def test_a_province_has_no_parent():
    breaches = reference_breaches(tables(regions=REGIONS + CITY + "35,X,provinsi,35.71,official,x\n"))
    assert [(b.key, b.row) for b in breaches] == [("outside_parent", 2), ("outside_parent", 4)]


def test_a_pair_of_neighbours_stands_once():
    rows = "region_a,region_b,status,source\n35.71,35.71.01,official,x\n35.71.01,35.71,official,x\n"
    (breach,) = reference_breaches(tables(regions=REGIONS + CITY, neighbours=rows))
    assert (breach.key, breach.row, breach.facts["first"]) == ("duplicate_key", 3, 2)


def test_a_region_is_not_its_own_neighbour():
    rows = "region_a,region_b,status,source\n35.71,35.71.01,official,x\n35.71,35.71,official,x\n"
    (breach,) = reference_breaches(tables(regions=REGIONS + CITY, neighbours=rows))
    assert (breach.key, breach.row, breach.column, breach.found) == ("neighbour_self", 3, "region_b", "35.71")


def test_a_value_outside_the_range_of_the_catalogue_is_named_in_the_readers_language():
    read = tables(
        catalogue=CATALOGUE + "water,Air,Water,number,persen,per cent,up,0,100,kota,official,x\n",
        indicators=VALUES + "35.71,2022,water,100,official,x\n35.71,2023,water,100.5,official,x\n",
    )
    (breach,) = value_range_breaches(read)
    assert breach.text("id") == (
        "indicators.csv, baris 3, kolom value\n"
        "  Ditemukan: 100.5 (water, 35.71)\n"
        "  Seharusnya: nilai antara 0 dan 100 (persen)\n"
        "  Perbaikan: periksa nilai, satuan, dan tanda desimalnya"
    )
    assert "a value between 0 and 100 (per cent)" in breach.text("en")


def test_a_range_may_be_open_at_one_end_or_at_both():
    catalogue = CATALOGUE + "a,A,A,number,x,x,up,0,,kota,official,x\nb,B,B,number,x,x,up,,,kota,official,x\n"
    rows = "35.71,2022,a,1e9,official,x\n35.71,2023,a,-1,official,x\n35.71,2022,b,-1e9,official,x\n"
    (breach,) = value_range_breaches(tables(catalogue=catalogue, indicators=VALUES + rows))
    assert breach.row == 3 and "nilai antara 0 dan ..." in breach.text("id")
