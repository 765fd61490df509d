"""Files written for a person: readable by nobody else, tables that a spreadsheet opens without running anything."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import tempfile
import unicodedata
from collections.abc import Mapping
from pathlib import Path

Cell = str | float | None
BOM = "\ufeff"
"""Begins a CSV file, so that spreadsheets take it for UTF-8 and not for the code page of the machine."""
_FORMULA = "=+-@|%"
"""First characters with which a spreadsheet takes a cell for a formula or a command (OWASP, CSV injection)."""


def export_folder(folder: Path) -> Path:
    """`folder`, made with its parents where missing, each for this user only (0700).

    Raises:
        OSError: it cannot be made.
    """
    missing = [folder, *(parent for parent in folder.parents if not parent.exists())]
    for one in reversed(missing):
        one.mkdir(mode=0o700, exist_ok=True)
    return folder


def write_export(path: Path, data: bytes) -> None:
    """Write `data` to `path` for this user only (0600), complete or not at all; what was there is replaced.

    Raises:
        OSError: the folder cannot be written, or the disk is full; what was there before is still there.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")  # 0600 from the start
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()
        raise


def harmless(cell: Cell) -> Cell:
    """`cell` as a spreadsheet shows it: a text that would be a formula gets an apostrophe, control characters go.

    Numbers stay numbers, also negative ones.
    """
    if not isinstance(cell, str):
        return cell
    shown = "".join(ch if ch.isprintable() or ch == "\n" else " " for ch in cell)
    first = unicodedata.normalize("NFKC", shown.lstrip()[:1])
    return f"'{shown}" if first and first in _FORMULA else shown


class Table:
    """Rows of a summary, in a CSV file that is complete after every row; columns are those of all rows so far."""

    def __init__(self, path: Path) -> None:
        """`path`: the CSV file. It is written with the first row, and without rows by `close`."""
        self._path = path
        self._rows: list[dict[str, Cell]] = []
        self._columns: list[str] = []

    def add(self, row: Mapping[str, Cell]) -> None:
        """Add `row` and write it to the file.

        Raises:
            OSError: the file cannot be written.
        """
        safe = {name: harmless(cell) for name, cell in row.items()}
        new = [name for name in safe if name not in self._columns]
        self._columns += new
        self._rows.append(safe)
        if new:
            write_export(self._path, (BOM + self._written(self._rows, header=True)).encode())
        else:
            with self._path.open("a", newline="", encoding="utf-8") as file:
                file.write(self._written([safe], header=False))

    def close(self) -> None:
        """Write the same rows as an XLSX file beside the CSV file; without rows, both hold nothing.

        Raises:
            OSError: a file cannot be written.
        """
        if not self._rows:
            write_export(self._path, BOM.encode())
        write_export(self._path.with_suffix(".xlsx"), self._workbook())

    def _written(self, rows: list[dict[str, Cell]], *, header: bool) -> str:
        buffer = io.StringIO(newline="")
        writer = csv.DictWriter(buffer, self._columns)
        if header:
            writer.writeheader()
        writer.writerows(rows)
        return buffer.getvalue()

    def _workbook(self) -> bytes:
        import xlsxwriter

        buffer = io.BytesIO()
        plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        with xlsxwriter.Workbook(buffer, plain) as book:
            sheet = book.add_worksheet()
            for at, name in enumerate(self._columns):
                sheet.write_string(0, at, name)
                for line, row in enumerate(self._rows, start=1):
                    cell = row.get(name)
                    if isinstance(cell, str):
                        sheet.write_string(line, at, cell)
                    elif cell is not None:
                        sheet.write_number(line, at, cell)
        return buffer.getvalue()
