"""Broken cells: types, numbers, units, codes, years, regions and what refers to them."""

from .breaking import add, both, cell, change, faults, header, remade, table

S, R, I, N = "scores.csv", "regions.csv", "indicators.csv", "neighbours.csv"


def point(file, row, text):
    return cell(file, row, "score", text)


NUMBERS = faults(
    "numbers",
    in_words=point(S, 3, "tiga koma nol enam"),
    decimal_comma=point(S, 5, "3,197"),
    thousands_points=cell(R, 2, "population", "286.796"),
    thousands_points_twice=cell(R, 2, "population", "1.286.796"),
    thousands_comma=cell(R, 2, "population", "286,796"),
    thousands_space=cell(R, 2, "population", "286 796"),
    unit_behind=cell(R, 2, "area_km2", "63.404 km2"),
    currency_before=point(S, 3, "Rp3.06"),
    per_cent_sign=point(S, 3, "3.06%"),
    fraction=point(S, 3, "3 1/2"),
    range=point(S, 3, "3.0-3.2"),
    about=point(S, 3, "±3"),
    letter_O_for_zero=point(S, 3, "3.O6"),
    two_points=point(S, 3, "3..06"),
    accounting_brackets=point(S, 3, "(3.06)"),
    infinite=point(S, 3, "inf"),
    far_too_large=point(S, 3, "1e999"),
    hexadecimal=point(S, 3, "0x3"),
    a_date=point(S, 3, "2021-03-06"),
    a_date_from_a_decimal=point(S, 3, "06/Mar"),
    true=point(S, 3, "TRUE"),
    spaces_around=point(S, 3, " 3.06 "),
    a_no_break_space_behind=point(S, 3, "3.06\u00a0"),
    a_zero_width_space_behind=point(S, 3, "3.06\u200b"),
    typographic_minus=point(S, 3, "−3.06"),
    with_plus=point(S, 3, "+3.06"),
    trailing_zeros=point(S, 3, "3.0600"),
    error_of_a_formula=point(S, 3, "#REF!"),
    column_too_narrow_when_saved=point(S, 3, "#######"),
)

EMPTY = faults(
    "missing values",
    not_available=table(I, lambda rows: rows[1].__setitem__(3, "n/a")),
    a_dash=table(I, lambda rows: rows[1].__setitem__(3, "-")),
    nan=table(I, lambda rows: rows[1].__setitem__(3, "NaN")),
    tidak_ada=table(I, lambda rows: rows[1].__setitem__(3, "tidak ada")),
    empty_value=table(I, lambda rows: rows[1].__setitem__(3, "")),
    empty_status=table(I, lambda rows: rows[1].__setitem__(4, "")),
    empty_source=table(I, lambda rows: rows[1].__setitem__(5, " ")),
    empty_key=table(I, lambda rows: rows[1].__setitem__(0, "")),
    zero_for_missing_score=point(S, 6, "-1"),
    a_dash_where_it_may_be_empty=cell(S, 2, "rank_national", "-"),
    null_where_it_may_be_empty=cell(S, 2, "target", "null"),
    a_formula_error_in_a_text=cell(S, 2, "note", "#N/A"),
)

UNITS = faults(
    "units and bounds",
    ten_times_off=table(I, lambda rows: rows[1].__setitem__(3, "634.04")),
    a_thousand_times_off=table(I, lambda rows: rows[1].__setitem__(3, "63404")),
    hectares_for_square_kilometres=table(I, lambda rows: rows[2].__setitem__(3, "2460.1")),
    score_on_a_scale_to_100=point(S, 3, "76.5"),
    score_below_zero=point(S, 3, "-0.1"),
    negative_count=cell(R, 2, "population", "-286796"),
    half_a_person=cell(R, 2, "population", "286796.5"),
    half_a_rank=cell(S, 4, "rank_national", "22.5"),
    rank_zero=cell(S, 4, "rank_national", "0"),
    latitude_and_longitude_swapped=both(header(R, "lat", "x"), header(R, "lon", "lat"), header(R, "x", "lon")),
    latitude_without_minus_and_point=table(R, lambda rows: rows[5].__setitem__(7, "-7824441")),
    longitude_of_another_country=table(R, lambda rows: rows[5].__setitem__(8, "12.0")),
    target_above_the_scale=cell(S, 4, "target", "4.4"),
)  # fmt: skip

YEARS = faults(
    "years",
    a_digit_too_many=cell(S, 3, "year", "20211"),
    two_digits=cell(S, 3, "year", "21"),
    as_a_decimal=cell(S, 3, "year", "2021.0"),
    as_a_date=cell(S, 3, "year", "31/12/2021"),
    a_school_year=cell(S, 3, "year", "2021/2022"),
    before_its_time=cell(S, 3, "year", "1021"),
    far_ahead=cell(S, 3, "year", "2201"),
    the_same_twice=cell(S, 3, "year", "2020"),
    with_a_thousands_point=cell(S, 3, "year", "2.021"),
    spelt_out=cell(S, 3, "year", "tahun 2021"),
    of_the_population_wrong=cell(R, 2, "population_year", "20"),
)

CODES = faults(
    "codes",
    zero_lost=table(I, lambda rows: rows[1].__setitem__(0, "35.7")),
    without_points=table(I, lambda rows: rows[1].__setitem__(0, "3571")),
    with_commas=table(I, lambda rows: rows[1].__setitem__(0, "35,71")),
    a_floating_point_number=table(I, lambda rows: rows[1].__setitem__(0, "35.7100000001")),
    in_exponents=table(I, lambda rows: rows[1].__setitem__(0, "3.57E+01")),
    a_group_too_short=table(I, lambda rows: rows[5].__setitem__(0, "35.71.1.1001")),
    a_name_for_a_code=table(I, lambda rows: rows[1].__setitem__(0, "Kota Kediri")),
    unknown_region=table(I, lambda rows: rows[1].__setitem__(0, "35.72")),
    unknown_indicator=table(I, lambda rows: rows[1].__setitem__(2, "area_km")),
    indicator_in_capitals=table(I, lambda rows: rows[1].__setitem__(2, "AREA_KM2")),
    unknown_OPD=change("programmes.csv", ",dinsos,", ",dinsoss,"),
    unknown_pillar=change("programmes.csv", ",GOV,GOV1,", ",GVO,GOV1,"),
    unknown_sub_dimension=change("programmes.csv", ",GOV,GOV1,", ",GOV,GOV4,"),
    unknown_status=cell(S, 2, "status", "dilaporkan"),
    status_in_capitals=cell(S, 2, "status", "Reported"),
    status_with_a_zero_width_space=cell(S, 2, "status", "reported\u200b"),
    a_list_with_commas=change("opd.csv", "GOV;LIV", '"GOV,LIV"'),
    digits_of_another_script=table(I, lambda rows: rows[1].__setitem__(0, "३५.७१")),
    spaces_around=table(I, lambda rows: rows[1].__setitem__(0, " 35.71 ")),
    a_letter_for_a_digit=table(I, lambda rows: rows[1].__setitem__(0, "35.7l")),
    dash_of_another_kind=change("recommendation_status.csv", "2022-1,", "2022–1,"),
)


def without(file, text):
    """Leave out the first line that starts with `text`."""

    def make(content):
        lines = content.split("\n")
        lines.remove(next(line for line in lines if line.startswith(text)))
        return "\n".join(lines)

    return remade(file, make)


REGIONS = faults(
    "regions",
    twice=add(R, "35.71.01.1001,,Bandar Lor,kelurahan,35.71.01,,1.1,,,,,official,x\n"),
    one_missing=without(R, "35.71.01.1001,"),
    a_parent_missing=without(R, "35.71.02,"),
    under_another_parent=change(R, "Bandar Lor,kelurahan,35.71.01", "Bandar Lor,kelurahan,35.71.02"),
    parent_empty=change(R, "Bandar Lor,kelurahan,35.71.01", "Bandar Lor,kelurahan,"),
    parent_of_itself=change(R, "Mojoroto,kecamatan,35.71,", "Mojoroto,kecamatan,35.71.01,"),
    wrong_level=change(R, "Bandar Lor,kelurahan", "Bandar Lor,kota"),
    unknown_level=change(R, "Bandar Lor,kelurahan", "Bandar Lor,lurah"),
    name_missing=change(R, "Bandar Lor,kelurahan", ",kelurahan"),
    value_twice=add(I, "35.71,2017,area_km2,63.404,official,BPS,\n"),
    value_twice_with_another_figure=add(I, "35.71,2017,area_km2,67.232,official,BIG,\n"),
    neighbour_of_itself=add(N, "35.71.01.1001,35.71.01.1001,estimated,x\n"),
    neighbours_in_both_directions=add(N, "35.71.01.1002,35.71.01.1001,estimated,x\n"),
    neighbours_twice=add(N, "35.71.01.1001,35.71.01.1002,estimated,x\n"),
    neighbour_that_nobody_knows=add(N, "35.71.01.1001,35.71.01.1999,estimated,x\n"),
    neighbours_in_a_circle_that_is_none=both(
        add(N, "35.71.01.1001,35.71.09.1001,estimated,x\n"), add(N, "35.71.09.1001,35.71.01.1001,estimated,x\n")
    ),
)  # fmt: skip

FAULTS = NUMBERS | EMPTY | UNITS | YEARS | CODES | REGIONS
