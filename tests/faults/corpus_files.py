"""Broken folders: files gone, renamed, doubled, unreadable, elsewhere; and what SOURCES.csv says of them."""

import os
import shutil

from .breaking import Fault, add, both, change, faults, put, remade, table

S, SRC = "scores.csv", "SOURCES.csv"


def gone(file):
    return lambda folder: (folder / file).unlink()


def renamed(file, new, recorded=True):
    def fault(folder):
        (folder / file).rename(folder / new)
        if recorded:
            change(SRC, f"\n{file}", f"\n{new}")(folder)

    return fault


def spare(name, data=b"x"):
    return lambda folder: put(folder / name, data)


def as_folder(file):
    def fault(folder):
        (folder / file).unlink()
        (folder / file).mkdir()

    return fault


def as_link(file, target):
    """Put a link in place of a file; `target` may name the folder of the study."""

    def fault(folder):
        outside = folder.parent / "outside.csv"
        shutil.copyfile(folder / file, outside)
        (folder / file).unlink()
        (folder / file).symlink_to(target.format(folder=folder))

    return fault


def link_within(folder):
    (folder / "README.md").write_text("Skor: lihat scores.csv", encoding="utf-8")
    (folder / "illustrative").mkdir()
    (folder / "illustrative" / "README.md").symlink_to(folder / "README.md")
    change(SRC, "\nregions.csv", f"\nillustrative/README.md,{'0' * 64},x,x,,,,\nregions.csv")(folder)


def stand_ins_elsewhere(folder):
    (folder.parent / "elsewhere").mkdir()
    put(folder.parent / "elsewhere" / S, (folder / S).read_bytes())
    (folder / "illustrative").symlink_to(folder.parent / "elsewhere")


def hollow(file, size):
    """A file of `size` bytes that takes no room on the disk."""

    def fault(folder):
        (folder / file).unlink()
        with (folder / file).open("wb") as stream:
            stream.truncate(size)

    return fault


def pipe(folder):
    (folder / S).unlink()
    os.mkfifo(folder / S)


FILES = faults(
    "files",
    one_gone=gone("indicators.csv"),
    an_optional_one_gone=gone(S),
    the_declaration_gone=gone("study.yaml"),
    all_gone=lambda folder: [path.unlink() for path in folder.iterdir()],
    of_another_name=renamed("programmes.csv", "program.csv"),
    in_capitals=renamed(S, "SCORES.CSV"),
    with_a_space=renamed(S, "scores .csv"),
    a_copy_beside=spare("scores (1).csv"),
    a_backup_beside=spare("scores.csv.bak"),
    a_Word_document_beside=spare("laporan.docx"),
    a_name_with_a_line_break=spare("sko\nres.csv"),
    a_name_with_terminal_codes=spare("\x1b[31mskor.csv"),
    a_name_that_is_no_text=lambda folder: put(folder / os.fsdecode(b"sk\xffr.csv"), b"x"),
    a_very_long_name=spare("s" * 200 + ".csv"),
    a_name_with_quotes_and_braces=spare("{skor}'\".csv"),
    lock_files_of_Excel_and_LibreOffice=both(spare("~$scores.xlsx"), spare(".~lock.scores.csv#")),
    hidden_files=both(spare(".DS_Store"), spare(".git")),
    empty=remade(S, lambda text: ""),
    a_single_byte=remade(S, lambda text: "x"),
    header_only=table(S, lambda rows: rows[:1]),
    header_and_empty_rows=table(S, lambda rows: [rows[0], [""] * 9, [""] * 9]),
    of_200_MB=hollow(S, 200_000_000),
    a_returned_form_of_200_MB=both(spare("feedback/a.xlsx"), hollow("feedback/a.xlsx", 200_000_000)),
    a_folder_in_place_of_one=as_folder(S),
    a_folder_in_place_of_the_declaration=as_folder("study.yaml"),
    a_pipe_in_place_of_one=pipe,
    a_link_out_of_the_folder=as_link(S, "../outside.csv"),
    a_link_to_a_file_of_the_system=as_link(S, "/etc/hostname"),
    a_link_to_nothing=as_link(S, "{folder}/nothing.csv"),
    a_link_in_a_circle=as_link(S, "{folder}/scores.csv"),
    stand_ins_in_a_folder_elsewhere=stand_ins_elsewhere,
    a_link_within_the_folder=link_within,
    a_table_in_the_folder_of_stand_ins_that_is_none=lambda folder: (
        put(folder / "illustrative" / "skor.csv", b"x"),
        add(SRC, f"illustrative/skor.csv,{'0' * 64},x,x,,,,\n")(folder),
    ),
    real_rows_among_stand_ins=lambda folder: (
        put(folder / "illustrative" / S, (folder / S).read_bytes()),
        add(SRC, f"illustrative/scores.csv,{'0' * 64},x,x,,,,\n")(folder),
    ),
    of_ten_million_cells_in_a_row=remade(S, lambda text: text + "," * 2_000_000 + "\n"),
    with_a_cell_of_a_hundred_thousand_letters=change(S, "memo.co.id 2024", "x" * 100_000),
    with_a_cell_of_a_megabyte=change(S, "memo.co.id 2024", "x" * 1_000_000),
    with_a_quarter_of_a_million_rows=remade("thematic_villages.csv", lambda text: text + "a,b,c,d\n" * 250_000),
)  # fmt: skip

SOURCES = faults(
    "SOURCES.csv",
    gone=gone(SRC),
    empty=remade(SRC, lambda text: ""),
    a_file_not_listed=table(SRC, lambda rows: [row for row in rows if row[0] != S]),
    a_file_listed_that_is_not_there=add(SRC, f"bogus.csv,{'0' * 64},x,x,,,,\n"),
    a_path_out_of_the_folder=add(SRC, f"../../jatim/regions.csv,{'0' * 64},x,x,,,,\n"),
    a_file_listed_twice=add(SRC, f"scores.csv,{'0' * 64},x,x,,,,\n"),
    a_backslash_in_a_path=change(SRC, "\nscores.csv", "\n.\\scores.csv"),
    the_title_missing=table(SRC, lambda rows: rows[1].__setitem__(2, "")),
    a_column_missing=table(SRC, lambda rows: [[row[0], row[1], *row[3:]] for row in rows]),
)


def swapped(rows):
    rows[1][1], rows[2][1] = rows[2][1], rows[1][1]


UNRECORDED = {
    "SOURCES.csv: a file changed in silence": change(S, "2020,2.87", "2020,2.88"),
    "SOURCES.csv: a hash cut short": table(SRC, lambda rows: rows[1].__setitem__(1, rows[1][1][:40])),
    "SOURCES.csv: a hash in capitals": table(SRC, lambda rows: rows[1].__setitem__(1, rows[1][1].upper())),
    "SOURCES.csv: a hash missing": table(SRC, lambda rows: rows[1].__setitem__(1, "")),
    "SOURCES.csv: hashes of two files swapped": table(SRC, swapped),
    "files: line ends changed on the way": remade(S, lambda text: text.replace("\n", "\r\n")),
}
FAULTS = FILES | SOURCES
FAULTS |= {name: Fault(name.partition(":")[0], fault, recorded=False) for name, fault in UNRECORDED.items()}
