"""Recordings that arrive in parts over broken lines: every part is sealed and durable before it counts.

The parts become one media object at the end, checked against the declared SHA-256; nothing is ever held whole in
memory or in the clear.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any, BinaryIO, Literal, cast, get_args

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from include.interview.entities import MediaObject
from include.interview.errors import BadInput, BadMedia, NotFound, QuotaExceeded
from include.interview.invitations import UNFINISHED
from include.interview.records import Record
from include.settings import Limits
from include.storage.database import tables as t
from include.storage.database.unit_of_work import Core, candidate_of, new_id, now
from include.storage.objects.media import Media, MediaKind
from include.storage.objects.sealed import SealedObjects, SealedWriter, Stored
from include.storage.objects.store import object_name, refuse_low_storage
from include.storage.objects.upload_parts import PieceStream, UploadReceiver

PART_BYTES = 8 * 1024 * 1024
"""A long piece is made durable in parts of this size: what a killed process loses at most."""

UploadState = Literal["open", "finished", "refused", "aborted"]


class Upload(Record, frozen=True):
    """An upload of a recording, of which `offset` of `size` bytes are durable.

    `sha256` is what the sender declared, if it did.
    """

    id: str
    interview_id: str
    account_id: str | None
    kind: str | None
    size: int
    offset: int
    sha256: str | None
    state: UploadState
    media_id: str | None = None


class Uploads:
    """Resumable uploads of recordings.

    Every call raises ServiceFailure when the database cannot be used.
    """

    def __init__(self, core: Core, sealed: SealedObjects, media: Media, limits: Limits) -> None:
        self._core = core
        self._sealed = sealed
        self._media = media
        self._limits = limits

    def begin(
        self,
        interview_id: str,
        size: int,
        sha256: str | None = None,
        kind: MediaKind | None = None,
        *,
        account_id: str | None = None,
        index: int = 0,
    ) -> Upload:
        """Expect a recording of `size` bytes and return its upload; `kind` may follow at `finish`.

        Raises:
            BadMedia: empty (code "empty_file"), or over the limit ("too_large").
            QuotaExceeded: too many open uploads of the account, or too many bytes of the candidate.
            NotFound: no such interview or account, or erased.
            ServiceFailure: code "storage_low": the disk is nearly full.
        """
        if size < 1:
            raise BadMedia("The file is empty.", "Upload it again.", code="empty_file")
        if size > self._limits.max_bytes:
            raise _too_large(self._limits.max_bytes)
        if kind is not None and kind not in get_args(MediaKind):
            raise BadInput(f"There is no media kind {kind!r}.", f"Use one of: {', '.join(get_args(MediaKind))}.")
        refuse_low_storage(self._sealed.objects, self._limits.min_free_bytes)
        identity, at = new_id(), now()
        row = {
            "id": identity,
            "interview_id": interview_id,
            "account_id": account_id,
            "kind": kind,
            "position": index,
            "size": size,
            "received": 0,
            "sha256": None if sha256 is None else sha256.lower(),
            "state": "open",
            "created_at": at,
            "updated_at": at,
        }
        with self._core.act() as act:
            self._core.interview_key(act.connection, interview_id)
            self._refuse_over_quota(act.connection, interview_id, size, account_id)
            try:
                act.connection.execute(insert(t.uploads).values(**row))
            except IntegrityError:
                raise NotFound(f"There is no account {account_id}.", "Check the id.") from None
            act.record("upload.begun", f"upload:{identity}", {"interview": interview_id, "size": size})
            return _upload(_row(act.connection, identity))

    def admit(self, interview_id: str, size: int, account_id: str | None = None) -> None:
        """Return when a recording of `size` bytes, sent at once by the account, may be taken.

        Raises:
            QuotaExceeded, NotFound, ServiceFailure: as `begin`.
        """
        refuse_low_storage(self._sealed.objects, self._limits.min_free_bytes)
        with self._core.look() as connection:
            self._refuse_over_quota(connection, interview_id, size, account_id)

    def _refuse_over_quota(self, connection: Connection, interview_id: str, size: int, account_id: str | None) -> None:
        table, most = t.uploads, self._limits.max_open_uploads
        if account_id is not None:
            query = select(func.count()).where(table.c.account_id == account_id, table.c.state == "open")
            if connection.execute(query).scalar_one() >= most:
                raise QuotaExceeded(
                    f"This account has {most} unfinished uploads.",
                    "Finish them or give them up, then begin another.",
                    code="too_many_uploads",
                )
        kept = bytes_of_candidate(connection, candidate_of(connection, interview_id))
        if kept + size > self._limits.max_candidate_bytes:
            raise QuotaExceeded(
                f"With this recording the candidate's files would be over {self._limits.max_candidate_bytes} bytes.",
                "Give unfinished uploads up, or have the limit raised (TRIVIEW_MAX_CANDIDATE_BYTES).",
                code="over_quota",
            )

    def get(self, upload_id: str) -> Upload:
        """The state of an upload.

        Raises:
            NotFound: no such upload.
        """
        with self._core.look() as connection:
            return _upload(_row(connection, upload_id))

    def append(self, upload_id: str, offset: int, chunks: Iterable[bytes]) -> int:
        """Store `chunks`, which begin at byte `offset`, in constant memory; returns the new offset in bytes.

        Parts of `PART_BYTES` are durable one by one: whatever goes wrong, also in `chunks` itself, those that were
        complete stay, and `get` says how far they reach.

        Raises:
            BadInput: code "offset_conflict": the next byte is another one; "upload_closed": finished or given up.
            BadMedia: code "too_large": more than was announced; nothing of the part with the excess is kept.
            NotFound: no such upload, or erased.
            ServiceFailure: storage full or not usable.
        """
        receiver = self.receiver(upload_id, offset)
        try:
            for chunk in chunks:
                receiver.write(chunk)
            return receiver.keep()
        except BaseException:
            receiver.discard()
            raise

    def receiver(self, upload_id: str, offset: int) -> UploadReceiver:
        """Takes the bytes from `offset` on as they come; those of a part count once it is complete, or kept.

        Raises:
            BadInput: code "offset_conflict": the next byte is another one; "upload_closed": finished or given up.
            NotFound: no such upload, or erased. ServiceFailure: code "storage_low": the disk is nearly full.
        """
        upload = self._open_at(upload_id, offset)
        refuse_low_storage(self._sealed.objects, self._limits.min_free_bytes)
        with self._core.look() as connection:
            key = self._core.interview_key(connection, upload.interview_id)

        def begin() -> SealedWriter:
            return self._sealed.writer(key, object_name("uploads", new_id()))

        def count(start: int, stored: Stored) -> None:
            try:
                self._count(upload_id, start, stored)
            except BaseException:
                self._sealed.objects.remove(stored.object_name)
                raise

        return UploadReceiver(offset, upload.size, PART_BYTES, begin, count)

    def _open_at(self, upload_id: str, offset: int) -> Upload:
        upload = self.get(upload_id)
        if upload.state != "open":
            raise BadInput(f"The upload is {upload.state}.", "Begin another one.", code="upload_closed")
        if upload.offset != offset:
            raise _conflict(upload.offset)
        return upload

    def _count(self, upload_id: str, start: int, stored: Stored) -> None:
        """The part counts, unless another sender was faster at the same place."""
        table = t.uploads
        with self._core.act() as act:
            self._core.interview_key(act.connection, _row(act.connection, upload_id).interview_id)
            moved = act.connection.execute(
                update(table)
                .where(table.c.id == upload_id, table.c.state == "open", table.c.received == start)
                .values(received=start + stored.size, updated_at=now())
            )
            if moved.rowcount != 1:
                raise _conflict(_row(act.connection, upload_id).received)
            act.connection.execute(
                insert(t.upload_parts).values(
                    upload_id=upload_id,
                    start=start,
                    size=stored.size,
                    sha256=stored.sha256,
                    object_name=stored.object_name,
                )
            )

    def head(self, upload_id: str, size: int) -> bytes:
        """The first `size` bytes, fewer when fewer have arrived, to see what the recording is.

        Raises:
            NotFound: no such upload, or erased.
        """
        found = b""
        for piece in self._bytes(self.get(upload_id)):
            found += piece
            if len(found) >= size:
                break
        return found[:size]

    def finish(self, upload_id: str, kind: MediaKind | None = None, *, question_id: str | None = None) -> MediaObject:
        """The recording as a media object of its interview; the parts are gone afterwards. May be repeated.

        `question_id`: the question that the recording answers, where it answers one only.

        Raises:
            BadInput: code "upload_incomplete": bytes are missing; "upload_closed": given up or refused; "media_exists":
                the interview has another one there already; no kind was told.
            BadMedia: code "hash_mismatch": not the bytes that were declared; the parts are removed.
            NotFound: no such upload, or erased.
            ServiceFailure: storage full or not usable.
        """
        upload = self.get(upload_id)
        if upload.state == "finished" and upload.media_id is not None:
            self._remove_parts(upload_id)
            return self._media.get(upload.media_id)
        upload = self._open_at(upload_id, upload.offset)
        if upload.offset != upload.size:
            raise BadInput(
                f"{upload.size - upload.offset} bytes are missing.", "Send them first.", code="upload_incomplete"
            )
        chosen = kind or upload.kind
        if chosen not in get_args(MediaKind):
            raise BadInput("Nobody said what kind of media this is.", f"Use one of: {', '.join(get_args(MediaKind))}.")
        source = PieceStream(self._checked(upload))
        with self._core.look() as connection:
            index = _row(connection, upload_id).position
        try:
            media = self._media.add(
                upload.interview_id, cast("BinaryIO", source), cast("MediaKind", chosen), index, question_id
            )
        except BadMedia as error:
            self._close(upload_id, "refused", {"code": error.code})
            self._remove_parts(upload_id)
            raise
        self._close(upload_id, "finished", {"media": media.id}, media_id=media.id)
        self._remove_parts(upload_id)
        return media

    def _checked(self, upload: Upload) -> Iterator[bytes]:
        """The recording's bytes, and an error in place of their end when they are not those declared."""
        digest = hashlib.sha256()
        for piece in self._bytes(upload):
            digest.update(piece)
            yield piece
        if upload.sha256 is not None and not hmac.compare_digest(digest.hexdigest(), upload.sha256):
            raise BadMedia(
                "What arrived has another SHA-256 than announced; nothing of it was kept.",
                "Announce a new upload and send the file again from its beginning.",
                code="hash_mismatch",
            )

    def _bytes(self, upload: Upload) -> Iterator[bytes]:
        table = t.upload_parts
        query = select(table).where(table.c.upload_id == upload.id).order_by(table.c.start)
        with self._core.look() as connection:
            key = self._core.interview_key(connection, upload.interview_id)
            parts = connection.execute(query).all()
        for part in parts:
            yield from self._sealed.pieces(key, Stored(part.sha256, part.size, part.object_name))

    def abort(self, upload_id: str) -> None:
        """Give the upload up and remove its parts. One that is closed already stays as it is.

        Raises:
            NotFound: no such upload.
        """
        if self.get(upload_id).state == "open":
            self._close(upload_id, "aborted", {})
        self._remove_parts(upload_id)

    def sweep(self, older_than_s: float) -> int:
        """Give up uploads that got nothing for `older_than_s` seconds; returns how many.

        Recordings that arrived whole and wait for the rest of an invitation's answers are kept as long as it may be
        answered, and `older_than_s` seconds more.
        """
        table = t.uploads
        stale = now() - timedelta(seconds=older_than_s)
        waiting = (
            select(t.invitation_answers.c.upload_id)
            .join(t.invitations, t.invitations.c.id == t.invitation_answers.c.invitation_id)
            .where(
                t.invitation_answers.c.upload_id.is_not(None),
                t.invitations.c.state.in_(UNFINISHED),
                t.invitations.c.deadline >= stale,
            )
        )
        with self._core.look() as connection:
            query = select(table.c.id).where(
                table.c.state == "open", table.c.updated_at < stale, table.c.id.not_in(waiting)
            )
            abandoned = list(connection.execute(query).scalars())
        for upload_id in abandoned:
            self.abort(upload_id)
        return len(abandoned)

    def _close(
        self, upload_id: str, state: UploadState, detail: dict[str, str], *, media_id: str | None = None
    ) -> None:
        table = t.uploads
        with self._core.act() as act:
            closed = act.connection.execute(
                update(table)
                .where(table.c.id == upload_id, table.c.state == "open")
                .values(state=state, media_id=media_id, updated_at=now())
            )
            if closed.rowcount == 1:
                act.record(f"upload.{state}", f"upload:{upload_id}", detail)

    def _remove_parts(self, upload_id: str) -> None:
        """Objects first: a row whose object is gone can be removed later, an object no row names cannot be found."""
        table = t.upload_parts
        with self._core.look() as connection:
            found = list(
                connection.execute(select(table.c.object_name).where(table.c.upload_id == upload_id)).scalars()
            )
        if not found:
            return
        for name in found:
            self._sealed.objects.remove(name)
        with self._core.act() as act:
            act.connection.execute(delete(table).where(table.c.upload_id == upload_id))


def bytes_of_candidate(connection: Connection, candidate_id: str) -> int:
    """Bytes of all recordings and documents of the candidate, those announced by unfinished uploads included."""
    total = 0
    for table, more in ((t.media_objects, ()), (t.uploads, (t.uploads.c.state == "open",))):
        query = (
            select(func.coalesce(func.sum(table.c.size), 0))
            .join(t.interviews, t.interviews.c.id == table.c.interview_id)
            .join(t.applications, t.applications.c.id == t.interviews.c.application_id)
            .where(t.applications.c.candidate_id == candidate_id, *more)
        )
        total += int(connection.execute(query).scalar_one())
    return total


def _too_large(limit: int) -> BadMedia:
    return BadMedia(
        f"The file is larger than {limit} bytes.", "Send a smaller one, or raise the limit.", code="too_large"
    )


def _conflict(offset: int) -> BadInput:
    return BadInput(f"The next byte to send is number {offset}.", "Go on from there.", code="offset_conflict")


def _row(connection: Connection, upload_id: str) -> Row[Any]:
    row = connection.execute(select(t.uploads).where(t.uploads.c.id == upload_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no upload {upload_id}.", "Check the id.")
    return row


def _upload(row: Row[Any]) -> Upload:
    return Upload(
        id=row.id,
        interview_id=row.interview_id,
        account_id=row.account_id,
        kind=row.kind,
        size=row.size,
        offset=row.received,
        sha256=row.sha256,
        state=row.state,
        media_id=row.media_id,
    )
