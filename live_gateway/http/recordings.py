"""The recordings of an interview: what there is, and the bytes a player asks for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from litestar import Controller, Request, Response, get, head
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from include.interview.entities import MediaObject
from live_gateway.byte_ranges import Part, requested_part
from live_gateway.http.guarding import ACTION
from live_gateway.http.interviews import reachable_interview
from live_gateway.http.openapi import files
from live_gateway.request_scope import RequestScope
from tasks.evaluation.recordings import begun_part, recording_to_play, recording_type, recordings_of

TYPES = (
    "video/mp4",
    "video/webm",
    "video/quicktime",
    "video/x-matroska",
    "audio/wav",
    "audio/mp4",
    "audio/webm",
    "audio/ogg",
    "audio/mpeg",
    "audio/flac",
    "application/octet-stream",
)


class RecordingView(msgspec.Struct, frozen=True):
    """One recording: its second 0 is second `start_s` of the interview, which evidence counts.

    `start_s` and `duration_s` (seconds) are null before it was looked into; `size` in bytes. `tracks`: whose voices a
    live session's recording holds, one for each channel.
    """

    id: str
    kind: str
    size: int
    start_s: float | None
    duration_s: float | None
    tracks: list[str]
    question_id: str | None
    href: str


class RecordingsController(Controller):
    """Reading only, piece by piece: a recording is decrypted no further than it is asked for."""

    path = "/interviews/{interview_id:str}/recordings"
    tags = ("interviews",)

    @get(summary="What was recorded", opt={ACTION: "recording.play"})
    async def list_recordings(
        self, interview_id: FromPath[str], request_scope: NamedDependency[RequestScope]
    ) -> list[RecordingView]:
        """The recordings of an interview with where each lies on its clock; 409 once a consent was withdrawn."""
        await reachable_interview(request_scope, interview_id)
        found = await request_scope.run(recordings_of, request_scope.stores, interview_id)
        return [
            RecordingView(
                one.id,
                one.kind,
                one.size,
                one.start_s,
                one.duration_s,
                list(one.tracks),
                one.question_id,
                recording_address(interview_id, one.id),
            )
            for one in found
        ]

    @get(
        "/{recording_id:str}",
        summary="Play a recording",
        operation_class=files(TYPES, in_parts=True),
        opt={ACTION: "recording.play"},
    )
    async def get_recording(
        self,
        interview_id: FromPath[str],
        recording_id: FromPath[str],
        request: Request[Any, Any, Any],
        request_scope: NamedDependency[RequestScope],
    ) -> Stream:
        """The recording, or with the header Range the part asked for (206): one range of bytes, else 416.

        Each answer is an audit entry that names the bytes.
        """
        media = await _recording(request_scope, interview_id, recording_id)
        asked, if_range = request.headers.get("range"), request.headers.get("if-range")
        part = requested_part(asked, if_range, _etag(media), media.size)
        start, stop = (0, media.size) if part is None else (part.start, part.stop)
        stores, run = request_scope.stores, request_scope.services.run_long
        kind = await run(recording_type, stores, media)
        pieces = await run(begun_part, stores, media, start, stop)
        return Stream(
            lambda: _closing(pieces),
            media_type=kind,
            status_code=200 if part is None else 206,
            headers=_headers(media, part),
        )

    @head("/{recording_id:str}", summary="What a recording is", opt={ACTION: "recording.play"})
    async def head_recording(
        self,
        interview_id: FromPath[str],
        recording_id: FromPath[str],
        request_scope: NamedDependency[RequestScope],
    ) -> Response[None]:
        """Type, size and version of the recording, as a GET without a range would say; its first bytes are read."""
        media = await _recording(request_scope, interview_id, recording_id)
        kind = await request_scope.services.run_long(recording_type, request_scope.stores, media)
        return Response(None, headers={**_headers(media, None), "Content-Type": kind})


def recording_address(interview_id: str, recording_id: str) -> str:
    """Where the bytes of a recording are."""
    return f"/api/v1/interviews/{interview_id}/recordings/{recording_id}"


async def _recording(request_scope: RequestScope, interview_id: str, recording_id: str) -> MediaObject:
    await reachable_interview(request_scope, interview_id)
    return await request_scope.run(recording_to_play, request_scope.stores, interview_id, recording_id)


def _etag(media: MediaObject) -> str:
    """The version of a recording: it is never replaced, so its id is one."""
    return f'"{media.id}"'


def _headers(media: MediaObject, part: Part | None) -> dict[str, str]:
    length = media.size if part is None else part.stop - part.start
    return {
        "Accept-Ranges": "bytes",
        "Cache-Control": "no-store, private",
        "Content-Disposition": "inline",
        "Content-Length": str(length),
        "ETag": _etag(media),
        **({} if part is None else {"Content-Range": part.content_range}),
    }


def _closing(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces; whatever becomes of the connection, the stored object is closed."""
    try:
        yield from pieces
    finally:
        pieces.close()  # type: ignore[attr-defined]  # a generator
