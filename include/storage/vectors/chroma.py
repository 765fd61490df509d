"""Answer vectors in Chroma: embedded, or a server by setting. Vectors and ids only, never text."""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from include.interview.errors import BadInput, ServiceFailure
from include.interview.records import Record

COLLECTION = "triview_answers"
BATCH = 500
"""Vectors per request; an interview has some tens."""


_OPENING = threading.Lock()
"""Chroma shares one system per folder between the clients of a process and does not guard its making."""


class SimilarAnswer(Record, frozen=True):
    """A stored answer near the one asked for. `similarity` is the cosine, 1 for the same direction."""

    interview_id: str
    answer_id: str
    similarity: float


class Vectors:
    """Answer vectors of all interviews. Chroma is imported and opened on first use."""

    def __init__(self, url: str | None, folder: Path) -> None:
        self._url = url
        self._folder = folder
        self._client: Any = None
        self._opened: Any = None

    def put_answers(self, interview_id: str, vectors: Sequence[tuple[str, Sequence[float]]]) -> None:
        """Store the vectors of an interview's answers, given as (utterance or answer id, vector).

        The vectors stored for the interview before are replaced, so that publishing twice leaves one set.

        Raises:
            BadInput: an id twice, or vectors of another length than those stored.
            ServiceFailure: Chroma fails.
        """
        ids = [answer for answer, _ in vectors]
        if len(set(ids)) != len(ids):
            raise BadInput(f"Interview {interview_id} names an answer twice.", "Give each answer one vector.")
        with self._writing() as collection:
            stale = set(collection.get(where={"interview_id": interview_id}, include=[])["ids"])
            for start in range(0, len(vectors), BATCH):
                part = vectors[start : start + BATCH]
                collection.upsert(
                    ids=[_key(interview_id, answer) for answer, _ in part],
                    embeddings=[[float(number) for number in vector] for _, vector in part],
                    metadatas=[{"interview_id": interview_id, "answer_id": answer} for answer, _ in part],
                )
            gone = sorted(stale - {_key(interview_id, answer) for answer in ids})
            if gone:
                collection.delete(ids=gone)

    def similar(
        self, vector: Sequence[float], n: int = 10, *, exclude_interview: str | None = None
    ) -> tuple[SimilarAnswer, ...]:
        """The `n` stored answers nearest to `vector` by cosine, nearest first.

        Raises:
            BadInput: a vector of another length.
            ServiceFailure: Chroma fails.
        """
        with self._failures():
            collection = self._collection()
            where = None if exclude_interview is None else {"interview_id": {"$ne": exclude_interview}}
            found = collection.query(
                query_embeddings=[[float(number) for number in vector]],
                n_results=n,
                where=where,
                include=["metadatas", "distances"],
            )
        return tuple(
            SimilarAnswer(interview_id=data["interview_id"], answer_id=data["answer_id"], similarity=1.0 - distance)
            for data, distance in zip(found["metadatas"][0], found["distances"][0], strict=True)
        )

    def delete(self, interview_id: str) -> int:
        """Remove the interview's vectors; returns how many there were.

        Raises:
            ServiceFailure: Chroma fails.
        """
        with self._writing() as collection:
            ids = collection.get(where={"interview_id": interview_id}, include=[])["ids"]
            if ids:
                collection.delete(ids=ids)
        return len(ids)

    def close(self) -> None:
        """Release Chroma's files and threads; the next use opens it again."""
        with _OPENING:
            if self._client is not None:
                self._client.close()
            self._client = self._opened = None

    @contextmanager
    def _writing(self) -> Iterator[Any]:
        """The collection; embedded Chroma is written by one process at a time, which this lock sees to."""
        with self._failures(), self._embedded_lock():
            yield self._collection()

    @contextmanager
    def _embedded_lock(self) -> Iterator[None]:
        if self._url is not None:
            yield
            return
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._folder / ".lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextmanager
    def _failures(self) -> Iterator[None]:
        from chromadb.errors import ChromaError, InvalidArgumentError, InvalidDimensionException

        try:
            yield
        except (InvalidDimensionException, InvalidArgumentError) as error:
            raise BadInput(
                "The vector does not fit those that are stored.", "Use the model the stored ones were made with."
            ) from error
        except (ChromaError, OSError, ValueError) as error:
            raise ServiceFailure(
                f"The vector store failed ({type(error).__name__}).",
                "Check TRIVIEW_CHROMA_URL, or the folder chroma below TRIVIEW_HOME; then try again.",
                code="vectors",
            ) from error

    def _collection(self) -> Any:
        with _OPENING:
            if self._opened is None:
                self._client = self._connect()
                self._opened = self._client.get_or_create_collection(
                    COLLECTION,
                    embedding_function=None,
                    configuration={"hnsw": {"space": "cosine"}},
                )
            return self._opened

    def _connect(self) -> Any:
        import chromadb
        from chromadb.config import Settings as ChromaSettings

        quiet = ChromaSettings(anonymized_telemetry=False)
        if self._url is None:
            return chromadb.PersistentClient(path=str(self._folder), settings=quiet)
        parts = urlsplit(self._url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise BadInput("TRIVIEW_CHROMA_URL is not a http(s) URL.", "Use http://host:8000.", code="bad_setting")
        secure = parts.scheme == "https"
        return chromadb.HttpClient(
            host=parts.hostname, port=parts.port or (443 if secure else 8000), ssl=secure, settings=quiet
        )


def _key(interview_id: str, answer_id: str) -> str:
    return f"{interview_id}:{answer_id}"
