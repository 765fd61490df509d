"""Candidates from a spreadsheet: a preview with what is wrong by row, then all of them or none."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from include.interview.people.people_file import RowFault
from live_gateway.http.guarding import ACTION
from live_gateway.http.openapi import OCTETS, raw_body
from live_gateway.http.schemas import SHA256_PATTERN
from live_gateway.request_scope import Language, RequestScope
from tasks.people_import import Imported, ImportPreview, import_people, preview_people

MAX_FILE_BYTES = 8 * 1024**2
"""Far above two thousand names; XLSX files bring styles."""
MOST_SHOWN = 20
"""People of a preview that are listed; all are counted."""
Digest = Annotated[str, QueryParameter(name="sha256", pattern=SHA256_PATTERN, description="The previewed file's.")]


class RowFaultView(msgspec.Struct, frozen=True):
    """What is wrong with one row, in the reader's language; `column` is empty where it is the whole row."""

    row: int
    column: str
    detail: str


class PersonView(msgspec.Struct, frozen=True):
    """One person who would be added."""

    row: int
    name: str
    contact: str | None


class PreviewView(msgspec.Struct, frozen=True):
    """What an import would do. It can be done where `wrong`, the number of rows at fault, is 0.

    `people` and `faults` list the first ones; `count` and `wrong` count all.
    """

    sha256: str
    count: int
    wrong: int
    people: list[PersonView]
    faults: list[RowFaultView]


class PeopleImportController(Controller):
    """CSV (UTF-8, UTF-16, CP949) or XLSX with the columns name and contact (이름, 연락처), up to 2,000 rows."""

    path = "/candidates/import"
    tags = ("candidates",)

    @post(
        "/preview",
        operation_class=raw_body(OCTETS, "The bytes of the CSV or XLSX file."),
        status_code=200,
        request_max_body_size=MAX_FILE_BYTES,
        summary="Preview an import of candidates",
        opt={ACTION: "candidate.create"},
    )
    async def preview_import(
        self, request: Request[Any, Any, Any], request_scope: NamedDependency[RequestScope]
    ) -> PreviewView:
        """Who would be added, and every row at fault; nothing is stored."""
        data = await request.body()
        found = await request_scope.services.run_long(preview_people, request_scope.stores, data)
        return _view(found, request_scope.language)

    @post(
        operation_class=raw_body(OCTETS, "The bytes of the file that was previewed."),
        request_max_body_size=MAX_FILE_BYTES,
        summary="Import candidates",
        opt={ACTION: "candidate.create"},
    )
    async def import_candidates(
        self, request: Request[Any, Any, Any], request_scope: NamedDependency[RequestScope], sha256: Digest
    ) -> Imported:
        """Add everybody of the previewed file: all of them, or nobody where a row is at fault or it is another file.

        Sent once more, rows with a contact are refused as people who are there already.
        """
        data = await request.body()
        return await request_scope.services.run_long(import_people, request_scope.stores, data, sha256)


def _view(found: ImportPreview, language: Language) -> PreviewView:
    return PreviewView(
        found.sha256,
        len(found.people),
        found.wrong,
        [PersonView(one.row, one.name, one.contact) for one in found.people[:MOST_SHOWN]],
        [_fault(one, language) for one in found.faults],
    )


def _fault(one: RowFault, language: Language) -> RowFaultView:
    return RowFaultView(one.row, one.column, one.text.text(language))
