"""Exports: tables a spreadsheet opens rightly and runs nothing of, files of this user alone, whole or not at all."""

from __future__ import annotations

import csv
import stat
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.reporting.exports import Table, export_folder, harmless, write_export

pytestmark = pytest.mark.unit


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", ["=1+2", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "＝1", "|cmd", "%x", "\r=1", "\x1b=1"])
def test_no_cell_begins_a_formula(tmp_path: Path, name: str) -> None:
    table = Table(tmp_path / "summary.csv")
    table.add({"file": name, "total": -1.5})
    (row,) = rows(tmp_path / "summary.csv")
    assert row["file"].startswith("'")
    assert row["total"] == "-1.5", "a number stays one"


@given(st.text())
def test_no_text_is_a_formula_and_nothing_unprintable_is_left(text: str) -> None:
    cell = harmless(text)
    assert isinstance(cell, str)
    assert cell.lstrip()[:1] not in set("=+-@|%＝＋－＠")
    assert all(ch.isprintable() or ch == "\n" for ch in cell)


def test_the_file_begins_with_the_mark_and_grows_row_by_row(tmp_path: Path) -> None:
    path = tmp_path / "summary.csv"
    table = Table(path)
    seen = []
    for row in (
        {"file": "김하늘_면접", "a": 1.0},
        {"file": "둘", "a": 2.0},
        {"file": "셋", "b": "x\ny"},
        {"file": "넷"},
    ):
        table.add(row)
        seen.append([r["file"] for r in rows(path)])
    assert seen == [
        ["김하늘_면접"],
        ["김하늘_면접", "둘"],
        ["김하늘_면접", "둘", "셋"],
        ["김하늘_면접", "둘", "셋", "넷"],
    ]
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert [r["b"] for r in rows(path)] == ["", "", "x\ny", ""]
    table.close()
    with zipfile.ZipFile(tmp_path / "summary.xlsx") as book:
        assert b"<f" not in book.read("xl/worksheets/sheet1.xml"), "no formula"
        assert "김하늘_면접" in book.read("xl/sharedStrings.xml").decode()


def test_files_are_for_this_user_alone(tmp_path: Path) -> None:
    folder = export_folder(tmp_path / "a" / "b")
    table = Table(folder / "summary.csv")
    table.add({"file": "x"})
    table.close()
    write_export(folder / "card.json", b"{}")
    assert {stat.S_IMODE(p.stat().st_mode) for p in folder.iterdir()} == {0o600}
    assert {stat.S_IMODE(p.stat().st_mode) for p in (folder, folder.parent)} == {0o700}
    assert {p.name for p in folder.iterdir()} == {"summary.csv", "summary.xlsx", "card.json"}


def test_what_was_there_stays_when_writing_fails(tmp_path: Path) -> None:
    write_export(tmp_path / "card.json", b"old")
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        write_export(tmp_path / "folder", b"new")
    assert {p.name for p in tmp_path.iterdir()} == {"card.json", "folder"}
    assert (tmp_path / "card.json").read_bytes() == b"old"
