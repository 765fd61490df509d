"""The outputs of steps: encrypted, and addressed by a hash of what they were derived from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Row, select

from include.interview.entities import ArtifactRef
from include.interview.errors import NotFound
from include.settings import PIPELINE_VERSION
from include.storage.database import tables as t
from include.storage.database.unit_of_work import Core, new_id, now
from include.storage.database.upsert import upsert
from include.storage.objects.scratch import PrivateFiles
from include.storage.objects.sealed import SealedObjects, Stored, file_pieces
from include.storage.objects.store import object_name


def artifact_id(interview_id: str, step: str, pipeline_version: str, inputs: Sequence[ArtifactRef | str]) -> str:
    """SHA-256 (64 hex digits) over all that an output is derived from: the same derivation has the same id."""
    sources = [[source.id, "artifact"] if isinstance(source, ArtifactRef) else [source, "text"] for source in inputs]
    return hashlib.sha256(json.dumps([interview_id, step, pipeline_version, sources]).encode()).hexdigest()


class Artifacts:
    """Stored outputs of the steps of interviews.

    An output counts once its row is committed, which happens after its object is complete: whatever a killed writer
    leaves is not referred to by anything.

    Every call raises ServiceFailure when the database cannot be used.
    """

    def __init__(
        self,
        core: Core,
        sealed: SealedObjects,
        private: PrivateFiles,
        pipeline_version: str = PIPELINE_VERSION,
    ) -> None:
        self._core = core
        self._sealed = sealed
        self._private = private
        self._version = pipeline_version

    def run(
        self, interview_id: str, step: str, inputs: Sequence[ArtifactRef | str], produce: Callable[[], bytes]
    ) -> ArtifactRef:
        """The output of `step` for `inputs`; `produce` is called only when it is not stored yet.

        Of writers at the same time one wins, and all get the same ref. Errors of `produce` pass through.

        Raises:
            NotFound: no such interview, or erased.
            ServiceFailure: the storage or database cannot be used.
        """
        ref = self._ref(interview_id, step, inputs)
        done, lost = self._state(ref)
        if not done:
            self._store(ref, inputs, [produce()], lost)
        return ref

    def run_file(
        self, interview_id: str, step: str, inputs: Sequence[ArtifactRef | str], produce: Callable[[Path], None]
    ) -> ArtifactRef:
        """The output of `step` for `inputs`, for large outputs: `produce(path)` writes the file.

        The file is encrypted piece by piece. Of writers at the same time one wins, and all get the same ref.

        Raises:
            NotFound: no such interview, or erased.
            ServiceFailure: the storage or database cannot be used.
        """
        ref = self._ref(interview_id, step, inputs)
        done, lost = self._state(ref)
        if not done:
            with self._private.folder() as folder:
                path = folder / "output"
                produce(path)
                self._store(ref, inputs, file_pieces(path), lost)
        return ref

    def read(self, ref: ArtifactRef) -> bytes:
        """The bytes of the output `ref`. The read is an audit entry.

        Raises:
            NotFound: nothing stored under `ref`, or erased.
            WrongKey: another master key.
            BadInput: code "stored_bytes_damaged".
            ServiceFailure: object missing.
        """
        return b"".join(self._pieces(ref))

    def list(self, interview_id: str, step: str | None = None) -> tuple[ArtifactRef, ...]:
        """Refs of the interview's stored outputs, newest last; of one step when `step` is given."""
        query = select(t.artifacts.c.id, t.artifacts.c.step).where(t.artifacts.c.interview_id == interview_id)
        if step is not None:
            query = query.where(t.artifacts.c.step == step)
        with self._core.look() as connection:
            rows = connection.execute(query.order_by(t.artifacts.c.created_at, t.artifacts.c.id)).all()
        return tuple(ArtifactRef(id=row.id, interview_id=interview_id, kind=row.step) for row in rows)

    @contextmanager
    def open_file(self, ref: ArtifactRef) -> Iterator[Path]:
        """Within the block, a decrypted, verified, private copy of the output `ref`.

        The read is an audit entry.

        Raises:
            NotFound: nothing stored under `ref`, or erased.
            WrongKey: another master key.
            BadInput: code "stored_bytes_damaged".
            ServiceFailure: object missing, or the disk is full.
        """
        pieces = self._pieces(ref)
        with self._private.folder() as folder:
            yield self._private.write(folder / "artifact", pieces)

    def _ref(self, interview_id: str, step: str, inputs: Sequence[ArtifactRef | str]) -> ArtifactRef:
        identity = artifact_id(interview_id, step, self._version, inputs)
        return ArtifactRef(id=identity, interview_id=interview_id, kind=step)

    def _row(self, artifact: str) -> Row[Any] | None:
        with self._core.look() as connection:
            return connection.execute(select(t.artifacts).where(t.artifacts.c.id == artifact)).one_or_none()

    def _state(self, ref: ArtifactRef) -> tuple[bool, str | None]:
        """Whether the output is stored, and the name of its object if that was lost (it is then made again)."""
        row = self._row(ref.id)
        if row is None:
            return False, None
        done = self._sealed.objects.exists(row.object_name)
        return done, None if done else row.object_name

    def _store(
        self, ref: ArtifactRef, inputs: Sequence[ArtifactRef | str], chunks: Iterable[bytes], lost: str | None
    ) -> None:
        with self._core.look() as connection:
            key = self._core.interview_key(connection, ref.interview_id)
        stored = self._sealed.put(key, object_name("artifacts", new_id()), chunks)
        try:
            won = self._register(ref, inputs, stored, lost)
        except BaseException:
            self._sealed.objects.remove(stored.object_name)
            raise
        if not won:
            self._sealed.objects.remove(stored.object_name)

    def _register(
        self, ref: ArtifactRef, inputs: Sequence[ArtifactRef | str], stored: Stored, lost: str | None
    ) -> bool:
        """Commit the output, also in place of a lost one; False when another writer's is there already."""
        row = {
            "id": ref.id,
            "interview_id": ref.interview_id,
            "step": ref.kind,
            "pipeline_version": self._version,
            "inputs": json.dumps([source.id if isinstance(source, ArtifactRef) else source for source in inputs]),
            "sha256": stored.sha256,
            "size": stored.size,
            "object_name": stored.object_name,
            "created_at": now(),
        }
        table = t.artifacts
        with self._core.act() as act:
            self._core.interview_key(act.connection, ref.interview_id)  # erased meanwhile: nothing is registered
            present = act.connection.execute(
                select(table.c.object_name).where(table.c.id == ref.id)
            ).scalar_one_or_none()
            if present not in (None, lost):
                return False
            upsert(act.connection, table, row, key=["id"])
            act.record("artifact.stored", f"artifact:{ref.id}", {"interview": ref.interview_id, "step": ref.kind})
        return True

    def _pieces(self, ref: ArtifactRef) -> Iterator[bytes]:
        row = self._row(ref.id)
        if row is None or row.interview_id != ref.interview_id:
            raise NotFound(f"There is no artifact {ref.id}.", "Run the step that makes it.")
        with self._core.act() as act:
            key = self._core.interview_key(act.connection, row.interview_id)
            act.record("artifact.read", f"artifact:{ref.id}", {"interview": row.interview_id, "step": row.step})
        stored = Stored(sha256=row.sha256, size=row.size, object_name=row.object_name)
        return self._sealed.pieces(key, stored)
