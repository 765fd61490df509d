"""Candidates from spreadsheets: what is read, what is told by row, and what is refused as a whole."""

from __future__ import annotations

import io
import zipfile

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from include.interview.errors import BadInput
from include.interview.people.people_file import MOST_ROWS, PersonRow, read_people
from include.interview.people.xlsx_rows import MAX_MERGED, column_name, read_sheet

pytestmark = pytest.mark.unit
NAMES = ["홍길동", "Ann O'Neil", "=cmd()", "李小龍"]


def book(rows: list[list[object]], *, merge: str | None = None, hidden_first: bool = False) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as made:
        if hidden_first:
            made.add_worksheet("old").hide()
        sheet = made.add_worksheet("people")
        if hidden_first:
            sheet.activate()
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, str) and value.startswith("=SUM"):
                    sheet.write_formula(at, column, value)
                elif value is not None:
                    sheet.write(at, column, value)
        if merge is not None:
            sheet.merge_range(merge, "merged")
    return buffer.getvalue()


def told(data: bytes, name: str = "people.xlsx") -> list[tuple[int, str]]:
    return [(fault.row, fault.column) for fault in read_people(data, name).faults]


@pytest.mark.parametrize("header", [["name", "contact"], ["연락처", "이름", "비고"], ["Full name", "E-mail"]])
def test_both_kinds_of_file_give_the_same_people(header: list[str]) -> None:
    at = next(n for n, one in enumerate(header) if one in ("name", "이름", "Full name"))
    rows = [[f"{n}@example.org" if c != at else name for c in range(len(header))] for n, name in enumerate(NAMES)]
    text = "\n".join(",".join(row) for row in [header, *rows])
    sheet = read_people(book([header, *rows]), "people.xlsx")
    assert sheet.faults == ()
    assert sheet.people == tuple(PersonRow(n + 2, name, f"{n}@example.org") for n, name in enumerate(NAMES))
    for data in (text.encode(), text.encode("utf-8-sig"), text.replace(",", ";").encode("utf-16")):
        assert read_people(data, "people.csv").people == sheet.people


def test_every_fault_is_told_by_row_and_none_repeats_what_was_written() -> None:
    rows: list[list[object]] = [
        ["name", "contact"],
        ["Kim", "kim@example.org"],
        ["=SUM(A1:A2)", None],
        [None, "secret@example.org"],
        ["Lee", 1012345678],
        ["KIM", "KIM@example.org"],
        ["x" * 201, None],
        [4711, None],
    ]
    found = read_people(book(rows), "people.xlsx")
    faults = [(fault.row, fault.column) for fault in found.faults]
    assert faults == [(3, "name"), (4, "name"), (5, "contact"), (6, ""), (7, "name"), (8, "name")]
    assert [person.name for person in found.people] == ["Kim"]
    said = " ".join(fault.text.ko + fault.text.en for fault in found.faults)
    assert not [word for word in ("secret", "1012345678", "xxx", "4711") if word in said]
    assert told(book([["name"], ["a"], ["b"], ["c"]], merge="A3:A4")) == [(3, "name"), (4, "name")]


def test_files_that_cannot_be_taken_say_why() -> None:
    many = [["name"], *[[f"Person {n}"] for n in range(MOST_ROWS + 1)]]
    text = "\n".join(row[0] for row in many).encode()
    for data, sentence in (
        (book(many), "more than 2000 rows"),
        (text, "more than 2000 rows"),
        (book([["who"], ["Kim"]]), "lacks the column name"),
        (book([["name", "이름"], ["Kim", "Kim"]]), "two columns"),
        (book([["name"]]), "no row"),
        (b"name\n", "no row"),
        (b"", "empty"),
        (book([["name"], ["Kim"]])[:-40], "damaged"),
        (b"PK\x03\x04 and then nothing", "damaged"),
    ):
        with pytest.raises(BadInput, match=sentence):
            read_people(data, "people")
    assert len(read_people("\n".join(row[0] for row in many[:-1]).encode(), "people").people) == MOST_ROWS


def test_the_first_visible_sheet_is_read_and_entities_are_refused() -> None:
    assert [p.name for p in read_people(book([["name"], ["Kim"]], hidden_first=True), "people").people] == ["Kim"]
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book([["name"], ["Kim"]]))) as good, zipfile.ZipFile(packed, "w") as bad:
        for part in good.namelist():
            content = good.read(part)
            if part.endswith("sharedStrings.xml"):
                content = content.replace(b"<sst", b'<!DOCTYPE x [<!ENTITY a "b">]><sst', 1)
            bad.writestr(part, content)
    with pytest.raises(BadInput, match="entities"):
        read_people(packed.getvalue(), "people")


def test_a_sheet_of_merged_cells_is_refused_before_it_costs_anything() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as made:
        sheet = made.add_worksheet()
        sheet.write(0, 0, "name")
        for row in range(MAX_MERGED + 1):
            sheet.merge_range(row + 1, 0, row + 1, 1, "x")
    with pytest.raises(BadInput, match="too many merged cells"):
        read_sheet(buffer.getvalue(), "people", 10 * MAX_MERGED)


@given(data=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for content in (data, b"PK\x03\x04" + data, b"name\n" + data):
        try:
            read_people(content, "people")
        except BadInput:
            continue


def test_columns_have_letters() -> None:
    assert [column_name(n) for n in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
    rows = read_sheet(book([["a", None, "c"]]), "people", 5)
    assert sorted(rows[0].cells) == [0, 2]
