"""Embedded Chroma in a process of its own, which gets ids and numbers and nothing else.

Chroma's index library writes whole memory blocks to its files, also the parts it never filled. In a process that
holds transcripts or keys, whatever lay in that memory before would reach the disk unencrypted. Here nothing does:
the child is started with an empty environment but for what the interpreter needs, and only vectors and ids cross.

`python -m include.storage.vectors.isolated FOLDER` answers one JSON object per line.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from include.interview.errors import BadInput, ServiceFailure
from include.settings import PROJECT_ROOT
from include.storage.vectors.chroma import Row, SimilarAnswer, Vectors
from include.storage.vectors.rebuild import Rebuilding, copy_without, exists

END_TIMEOUT_S = 20.0
_ERRORS = {"BadInput": BadInput, "ServiceFailure": ServiceFailure}


class IsolatedVectors:
    """Answer vectors in an embedded Chroma, behind a child process that starts on first use.

    The methods are those of `Vectors`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._child: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()

    def put_answers(
        self,
        interview_id: str,
        vectors: Sequence[tuple[str, Sequence[float]]],
        *,
        opening_id: str = "",
        stage: str = "",
        criteria: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """Store the vectors of an interview's answers, (answer id, vector), in place of those stored before.

        The arguments are those of `Vectors.put_answers`.

        Raises:
            BadInput: an id twice, or vectors of another length than those stored.
            ServiceFailure: Chroma fails.
        """
        plain = [(answer, [float(number) for number in vector]) for answer, vector in vectors]
        of = {answer: list(ids) for answer, ids in (criteria or {}).items()}
        place = {"interview_id": interview_id, "opening_id": opening_id, "stage": stage}
        self._ask("put_answers", **place, vectors=plain, criteria=of)

    def similar(
        self,
        vector: Sequence[float],
        n: int = 10,
        *,
        exclude_interview: str | None = None,
        opening_id: str | None = None,
        criterion: str | None = None,
    ) -> tuple[SimilarAnswer, ...]:
        """The `n` stored answers nearest to `vector` by cosine, nearest first; of one opening, of one criterion.

        Raises:
            BadInput: a vector of another length.
            ServiceFailure: Chroma fails.
        """
        plain = [float(number) for number in vector]
        which = {"exclude_interview": exclude_interview, "opening_id": opening_id, "criterion": criterion}
        found = self._ask("similar", vector=plain, n=n, **which)
        return msgspec.convert(found, tuple[SimilarAnswer, ...])

    def delete(self, interview_id: str) -> int:
        """Remove the interview's vectors; returns how many there were.

        Raises:
            ServiceFailure: Chroma fails.
        """
        return int(self._ask("delete", interview_id=interview_id))

    def count(self, interview_ids: Sequence[str]) -> int:
        """How many vectors of these interviews are stored.

        Raises:
            ServiceFailure: Chroma fails.
        """
        return int(self._ask("count", interview_ids=list(interview_ids)))

    def erase(self, interview_ids: Sequence[str]) -> int:
        """Remove the vectors of these interviews so that no byte of them stays in the files; returns how many.

        Deleting leaves them on disk. So the index is made anew without them, by a process that never held them, and
        takes the old one's place.

        Raises:
            ServiceFailure: Chroma or the disk fails; the index is then as it was, and the call may be repeated.
        """
        if not interview_ids or not exists(self._folder):
            return 0
        with Rebuilding(self._folder) as rebuilding:
            old, new = IsolatedVectors(self._folder), IsolatedVectors(rebuilding.fresh)
            try:
                left_out = copy_without(old, new, interview_ids)
            finally:
                old.close()
                new.close()
            rebuilding.exchange()
        self.close()
        return left_out

    def collections(self) -> list[str]:
        """Names of the collections, for a copy. Whoever copies holds the folder's lock.

        Raises:
            ServiceFailure: Chroma fails.
        """
        return msgspec.convert(self._ask("collections"), list[str])

    def page(self, collection: str, offset: int, limit: int, without: Sequence[str]) -> tuple[int, list[Row]]:
        """Rows of a collection, as `Vectors.page`.

        Raises:
            ServiceFailure: Chroma fails.
        """
        which = {"collection": collection, "offset": offset, "limit": limit, "without": list(without)}
        return msgspec.convert(self._ask("page", **which), tuple[int, list[Row]])

    def restore(self, collection: str, rows: Sequence[Row]) -> None:
        """Put rows as `page` gave them into the collection of this name.

        Raises:
            ServiceFailure: Chroma fails.
        """
        if rows:
            self._ask("restore", collection=collection, rows=list(rows))

    def close(self) -> None:
        """End the child; the next use starts another."""
        with self._lock:
            child, self._child = self._child, None
        if child is None:
            return
        if child.stdin is not None:
            child.stdin.close()
        try:
            child.wait(END_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        if child.stdout is not None:
            child.stdout.close()

    def _ask(self, operation: str, **arguments: Any) -> Any:
        """One question to the child and its answer.

        Raises:
            BadInput, ServiceFailure: as the operation in the child; ServiceFailure when the child ended.
        """
        with self._lock:
            if self._child is None:
                self._child = self._start()
            answer = self._exchange(self._child, json.dumps({"operation": operation, **arguments}))
        if "error" in answer:
            kind = _ERRORS[answer["error"]["kind"]]
            raise kind(answer["error"]["cause"], answer["error"]["remedy"], code=answer["error"]["code"])
        return answer["result"]

    def _exchange(self, child: subprocess.Popen[str], question: str) -> dict[str, Any]:
        assert child.stdin is not None  # noqa: S101 - PIPE was asked for
        assert child.stdout is not None  # noqa: S101
        try:
            child.stdin.write(question + "\n")
            child.stdin.flush()
            line = child.stdout.readline()
        except OSError:
            line = ""
        if not line:
            self._child = None
            child.kill()
            child.wait()
            with suppress(BrokenPipeError):  # what was not taken any more is lost with the child
                child.stdin.close()
            child.stdout.close()
            raise ServiceFailure(
                "The vector store's process ended unexpectedly.", "Run the step again.", code="vectors"
            )
        value: dict[str, Any] = json.loads(line)
        return value

    def _start(self) -> subprocess.Popen[str]:
        kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "LANG", "HOME") if name in os.environ}
        return subprocess.Popen(
            [sys.executable, "-m", "include.storage.vectors.isolated", str(self._folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what goes wrong comes back as an answer
            env={**kept, "PYTHONPATH": str(PROJECT_ROOT), "ANONYMIZED_TELEMETRY": "False"},
            text=True,
            cwd=self._folder.parent if self._folder.parent.is_dir() else "/",
        )


def open_vectors(url: str | None, folder: Path) -> Vectors | IsolatedVectors:
    """The vector store: the Chroma server at `url`, else an embedded one below `folder` in a process of its own."""
    return IsolatedVectors(folder) if url is None else Vectors(url, folder)


def answer(store: Vectors, question: dict[str, Any]) -> dict[str, Any]:
    """The JSON answer to one question of the parent: its result, or the error it ended with."""
    operation = question.pop("operation")
    try:
        result = getattr(store, operation)(**question)
    except (BadInput, ServiceFailure) as error:
        kind = "BadInput" if isinstance(error, BadInput) else "ServiceFailure"
        return {"error": {"kind": kind, "cause": error.cause, "remedy": error.remedy, "code": error.code}}
    return {"result": msgspec.to_builtins(result)}


def main(folder: str) -> None:
    """Answer the parent's questions on stdin until it closes the pipe; `folder` holds the vectors."""
    channel = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever libraries print must not get between the answers
    store = Vectors(None, Path(folder))
    for line in sys.stdin:
        channel.write(json.dumps(answer(store, json.loads(line))) + "\n")
        channel.flush()
    store.close()


if __name__ == "__main__":
    main(sys.argv[1])
