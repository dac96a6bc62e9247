"""The disk: files are whole or not there, folders are exchanged or stay, the project is found from anywhere below."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smartcity_analysis.disk import read_text, replace_folder, scratch_folder, sha256, write_whole
from smartcity_analysis.errors import DataError, UnknownNameError
from smartcity_analysis.study import Store, find_root


def names(folder):
    return sorted(p.name for p in folder.iterdir())


# --- writing ---


def test_a_file_is_written_whole(tmp_path):
    path = write_whole(tmp_path / "deep" / "a.txt", "Kediri é")
    assert path.read_bytes() == "Kediri é".encode() and names(path.parent) == ["a.txt"]
    assert path.stat().st_mode & 0o777 == 0o644
    write_whole(path, b"new")
    assert path.read_bytes() == b"new" and names(path.parent) == ["a.txt"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_an_interrupted_write_leaves_the_old_file_and_no_part(tmp_path, monkeypatch, step):
    path = write_whole(tmp_path / "a.txt", "old")

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os if step == "fsync" else Path, step, stop)
    with pytest.raises(KeyboardInterrupt):
        write_whole(path, "new")
    monkeypatch.undo()
    assert path.read_text() == "old" and names(tmp_path) == ["a.txt"]


def folder_with(path, text):
    path.mkdir(parents=True)
    (path / "page.html").write_text(text)
    return path


def test_a_folder_takes_the_place_of_another(tmp_path):
    place = tmp_path / "reports" / "2024"
    replace_folder(folder_with(tmp_path / "one", "1"), place)
    assert (place / "page.html").read_text() == "1"
    new = folder_with(tmp_path / "two", "2")
    (new / "extra.html").write_text("x")
    replace_folder(new, place)
    assert names(place) == ["extra.html", "page.html"] and (place / "page.html").read_text() == "2"
    assert names(place.parent) == ["2024"] and not new.exists()


def test_a_folder_that_cannot_be_exchanged_comes_back(tmp_path, monkeypatch):
    place = folder_with(tmp_path / "reports", "last good")
    new = folder_with(tmp_path / "new", "2")
    real = Path.rename

    def rename(self, target):
        if self == new:
            raise OSError("another device")
        return real(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(OSError, match="another device"):
        replace_folder(new, place)
    monkeypatch.undo()
    assert (place / "page.html").read_text() == "last good" and names(tmp_path) == ["new", "reports"]


def test_what_an_earlier_failure_left_behind_is_no_obstacle(tmp_path):
    folder_with(tmp_path / ".old-reports", "ancient")
    place = folder_with(tmp_path / "reports", "1")
    replace_folder(folder_with(tmp_path / "new", "2"), place)
    assert (place / "page.html").read_text() == "2" and names(tmp_path) == ["reports"]


def test_a_scratch_folder_is_gone_afterwards_unless_it_moved(tmp_path):
    with scratch_folder(tmp_path / "tmp") as lost:
        (lost / "a").write_text("x")
    with pytest.raises(RuntimeError, match="stop"), scratch_folder(tmp_path / "tmp") as failed:
        raise RuntimeError("stop")
    with scratch_folder(tmp_path / "tmp") as kept:
        (kept / "a").write_text("x")
        kept.rename(tmp_path / "kept")
    assert not lost.exists() and not failed.exists() and names(tmp_path / "tmp") == []
    assert names(tmp_path / "kept") == ["a"]


def test_sha256_of_nothing_is_the_published_one():
    """FIPS 180-4 test vectors: the empty message and "abc"."""
    assert sha256(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert sha256(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_text_is_read_without_a_byte_order_mark(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbfKediri")
    assert read_text(tmp_path / "a.txt") == "Kediri"
    (tmp_path / "b.txt").write_bytes(b"K\xe9diri")
    with pytest.raises(DataError, match=r"b\.txt\n  Ditemukan: byte 1\n  Seharusnya: teks UTF-8"):
        read_text(tmp_path / "b.txt")
    with pytest.raises(DataError, match=r"c\.txt\n.*\n  Seharusnya: berkas yang dapat dibuka"):
        read_text(tmp_path / "c.txt")


# --- the project ---


@pytest.fixture
def empty(tmp_path, monkeypatch):
    monkeypatch.delenv("SMARTCITY_ROOT", raising=False)
    (tmp_path / "data" / "raw" / "kediri").mkdir(parents=True)
    (tmp_path / "notebooks" / "deep").mkdir(parents=True)
    return tmp_path


def test_the_project_is_found_from_any_folder_below(empty, monkeypatch):
    for folder in (empty, empty / "notebooks", empty / "notebooks" / "deep"):
        assert find_root(folder) == empty.resolve()
    monkeypatch.chdir(empty / "notebooks")
    assert find_root() == empty.resolve()


def test_the_environment_decides_where_the_project_is(empty, tmp_path, monkeypatch):
    other = tmp_path / "other"
    (other / "data" / "raw").mkdir(parents=True)
    monkeypatch.setenv("SMARTCITY_ROOT", str(other))
    assert find_root() == other.resolve()


def test_without_a_project_the_message_says_how_to_name_one(monkeypatch):
    monkeypatch.delenv("SMARTCITY_ROOT", raising=False)
    with pytest.raises(DataError, match=r"Seharusnya: sebuah folder proyek yang berisi data/raw\n.*SMARTCITY_ROOT"):
        find_root("/")


def test_a_store_writes_below_the_project_or_below_its_output(empty):
    store = Store.open("kediri", 2024, root=empty)
    assert store.raw == empty / "data/raw/kediri"
    assert store.processed == empty / "data/processed/kediri/2024" and store.figures == empty / "figures/kediri/2024"
    apart = Store.open("kediri", 2024, output=str(empty / "out"), root=empty)
    assert apart.processed == empty / "out/data/processed/kediri/2024" and apart.raw == store.raw
    assert apart.save_figure("trend", b"png") == empty / "out/figures/kediri/2024/trend.png"
    with pytest.raises(UnknownNameError, match="Unknown study: found 'kedri'"):
        Store.open("kedri", 2024, root=empty)


# --- processed tables ---


def test_codes_stay_text_in_a_processed_table(empty):
    store = Store.open("kediri", 2024, root=empty)
    table = pd.DataFrame(
        {"region": ["35.70", "35"], "best_region": ["35.70", "35.71"], "parent": [None, "35"], "index": [1.5, np.nan]}
    )
    assert store.save_table("standing", table) is table
    read = store.load_table("standing")
    assert read["region"].tolist() == ["35.70", "35"] and read["best_region"].tolist() == ["35.70", "35.71"]
    assert read["index"].isna().tolist() == [False, True] and pd.isna(read["parent"][0])


def test_a_named_index_is_kept_as_a_column(empty):
    store = Store.open("kediri", 2024, root=empty)
    store.save_table("peers", pd.DataFrame({"score": [1.0]}, index=pd.Index(["Kota Malang"], name="city")))
    assert store.load_table("peers").columns.tolist() == ["city", "score"]


@given(values=st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=6))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_number_survives_the_disk_exactly(empty, values):
    store = Store.open("kediri", 2024, root=empty)
    store.save_table("t", pd.DataFrame({"value": values}))
    assert store.load_table("t")["value"].tolist() == values


def test_a_table_that_is_not_there_names_what_makes_it(empty):
    with pytest.raises(DataError) as error:
        Store.open("kediri", 2024, root=empty).load_table("findings")
    assert error.value.text("id") == (
        "findings.csv\n"
        "  Ditemukan: (kosong)\n"
        "  Seharusnya: tabel olahan findings.csv\n"
        "  Perbaikan: jalankan dahulu notebook yang membuatnya (urutan 01 sampai 08), atau: make review"
    )
