"""Candidates in a CSV or XLSX file: who would be added, and what is wrong with which row."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from include.interview.csv_rows import read_csv
from include.interview.errors import BadInput
from include.interview.intake.cleaning import clean_line, clean_text
from include.interview.people.xlsx_rows import CellKind, SheetCell, column_name, is_xlsx, read_sheet
from include.interview.records import Bilingual, Record

MOST_ROWS = 2_000
"""People of one file: they are added in one transaction, which every other write waits for."""
MAX_CHARS = 200
"""Characters of a name or contact, as where one candidate is added."""
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "full name", "이름", "성명", "지원자"),
    "contact": ("contact", "email", "e-mail", "phone", "telephone", "연락처", "이메일", "전화", "전화번호"),
}
"""Column -> what a file may call it, in lower case; the first one is ours."""


class PersonRow(Record, frozen=True):
    """One person of a file, and the number of their row in it."""

    row: int
    name: str
    contact: str | None


class RowFault(Record, frozen=True):
    """What is wrong with one row; never what was written. `column`: "name", "contact", or "" for the whole row."""

    row: int
    column: str
    text: Bilingual


class PeopleFile(Record, frozen=True):
    """What a file holds. Its people are added only where `faults` is empty. `sha256`: of its bytes, in hex."""

    sha256: str
    people: tuple[PersonRow, ...]
    faults: tuple[RowFault, ...]


_KINDS: Mapping[CellKind, Bilingual] = {
    "formula": Bilingual(
        ko="수식이 들어 있습니다. 값으로 붙여 넣은 뒤 다시 올려 주세요.",
        en="It holds a formula. Paste it as a value, then upload the file again.",
    ),
    "error": Bilingual(
        ko="오류 값(#N/A 등)입니다. 값을 고쳐 주세요.", en="It is an error value such as #N/A. Write the value itself."
    ),
    "merged": Bilingual(
        ko="병합된 셀입니다. 병합을 풀고 행마다 값을 적어 주세요.",
        en="It is part of merged cells. Unmerge them and fill in every row.",
    ),
    "number": Bilingual(
        ko="숫자로 저장된 칸입니다. 앞자리 0이 사라졌을 수 있으니 텍스트 형식으로 다시 적어 주세요.",
        en="It is stored as a number, so leading zeros may be lost. Write it anew in a cell formatted as text.",
    ),
}
_EMPTY = Bilingual(ko="이름이 비어 있습니다.", en="The name is empty.")
_TWICE = Bilingual(ko="위의 다른 행과 이름과 연락처가 같습니다.", en="An earlier row has the same name and contact.")
_LONG = Bilingual(ko=f"{MAX_CHARS}자를 넘습니다.", en=f"It has more than {MAX_CHARS} characters.")
_NO_TEXT = Bilingual(ko="글자가 아닌 문자가 있습니다.", en="It holds what is no character of a text.")


def read_people(data: bytes, name: str) -> PeopleFile:
    """The people in a CSV or XLSX file with the columns name and, if there is one, contact; others are ignored.

    Raises:
        BadInput: not such a file, no name column, no row, a line with too many cells, or more than `MOST_ROWS` rows
            (code "too_many_rows"). What is wrong within rows is in `faults`.
    """
    rows = _sheet(data, name) if is_xlsx(data) else _csv(data, name)
    people: list[PersonRow] = []
    faults: list[RowFault] = []
    seen: set[tuple[str, str | None]] = set()
    for number, cells in rows:
        found = _person(number, cells)
        if isinstance(found, RowFault):
            faults.append(found)
        elif (same := (found.name.casefold(), found.contact and found.contact.casefold())) in seen:
            faults.append(RowFault(number, "", _TWICE))
        else:
            seen.add(same)
            people.append(found)
    return PeopleFile(hashlib.sha256(data).hexdigest(), tuple(people), tuple(faults))


def _person(number: int, cells: Mapping[str, SheetCell]) -> PersonRow | RowFault:
    values: dict[str, str] = {}
    for column in COLUMNS:
        cell = cells.get(column, SheetCell(""))
        if cell.kind != "text":
            return RowFault(number, column, _KINDS[cell.kind])
        try:
            values[column] = clean_text(cell.text, column).strip()
            if column == "name":
                values[column] = clean_line(cell.text, column)
        except BadInput:
            return RowFault(number, column, _NO_TEXT if cell.text.strip() else _EMPTY)
        if len(values[column]) > MAX_CHARS:
            return RowFault(number, column, _LONG)
    return PersonRow(number, values["name"], values["contact"] or None)


def _csv(data: bytes, name: str) -> list[tuple[int, Mapping[str, SheetCell]]]:
    table = read_csv(data, name, (), [alias for aliases in COLUMNS.values() for alias in aliases])
    if len(table.rows) > MOST_ROWS:
        raise BadInput(f"{name} has more than {MOST_ROWS} rows.", "Split it into several files.", code="too_many_rows")
    places = _places(dict(enumerate(table.columns)), name)
    named = {column: table.columns[at] for column, at in places.items()}
    return [(line, {column: SheetCell(cells[own]) for column, own in named.items()}) for line, cells in table.rows]


def _sheet(data: bytes, name: str) -> list[tuple[int, Mapping[str, SheetCell]]]:
    header, *rows = read_sheet(data, name, MOST_ROWS) or (None,)
    if header is None or not rows:
        raise BadInput(f"{name} has no row below its header.", "Give a header with the column name, and a row each.")
    bad = next((at for at, cell in header.cells.items() if cell.kind in ("merged", "formula", "error")), None)
    if bad is not None:
        raise BadInput(
            f"{name}: the header cell {column_name(bad)}{header.number} is merged or a formula.",
            "Write each column's name in a cell of its own in the first row.",
        )
    places = _places({at: cell.text.strip().lower() for at, cell in header.cells.items()}, name)
    found: list[tuple[int, Mapping[str, SheetCell]]] = []
    for row in rows:
        cells = {column: row.cells[at] for column, at in places.items() if at in row.cells}
        if cells:
            found.append((row.number, cells))
    if not found:
        raise BadInput(f"{name} has no row below its header.", "Write one person in each row.")
    return found


def _places(header: Mapping[int, str], name: str) -> dict[str, int]:
    """Column -> where it is.

    Raises:
        BadInput: there is no name, or a column twice.
    """
    places: dict[str, int] = {}
    for column, aliases in COLUMNS.items():
        found = [at for at, text in header.items() if text in aliases]
        if len(found) > 1:
            raise BadInput(f"{name}: two columns may be the {column}.", f"Keep one column called {aliases[0]}.")
        if found:
            places[column] = found[0]
    if "name" not in places:
        raise BadInput(f"{name} lacks the column name (이름).", "The first row names the columns: name, contact.")
    return places
