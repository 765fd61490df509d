"""The first visible sheet of an .xlsx file (ECMA-376, SpreadsheetML) as rows of cells, read within fixed bounds.

Formulas are not computed and merged cells not filled in: both are told, cell by cell, to who asked.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any, Literal
from xml.etree import ElementTree

from include.interview.errors import BadInput
from include.interview.intake.office_archive import office_archive
from include.interview.records import Record

MAX_PARTS = 2_000
MAX_MERGED = 2_000
"""Merged areas of a sheet: more is no list of people, and each is looked for in every row."""
MAX_XML_BYTES = 64 * 1024**2
"""Unpacked size of each part that is read."""
_WORKBOOK, _RELATIONS, _STRINGS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml"
_SHEET = "xl/worksheets/sheet1.xml"
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_AGAIN = "Save it again as .xlsx or as CSV."

CellKind = Literal["text", "number", "formula", "error", "merged"]


class SheetCell(Record, frozen=True):
    """One cell. `text`: as written; of a number as short as it can be; "" where nothing can be taken from it."""

    text: str
    kind: CellKind = "text"


class SheetRow(Record, frozen=True):
    """One row that has a cell: its number in the sheet, and its cells by column, counted from 0."""

    number: int
    cells: dict[int, SheetCell]


def is_xlsx(data: bytes) -> bool:
    """Whether the bytes begin like an office file of today: a zip archive."""
    return data.startswith(b"PK\x03\x04")


def read_sheet(data: bytes, name: str, most_rows: int) -> tuple[SheetRow, ...]:
    """The rows of the first visible sheet, in order; blank ones are left out. `name` names the file in errors.

    Raises:
        BadInput: damaged, protected, no workbook, too large when unpacked, or more than `most_rows` rows below
            the first.
    """
    with office_archive(data, BadInput(f"{name} is damaged.", _AGAIN, code="damaged")) as packed:
        parts = _parts(packed, name)
        sheet = _sheet_name(packed, parts, name)
        strings = _strings(_bounded(packed, _STRINGS, parts, name), name) if _STRINGS in parts else ()
        return _rows(_bounded(packed, sheet, parts, name), strings, name, most_rows)


def column_name(index: int) -> str:
    """A column's letters: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _parts(packed: zipfile.ZipFile, name: str) -> dict[str, zipfile.ZipInfo]:
    found = packed.infolist()
    if len(found) > MAX_PARTS:
        raise BadInput(f"{name} has too many parts.", _AGAIN, code="too_large")
    parts = {one.filename: one for one in found}
    if _WORKBOOK not in parts:
        raise BadInput(f"{name} is a zip file without a workbook.", "Send CSV or .xlsx.", code="old_format")
    if parts[_WORKBOOK].flag_bits & 1:
        raise BadInput(f"{name} is protected by a password.", "Save it without one.", code="password")
    return parts


def _sheet_name(packed: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo], name: str) -> str:
    """The part that holds the first sheet that is not hidden."""
    wanted = next(
        (e.attrib for e in _elements(_bounded(packed, _WORKBOOK, parts, name), name, "sheet") if "state" not in e.attrib
         or e.attrib["state"] == "visible"), None)  # fmt: skip
    if wanted is None:
        raise BadInput(f"{name} has no visible sheet.", "Show the sheet with the names, then save it.")
    relation = next((value for key, value in wanted.items() if key.rpartition("}")[2] == "id"), "")
    targets = {}
    if _RELATIONS in parts:
        found = _elements(_bounded(packed, _RELATIONS, parts, name), name, "Relationship")
        targets = {e.attrib.get("Id", ""): e.attrib.get("Target", "") for e in found}
    target = targets.get(relation, _SHEET)
    path = target.lstrip("/") if target.startswith("/") else f"xl/{target}".replace("xl/xl/", "xl/")
    if path not in parts:
        raise BadInput(f"{name} lacks the sheet it names.", _AGAIN, code="damaged")
    return path


def _bounded(packed: zipfile.ZipFile, part: str, parts: dict[str, zipfile.ZipInfo], name: str) -> bytes:
    if parts[part].file_size > MAX_XML_BYTES:
        raise BadInput(f"{name} unpacks to too much.", "Save the names alone in a new file.", code="too_large")
    return packed.read(part)


def _elements(xml: bytes, name: str, *tags: str) -> Iterator[Any]:
    """The elements with these local names as they end; each is emptied once it was looked at."""
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise BadInput(f"{name} declares its own entities.", _AGAIN, code="damaged")
    # No document type and a bounded size: what makes the standard reader unsafe cannot be in it.
    for _, element in ElementTree.iterparse(io.BytesIO(xml), ("end",)):  # noqa: S314
        if element.tag.rpartition("}")[2] in tags:
            yield element
            element.clear()


def _strings(xml: bytes, name: str) -> tuple[str, ...]:
    return tuple(_text(element) for element in _elements(xml, name, "si"))


def _text(element: Any) -> str:
    """The text of a string or rich text; phonetic guides are not part of it."""
    parts = []
    for child in element:
        local = child.tag.rpartition("}")[2]
        if local == "t":
            parts.append(child.text or "")
        elif local == "r":
            parts += [one.text or "" for one in child if one.tag.rpartition("}")[2] == "t"]
    return "".join(parts)


def _rows(xml: bytes, strings: tuple[str, ...], name: str, most_rows: int) -> tuple[SheetRow, ...]:
    rows: list[SheetRow] = []
    merged: list[tuple[int, int, int, int]] = []
    number = 0
    for element in _elements(xml, name, "row", "mergeCell"):
        if element.tag.rpartition("}")[2] == "mergeCell":
            merged.append(_area(element.attrib.get("ref", "")))
            if len(merged) > MAX_MERGED:
                raise BadInput(f"{name} has too many merged cells.", "Unmerge them, then upload the file again.")
            continue
        number = int(element.attrib.get("r", number + 1))
        cells: dict[int, SheetCell] = {}
        for at, cell in enumerate(element):
            found = _REFERENCE.fullmatch(cell.attrib.get("r", ""))
            column = at if found is None else _index(found[1])
            if (read := _cell(cell, strings)) is not None:
                cells[column] = read
        if cells:
            rows.append(SheetRow(number, cells))
        if len(rows) > most_rows + 1:
            raise BadInput(
                f"{name} has more than {most_rows} rows.", "Split it into several files.", code="too_many_rows"
            )
    return tuple(_marked(row, merged) for row in rows)


def _cell(cell: Any, strings: tuple[str, ...]) -> SheetCell | None:
    inside = {child.tag.rpartition("}")[2]: child for child in cell}
    kind, value = cell.attrib.get("t", "n"), inside["v"].text or "" if "v" in inside else ""
    if "f" in inside:
        return SheetCell("", "formula")
    if kind == "inlineStr":
        return _plain(_text(inside["is"]) if "is" in inside else "")
    if not value:
        return None
    if kind == "s":
        return _plain(strings[int(value)])
    if kind == "e":
        return SheetCell("", "error")
    return _plain(value) if kind == "str" else SheetCell(value, "number")


def _plain(text: str) -> SheetCell | None:
    return SheetCell(text) if text.strip() else None


def _marked(row: SheetRow, merged: list[tuple[int, int, int, int]]) -> SheetRow:
    """The row with its cells of merged areas told."""
    areas = [(left, right) for left, top, right, bottom in merged if top <= row.number <= bottom]
    if not areas:
        return row
    cells = dict(row.cells)
    for left, right in areas:
        for column in range(left, min(right, left + 100) + 1):
            cells[column] = SheetCell("", "merged")
    return SheetRow(row.number, cells)


def _area(reference: str) -> tuple[int, int, int, int]:
    """(left, top, right, bottom) of an area such as B3:B5, columns counted from 0."""
    first, _, last = reference.partition(":")
    one, other = _REFERENCE.fullmatch(first), _REFERENCE.fullmatch(last or first)
    if one is None or other is None:
        raise ValueError("no area of cells")
    return _index(one[1]), int(one[2]), _index(other[1]), int(other[2])


def _index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = 26 * index + ord(letter) - ord("A") + 1
    return index - 1
