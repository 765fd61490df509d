"""Recordings and documents of an interview: encrypted on the way in, opened for as long as a block lasts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Literal, get_args

from sqlalchemy import Connection, Row, insert, select
from sqlalchemy.exc import IntegrityError

from include.interview.entities import MediaObject
from include.interview.errors import BadInput, BadMedia, NotFound
from include.security.keys import DataKey
from include.settings import Limits
from include.storage.database import tables as t
from include.storage.database.unit_of_work import Core, new_id, now
from include.storage.objects.documents import document_text
from include.storage.objects.scratch import PrivateFiles
from include.storage.objects.sealed import SealedObjects, SealedWriter, Stored, file_pieces
from include.storage.objects.store import object_name

MediaKind = Literal["video", "audio", "resume", "cover_letter"]


class MediaWriter:
    """A media object that is being written, in constant memory; either `keep` or `discard` ends it.

    Every call raises ServiceFailure when the storage is full or cannot be used. Not for two threads at once.
    """

    def __init__(
        self, sealed: SealedWriter, limit: int, setting: str, register: Callable[[Stored], MediaObject]
    ) -> None:
        self._sealed = sealed
        self._limit = limit
        self._setting = setting
        self._register = register

    def write(self, data: bytes) -> None:
        """Write more bytes.

        Raises:
            BadMedia: code "too_large": larger than the limit.
        """
        if self._sealed.size + len(data) > self._limit:
            raise BadMedia(
                f"The file is larger than {self._limit} bytes.",
                f"Send a smaller one, or raise {self._setting}.",
                code="too_large",
            )
        self._sealed.write(data)

    def keep(self) -> MediaObject:
        """The media object, complete; what is stored already where the same bytes are at the same place.

        Raises:
            BadMedia: empty. BadInput: another file is at that place (code "media_exists"). NotFound: erased meanwhile.
        """
        if self._sealed.size == 0:
            raise BadMedia("The file is empty.", "Upload it again.", code="empty_file")
        return self._register(self._sealed.commit())

    def discard(self) -> None:
        """Leave nothing."""
        self._sealed.discard()


class Media:
    """Stored media of interviews.

    Every call raises ServiceFailure when the database cannot be used.
    """

    def __init__(self, core: Core, sealed: SealedObjects, private: PrivateFiles, limits: Limits) -> None:
        self._core = core
        self._sealed = sealed
        self._private = private
        self._limits = limits

    def add(
        self,
        interview_id: str,
        source: Path | BinaryIO,
        kind: MediaKind,
        index: int = 0,
        question_id: str | None = None,
    ) -> MediaObject:
        """Encrypt and store a file or stream in constant memory, complete or not at all, and return its record.

        Adding the same bytes at the same place again returns what is stored already.

        Raises:
            BadMedia: empty, or larger than the limit.
            BadInput: another file is at that place (code "media_exists").
            NotFound: no such interview, or erased.
            ServiceFailure: storage full or not usable.
        """
        writer = self.writer(interview_id, kind, index, question_id)
        try:
            for piece in file_pieces(source):
                writer.write(piece)
            return writer.keep()
        except BaseException:
            writer.discard()
            raise

    def writer(self, interview_id: str, kind: MediaKind, index: int = 0, question_id: str | None = None) -> MediaWriter:
        """A new media object to which bytes are written as they come; it counts once it is kept.

        Raises:
            NotFound: no such interview, or erased. ServiceFailure: storage full or not usable.
        """
        if kind not in get_args(MediaKind):
            raise BadInput(f"There is no media kind {kind!r}.", f"Use one of: {', '.join(get_args(MediaKind))}.")
        with self._core.look() as connection:
            key = self._core.interview_key(connection, interview_id)
        identity = new_id()
        sealed = self._sealed.writer(key, object_name("media", identity))

        def register(stored: Stored) -> MediaObject:
            try:
                media, kept = self._register(identity, interview_id, kind, index, question_id, stored)
            except BaseException:
                self._sealed.objects.remove(stored.object_name)
                raise
            if not kept:
                self._sealed.objects.remove(stored.object_name)
            return media

        recording = kind in ("video", "audio")
        limit = self._limits.max_bytes if recording else self._limits.max_document_bytes
        return MediaWriter(sealed, limit, "TRIVIEW_MAX_BYTES" if recording else "TRIVIEW_MAX_DOCUMENT_BYTES", register)

    def _register(
        self, identity: str, interview_id: str, kind: str, index: int, question_id: str | None, stored: Stored
    ) -> tuple[MediaObject, bool]:
        """The object at the place, and whether it is the one just stored."""
        row = {
            "id": identity,
            "interview_id": interview_id,
            "kind": kind,
            "position": index,
            "question_id": question_id,
            "sha256": stored.sha256,
            "size": stored.size,
            "object_name": stored.object_name,
            "created_at": now(),
        }
        table = t.media_objects
        place = (table.c.interview_id == interview_id, table.c.kind == kind, table.c.position == index)
        with self._core.act() as act:
            self._core.interview_key(act.connection, interview_id)  # it may have been erased while it was encrypted
            present = act.connection.execute(select(table).where(*place)).one_or_none()
            if present is not None:
                if present.sha256 != stored.sha256:
                    raise BadInput(
                        f"Interview {interview_id} has another {kind} at index {index} already.",
                        "Use the next index; a stored recording is never replaced.",
                        code="media_exists",
                    )
                return _media(present), False
            try:
                act.connection.execute(insert(table).values(**row))
            except IntegrityError:
                raise NotFound(f"There is no interview {interview_id}.", "Check the id.") from None
            act.record("media.stored", f"media:{identity}", {"interview": interview_id, "kind": kind})
            return _media(_row(act.connection, identity)), True

    def get(self, media_id: str) -> MediaObject:
        """The record of a stored media object.

        Raises:
            NotFound: no such object.
        """
        with self._core.look() as connection:
            return _media(_row(connection, media_id))

    def list(self, interview_id: str) -> tuple[MediaObject, ...]:
        """The interview's media by kind and index; empty when it has none."""
        table = t.media_objects
        query = select(table).where(table.c.interview_id == interview_id).order_by(table.c.kind, table.c.position)
        with self._core.look() as connection:
            return tuple(_media(row) for row in connection.execute(query))

    @contextmanager
    def open(self, media: MediaObject) -> Iterator[Path]:
        """Within the block, a decrypted, verified, private copy of `media` (0600 in a 0700 folder).

        The read is an audit entry.

        Raises:
            NotFound: no such object, or erased.
            WrongKey: another master key.
            BadInput: code "stored_bytes_damaged".
            ServiceFailure: object missing, disk full.
        """
        pieces = self._read(media)
        with self._private.folder() as folder:
            yield self._private.write(folder / media.kind, pieces)

    def text(self, media: MediaObject) -> str:
        """The text of a document, as `document_text` reads it. The read is an audit entry.

        Raises:
            BadInput: too large, or no text in it that can be read; and as for `open`.
        """
        return document_text(b"".join(self._read(media)), self._limits.max_document_bytes)

    def part(self, media: MediaObject, start: int, stop: int) -> Iterator[bytes]:
        """Bytes [start, stop) of `media`, decrypted piece by piece in memory; 0 <= start < stop <= `media.size`.

        The read is an audit entry that names the bytes.

        Raises:
            NotFound, WrongKey, ServiceFailure: as `open`, at once.
            BadInput, ServiceFailure: as `open`, while the pieces are read.
        """
        key, stored = self._unlocked(media, {"first": start, "last": stop - 1})
        return self._sealed.part(key, stored, start, stop)

    def _read(self, media: MediaObject) -> Iterator[bytes]:
        return self._sealed.pieces(*self._unlocked(media, {}))

    def _unlocked(self, media: MediaObject, detail: dict[str, int]) -> tuple[DataKey, Stored]:
        """The key and place of a stored media object; the read that follows is an audit entry with `detail`."""
        with self._core.act() as act:
            row = _row(act.connection, media.id)
            key = self._core.interview_key(act.connection, row.interview_id)
            act.record("media.read", f"media:{media.id}", {"interview": row.interview_id, **detail})
        return key, Stored(sha256=row.sha256, size=row.size, object_name=row.object_name)


def _row(connection: Connection, media_id: str) -> Row[Any]:
    row = connection.execute(select(t.media_objects).where(t.media_objects.c.id == media_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no media object {media_id}.", "Check the id.")
    return row


def _media(row: Row[Any]) -> MediaObject:
    return MediaObject(
        id=row.id,
        interview_id=row.interview_id,
        kind=row.kind,
        sha256=row.sha256,
        size=row.size,
        index=row.position,
        question_id=row.question_id,
    )
