"""A person's own data, as one archive."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

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
        folder = request_scope.stores.private_folder()
        archive = await request_scope.services.run_long(_written, request_scope, candidate_id, folder)
        headers = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="my-data.zip"'}
        return Stream(lambda: _pieces(archive, folder), media_type=ZIP, headers=headers)


def _written(request_scope: RequestScope, candidate_id: str, folder: AbstractContextManager[Path]) -> Path:
    archive = folder.__enter__() / "export.zip"
    try:
        export_candidate(request_scope.stores, candidate_id, archive)
    except BaseException as error:
        folder.__exit__(type(error), error, error.__traceback__)
        raise
    return archive


def _pieces(archive: Path, folder: AbstractContextManager[Path]) -> Iterator[bytes]:
    try:
        with archive.open("rb") as stream:
            while piece := stream.read(CHUNK_BYTES):
                yield piece
    finally:
        folder.__exit__(None, None, None)
