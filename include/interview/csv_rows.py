"""A table that a person exported from a spreadsheet: CSV text to rows, and errors that name the line."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence

from include.interview.errors import BadInput
from include.interview.intake.decoding import decode_text
from include.interview.records import Record

DELIMITERS = ",;\t"
"""What spreadsheets write between cells: comma, the semicolon of locales with decimal commas, tab."""
MAX_BYTES = 200_000_000
"""Far above a million rows of a few columns; more is another kind of file."""


class CsvTable(Record, frozen=True):
    """The table of one file: trimmed column names, and rows as (line number in the file, cells by column)."""

    name: str
    delimiter: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, str]], ...]


def read_csv(data: bytes, name: str, required: Sequence[str], optional: Sequence[str] = ()) -> CsvTable:
    """The table in `data`: UTF-8 (with or without byte-order mark), UTF-16 or CP949; comma, semicolon or tab.

    Column names are compared in lower case; blank lines are left out. `name` names the file in errors; `optional` are
    columns that may be there, which help to tell the delimiter.

    Raises:
        BadInput: not text, empty, no row below the header, a column missing or there twice, or a line with more or
            fewer cells than the header (names the line).
    """
    check_size(len(data), name)
    text = decode_text(data, name)
    delimiter = _delimiter(text, [*required, *optional])
    try:
        lines = _lines(text, delimiter)
    except csv.Error as error:
        raise BadInput(f"{name} is not a CSV file ({error}).", "Export it as CSV.") from None
    if not lines:
        raise BadInput(f"{name} is empty.", f"Give a CSV file with the columns {', '.join([*required, *optional])}.")
    header = tuple(cell.strip().lower() for cell in lines[0][1])
    _check_header(header, name, required)
    rows = []
    for line, cells in lines[1:]:
        if len(cells) != len(header):
            raise BadInput(
                f"{name}, line {line}: {len(cells)} cells, but the header has {len(header)}.",
                "Quote cells that contain the delimiter.",
            )
        rows.append((line, dict(zip(header, (cell.strip() for cell in cells), strict=True))))
    if not rows:
        raise BadInput(f"{name} has a header and no row.", "Give at least one row.")
    return CsvTable(name, delimiter, header, tuple(rows))


def check_size(size: int, name: str) -> None:
    """Return when a file of `size` bytes may be a table.

    Raises:
        BadInput: it is larger.
    """
    if size > MAX_BYTES:
        raise BadInput(f"{name} is larger than {MAX_BYTES // 1_000_000} MB.", "Split the table.")


def number(table: CsvTable, line: int, column: str, text: str) -> float:
    """The finite number in a cell; with semicolons between the columns, and only then, it may have a decimal comma.

    Raises:
        BadInput: the cell is empty, no number, or not finite (names file, line and column, not the cell).
    """
    try:
        value = float(text.replace(",", ".", 1) if table.delimiter == ";" else text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        what = "is empty" if not text else "is no finite number"
        raise BadInput(f"{table.name}, line {line}: {column} {what}.", "Write a number, or leave the row out.")
    return value


def _lines(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    return [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]


def _delimiter(text: str, required: Sequence[str]) -> str:
    """The delimiter under which the header has most of the required columns; the comma where none has any."""
    header = next((line for line in text.splitlines() if line.strip()), "")

    def found(delimiter: str) -> tuple[int, int]:
        cells = [cell.strip().strip('"').lower() for cell in header.split(delimiter)]
        return sum(name in cells for name in required), len(cells)

    return max(DELIMITERS, key=found)


def _check_header(header: Sequence[str], name: str, required: Sequence[str]) -> None:
    missing = [column for column in required if column not in header]
    if missing:
        raise BadInput(
            f"{name} lacks the column{'s' if len(missing) > 1 else ''} {', '.join(missing)}.",
            f"The first line names the columns: {', '.join(required)}.",
        )
    if "" in header:
        raise BadInput(f"{name}: a column has no name.", "Name every column in the first line.")
    if len(set(header)) != len(header):
        raise BadInput(f"{name}: two columns have the same name.", "Give every column a name of its own.")
