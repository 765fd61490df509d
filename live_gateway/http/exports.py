"""A person's own data, as one archive."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from live_gateway.http.guarding import ACTION
from live_gateway.request_scope import RequestScope
from tasks.privacy.export import export_candidate

ZIP = "application/zip"
CHUNK_BYTES = 256 * 1024


class ExportController(Controller):
    """What is stored of a person, for that person."""

    path = "/candidates/{candidate_id:str}/export"
    tags = ("candidates",)

    @get(media_type=ZIP, summary="One's data as an archive", opt={ACTION: "candidate.export"})
    async def export_candidate(
        self, candidate_id: FromPath[str], request_scope: NamedDependency[RequestScope]
    ) -> Stream:
        """A ZIP archive: data.json with its schema, recordings and documents as they were handed in."""
        request_scope.check_candidate(candidate_id)
        archive = await request_scope.services.run_long(_written, request_scope, candidate_id)
        headers = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="my-data.zip"'}
        return Stream(lambda: _pieces(archive), media_type=ZIP, headers=headers)


def _written(request_scope: RequestScope, candidate_id: str) -> BinaryIO:
    """The archive, open and without a name: whatever becomes of the connection, nothing of it stays on disk."""
    with request_scope.stores.private_folder() as folder:
        export_candidate(request_scope.stores, candidate_id, folder / "export.zip")
        return (folder / "export.zip").open("rb")


def _pieces(archive: BinaryIO) -> Iterator[bytes]:
    with archive:
        while piece := archive.read(CHUNK_BYTES):
            yield piece
