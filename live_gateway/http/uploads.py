"""Recordings of the first interview: in pieces that survive a broken line, or in one request."""

from __future__ import annotations

from typing import Annotated, Any, BinaryIO, Literal, cast

import msgspec
from litestar import Controller, Request, Response, post
from litestar.params import Parameter

from include.interview.errors import TriviewError
from include.interview.stored import Interview
from live_gateway import metrics
from live_gateway.http.desk import Desk
from live_gateway.http.guarding import ACTION, limit
from live_gateway.http.openapi import OCTETS, raw_body
from live_gateway.http.receiving import Incoming, announced_length, recording_kind, too_large
from live_gateway.http.schemas import SHA256_PATTERN, UUID_PATTERN
from tasks.uploads import DAG_ID, UploadedFor, open_for_upload, received, refused

UNLIMITED = None
"""The framework's own limit is off: what streams is counted by `Incoming`."""


class Received(msgspec.Struct, frozen=True):
    """The recording is stored. `state` "queued": Airflow is away and gets the run as soon as it is back."""

    interview_id: str
    run_id: str
    state: Literal["started", "queued"]


class SingleUploadController(Controller):
    """The whole recording in one request."""

    path = "/ai-interview"
    tags = ("uploads",)

    @post(
        "/upload",
        status_code=202,
        operation_class=raw_body(OCTETS, "The recording itself: MP4, MOV, WebM, MKV, WAV, FLAC, OGG or MP3."),
        request_max_body_size=UNLIMITED,
        summary="Upload a recording in one request",
        opt={ACTION: "upload.create"},
    )
    async def upload_recording(
        self,
        desk: Desk,
        request: Request[Any, Any, Any],
        candidate_id: Annotated[str, Parameter(query="candidate_id", pattern=UUID_PATTERN)],
        opening_id: Annotated[str, Parameter(query="opening_id", min_length=1, max_length=64)],
        language: Literal["ko", "en", "auto"] = "auto",
        profile: Annotated[str | None, Parameter(query="profile", max_length=64, required=False)] = None,
        sha256: Annotated[str | None, Parameter(header="X-SHA256", pattern=SHA256_PATTERN, required=False)] = None,
    ) -> Response[Received]:
        """The body is the recording, encrypted as it comes in. Only ids stand in the address.

        409 without the candidate's consent, 413 over the size limit, 415 for anything that is no recording.
        """
        desk.check_candidate(candidate_id)
        most = desk.services.settings.core.limits.max_bytes
        if (announced_length(request) or 0) > most:
            raise too_large(most)
        await limit(desk.services, "upload", desk.me.account_id, desk.services.limits.upload)
        asked = UploadedFor(candidate_id, opening_id, language, profile)
        interview = await desk.run(open_for_upload, desk.stores, asked)
        metrics.uploads.labels("started").inc()
        incoming = Incoming(request, limit=most, sha256=sha256)
        await store(desk, interview, incoming)
        return accepted(await finish(desk, interview.id))


async def store(desk: Desk, interview: Interview, incoming: Incoming) -> None:
    """Store the only recording of `interview`; what is refused leaves nothing but the reason."""
    try:
        await desk.services.run_long(_store, desk, interview, incoming)
    except TriviewError as error:
        broken = error.code == "upload_broken"
        metrics.uploads.labels("broken" if broken else "refused").inc()
        await desk.run(refused, desk.stores, interview.id, error.code)
        raise


def _store(desk: Desk, interview: Interview, incoming: Incoming) -> None:
    kind = recording_kind(incoming.head())
    desk.stores.media.add(interview.id, cast("BinaryIO", incoming), kind)


async def finish(desk: Desk, interview_id: str) -> Received:
    """The recording is complete: have its run started."""
    run_id = await desk.run(received, desk.stores, interview_id)
    state = await desk.services.triggers.start_run(DAG_ID, run_id, interview_id)
    metrics.uploads.labels("finished").inc()
    return Received(interview_id, run_id, state)


def accepted(body: Received) -> Response[Received]:
    """202, and where to look."""
    return Response(body, status_code=202, headers={"Location": f"/api/v1/interviews/{body.interview_id}"})
