"""Recordings of the first interview: in pieces that survive a broken line, or in one request."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from litestar import Controller, Request, Response, delete, get, head, patch, post
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, FromQuery, HeaderParameter, JSONBody, QueryParameter

from include.interview.entities import Interview
from include.interview.errors import BadInput, BadMedia, ServiceFailure, TriviewError
from include.interview.stages import flow_of
from include.perception.media.containers import SNIFF_BYTES
from include.security.access import Owners
from include.storage.objects.uploads import PART_BYTES, Upload
from live_gateway import metrics
from live_gateway.http.guarding import ACTION, limit
from live_gateway.http.idempotency import IdempotencyKey, once
from live_gateway.http.openapi import OCTETS, OFFSET_OCTETS, example, raw_body
from live_gateway.http.schemas import (
    EXAMPLE_SHA256,
    EXAMPLE_UUID,
    SHA256_PATTERN,
    UUID_PATTERN,
    OpeningId,
    ProfileId,
    Sha256,
    Uuid,
)
from live_gateway.http.upload_stream import (
    Incoming,
    announced_length,
    pour,
    receiving,
    recording_kind,
    too_large,
)
from live_gateway.request_scope import RequestScope
from tasks.ai.uploads import NEEDED, UploadedFor, open_for_upload, received, refused

TUS_OFFSET, TUS_LENGTH = "Upload-Offset", "Upload-Length"
HASHED_BYTES = PART_BYTES
"""Largest chunk that may come with a hash: it counts as a whole or not at all."""
UNLIMITED = None
"""The framework's own limit is off: what streams is counted by `Incoming`."""


class Received(msgspec.Struct, frozen=True):
    """A stored recording and its DAG run. `state` "queued": Airflow is away and gets the run as soon as it is back."""

    interview_id: str
    run_id: str
    state: Literal["started", "queued"]


class UploadIn(msgspec.Struct, forbid_unknown_fields=True):
    """A recording that is going to be sent: whose, for what, how many bytes. `sha256` of all of it, if known."""

    candidate_id: Uuid
    opening_id: OpeningId
    size: Annotated[int, msgspec.Meta(ge=1, le=2**40)]
    sha256: Sha256 | None = None
    language: Literal["ko", "en", "auto"] = "auto"
    profile: ProfileId | None = None


class UploadView(msgspec.Struct, frozen=True):
    """How many bytes of a recording have come. `max_hashed_chunk`: most bytes of a chunk with X-Chunk-SHA256."""

    id: str
    interview_id: str
    size: int
    offset: int
    state: str
    max_hashed_chunk: int = HASHED_BYTES


EXAMPLE = {
    "candidate_id": EXAMPLE_UUID,
    "opening_id": "backend-2026",
    "size": 52_428_800,
    "sha256": EXAMPLE_SHA256,
    "language": "ko",
}
OffsetHeader = Annotated[int, HeaderParameter(name=TUS_OFFSET, ge=0, le=2**40, description="Where the chunk begins.")]
ChunkHash = Annotated[
    str | None,
    HeaderParameter(
        name="X-Chunk-SHA256", pattern=SHA256_PATTERN, required=False, description="SHA-256 of this chunk."
    ),
]


class UploadsController(Controller):
    """A recording in chunks, after the manner of tus: POST, PATCH …, HEAD after a break, PATCH on."""

    path = "/uploads"
    tags = ("uploads",)

    @post(operation_class=example(EXAMPLE), summary="Begin an upload", opt={ACTION: "upload.create"})
    async def begin_upload(
        self,
        data: JSONBody[UploadIn],
        request_scope: NamedDependency[RequestScope],
        idempotency_key: IdempotencyKey = None,
    ) -> Response[UploadView]:
        """Announce a recording. Needs the candidate's consent; 413 when it is over the limit.

        409 (code `already_uploaded`, `existing` and Location name the interview) when `sha256` is that of a recording
        which this candidate sent for this opening before. Without `sha256` the last chunk is answered so.
        """
        request_scope.check_candidate(data.candidate_id)
        most = request_scope.services.settings.core.limits.max_bytes
        if data.size > most:
            raise too_large(most)
        await limit(
            request_scope.services, "upload", request_scope.caller.account_id, request_scope.services.limits.upload
        )
        upload = await once(
            request_scope,
            idempotency_key,
            data,
            lambda: request_scope.run(_begin, request_scope, data),
            lambda begun: (begun.id,),
            lambda ids: request_scope.run(request_scope.stores.uploads.get, *ids),
        )
        headers = {"Location": f"/api/v1/uploads/{upload.id}", **upload_progress(upload)}
        return Response(upload_view(upload), status_code=201, headers=headers)

    @head("/{upload_id:str}", summary="How far it has come", opt={ACTION: "upload.read"})
    async def head_upload(
        self, upload_id: FromPath[str], request_scope: NamedDependency[RequestScope]
    ) -> Response[None]:
        """How many bytes have come: the header Upload-Offset is the index of the next one."""
        upload, _ = await _upload(request_scope, upload_id)
        return Response(None, headers={**upload_progress(upload), "Cache-Control": "no-store"})

    @get("/{upload_id:str}", summary="Read an upload", opt={ACTION: "upload.read"})
    async def get_upload(self, upload_id: FromPath[str], request_scope: NamedDependency[RequestScope]) -> UploadView:
        """One upload: its interview, size, offset (both in bytes) and state."""
        upload, _ = await _upload(request_scope, upload_id)
        return upload_view(upload)

    @patch(
        "/{upload_id:str}",
        status_code=202,
        operation_class=raw_body(
            OFFSET_OCTETS, "The bytes from Upload-Offset on. The first chunk should have 16 KiB or more."
        ),
        request_max_body_size=UNLIMITED,
        responses={204: ResponseSpec(None, generate_examples=False, description="Kept; more is to come.")},
        summary="Send a chunk",
        opt={ACTION: "upload.write"},
    )
    async def send_chunk(
        self,
        upload_id: FromPath[str],
        request_scope: NamedDependency[RequestScope],
        request: Request[Any, Any, Any],
        upload_offset: OffsetHeader,
        chunk_sha256: ChunkHash = None,
    ) -> Response[Received] | Response[None]:
        """Keep the chunk. 204 with the new Upload-Offset while more is to come; 202 when the recording is complete.

        A chunk whose line breaks is kept as far as it came; one with X-Chunk-SHA256 is kept whole or not at all. An
        empty chunk at the end completes an upload whose last answer was lost.
        """
        upload, interview = await _upload(request_scope, upload_id)
        try:
            more = await take_chunk(request_scope, request, upload, upload_offset, chunk_sha256)
            if more is not None:
                return more
            await request_scope.services.run_long(_complete, request_scope, upload)
        except BadMedia as error:
            metrics.uploads.labels("refused").inc()
            await request_scope.run(_refuse, request_scope, upload, error)
            raise
        return accepted(await finish(request_scope, interview.id))

    @delete("/{upload_id:str}", summary="Give an upload up", opt={ACTION: "upload.write"})
    async def give_up_upload(self, upload_id: FromPath[str], request_scope: NamedDependency[RequestScope]) -> None:
        """Give the upload up: the bytes that were sent are removed."""
        await _upload(request_scope, upload_id)
        await request_scope.run(request_scope.stores.uploads.abort, upload_id)


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
        request_scope: NamedDependency[RequestScope],
        request: Request[Any, Any, Any],
        candidate_id: Annotated[str, QueryParameter(name="candidate_id", pattern=UUID_PATTERN)],
        opening_id: Annotated[str, QueryParameter(name="opening_id", min_length=1, max_length=64)],
        language: FromQuery[Literal["ko", "en", "auto"]] = "auto",
        profile: Annotated[str | None, QueryParameter(name="profile", max_length=64, required=False)] = None,
        sha256: Annotated[str | None, HeaderParameter(name="X-SHA256", pattern=SHA256_PATTERN, required=False)] = None,
    ) -> Response[Received]:
        """The body is the recording, encrypted as it comes in. Only ids stand in the address.

        409 without the candidate's consent, or (code `already_uploaded`, `existing` and Location name the interview)
        when this very recording is there already; with X-SHA256 before a byte is sent. 413 over the size limit, 415 for
        anything that is no recording.
        """
        request_scope.check_candidate(candidate_id)
        most = request_scope.services.settings.core.limits.max_bytes
        if (announced_length(request) or 0) > most:
            raise too_large(most)
        await limit(
            request_scope.services, "upload", request_scope.caller.account_id, request_scope.services.limits.upload
        )
        asked = UploadedFor(candidate_id, opening_id, language, profile)
        with receiving(request_scope.services, request_scope.caller.account_id):
            interview = await request_scope.run(open_for_upload, request_scope.stores, asked, sha256)
            metrics.uploads.labels("started").inc()
            incoming = Incoming(request, limit=most, sha256=sha256)
            await store(request_scope, interview, incoming, announced_length(request) or 0)
        return accepted(await finish(request_scope, interview.id))


async def take_chunk(
    request_scope: RequestScope, request: Request[Any, Any, Any], upload: Upload, offset: int, sha256: str | None
) -> Response[None] | None:
    """Keep the chunk of `upload` that begins at `offset`; the answer 204 while more is to come, None when all is there.

    Raises:
        BadInput: it is no chunk, or not the next one. BadMedia: its beginning is that of no recording.
        ConsentMissing: the consent was withdrawn. ServiceFailure: the line broke at once.
    """
    if request.content_type[0] != OFFSET_OCTETS:
        raise BadInput(
            "A chunk's media type is another one.", f"Send it as {OFFSET_OCTETS}.", code="unsupported_media_type"
        )
    await request_scope.run(request_scope.stores.consents.require, upload.interview_id, NEEDED)
    incoming = _chunk(request, upload, offset, sha256)
    with receiving(request_scope.services, request_scope.caller.account_id):
        received_to = await _keep(request_scope, upload, offset, incoming)
    if received_to < upload.size:
        return Response(None, status_code=204, headers={TUS_OFFSET: str(received_to), TUS_LENGTH: str(upload.size)})
    return None


async def store(request_scope: RequestScope, interview: Interview, incoming: Incoming, size: int = 0) -> None:
    """Store the only recording of `interview`, of `size` announced bytes; of a refused one only the reason is kept.

    Raises:
        BadMedia: it is no recording. BadInput: too large, or not the announced one. QuotaExceeded: the candidate has
        too many bytes already. ServiceFailure: the line broke, or the disk is nearly full.
    """
    stores, services = request_scope.stores, request_scope.services
    try:
        await request_scope.run(stores.uploads.admit, interview.id, size)
        kind = recording_kind(await incoming.head())
        writer = await services.run_long(stores.media.writer, interview.id, kind)
        await pour(services, incoming, writer, lambda one: one.keep())
    except TriviewError as error:
        broken = error.code in ("upload_broken", "upload_too_slow")
        metrics.uploads.labels("broken" if broken else "refused").inc()
        await request_scope.run(refused, request_scope.stores, interview.id, error.code)
        raise


async def finish(request_scope: RequestScope, interview_id: str) -> Received:
    """Have the run of a complete recording started, and say whether it is started or queued.

    Raises:
        ServiceFailure: Redis is away: the recording is kept, the run is started after the next start of a replica.
    """
    run_id = await request_scope.run(received, request_scope.stores, interview_id)
    state = await request_scope.services.triggers.start_run(flow_of("ai").dag_id, run_id, interview_id)
    metrics.uploads.labels("finished").inc()
    return Received(interview_id, run_id, state)


def accepted(body: Received) -> Response[Received]:
    """The answer 202 for a recording that is stored; its Location is the interview's address."""
    return Response(body, status_code=202, headers={"Location": f"/api/v1/interviews/{body.interview_id}"})


async def _upload(request_scope: RequestScope, upload_id: str) -> tuple[Upload, Interview]:
    upload = await request_scope.run(request_scope.stores.uploads.get, upload_id)
    interview = await request_scope.run(request_scope.stores.interviews.get, upload.interview_id)
    request_scope.check(f"There is no upload {upload_id}.", Owners(upload.account_id, interview.candidate_id))
    return upload, interview


def _begin(request_scope: RequestScope, data: UploadIn) -> Upload:
    asked = UploadedFor(data.candidate_id, data.opening_id, data.language, data.profile)
    interview = open_for_upload(request_scope.stores, asked, data.sha256)
    upload = request_scope.stores.uploads.begin(
        interview.id, data.size, data.sha256, account_id=request_scope.caller.account_id
    )
    metrics.uploads.labels("started").inc()
    return upload


def upload_view(upload: Upload) -> UploadView:
    """What is shown of an upload."""
    return UploadView(upload.id, upload.interview_id, upload.size, upload.offset, upload.state)


def upload_progress(upload: Upload) -> dict[str, str]:
    """The headers that say how far an upload has come."""
    return {TUS_OFFSET: str(upload.offset), TUS_LENGTH: str(upload.size)}


def _chunk(request: Request[Any, Any, Any], upload: Upload, offset: int, sha256: str | None) -> Incoming:
    """The chunk as it comes; more than is left, or more than may be hashed, is refused before it is read."""
    most = upload.size - offset if sha256 is None else min(HASHED_BYTES, upload.size - offset)
    if offset == upload.offset and (announced_length(request) or 0) > most:
        raise BadInput(
            f"The chunk has more than {most} bytes.",
            "Send no more than is left, hashed ones in parts.",
            code="too_large",
        )
    return Incoming(request, limit=max(most, 0), sha256=sha256, keep_broken=True)


async def _keep(request_scope: RequestScope, upload: Upload, offset: int, incoming: Incoming) -> int:
    if upload.state == "open" and offset == upload.offset == 0:
        first = await incoming.head()
        if incoming.broken and len(first) < SNIFF_BYTES:
            raise ServiceFailure("The line broke at once; nothing was kept.", "Send it again.", code="upload_broken")
        recording_kind(first)
    if upload.state == "finished" and offset == upload.size:
        return offset
    services = request_scope.services
    receiver = await services.run_long(request_scope.stores.uploads.receiver, upload.id, offset)
    return await pour(services, incoming, receiver, lambda one: one.keep())


def _complete(request_scope: RequestScope, upload: Upload) -> None:
    kind = recording_kind(request_scope.stores.uploads.head(upload.id, SNIFF_BYTES)) if upload.state == "open" else None
    request_scope.stores.uploads.finish(upload.id, kind)


def _refuse(request_scope: RequestScope, upload: Upload, error: BadMedia) -> None:
    """What can never become a recording is removed, and the interview says why."""
    request_scope.stores.uploads.abort(upload.id)
    refused(request_scope.stores, upload.interview_id, error.code)
