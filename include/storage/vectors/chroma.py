"""Answer vectors in Chroma: embedded, or a server by setting. Vectors and ids only, never text."""

from __future__ import annotations

import fcntl
import hashlib
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from include.interview.errors import BadInput, ServiceFailure
from include.interview.records import Record
from include.storage.vectors.exchange import LOCK, MARK, interrupted, mend

COLLECTION = "triview_answers"
"""The collection of answers without an opening; with one, a collection of the opening's own, named after it: a filter
by opening inside one collection took 0.4 s among 100,000 answers, where a search without a filter takes 0.01 s."""
NAME_DIGITS = 32
OWN_ANSWERS = 64
"""Answers asked for beyond those wanted where some are left out: an interview has some tens."""
OF_CRITERION = 4
"""How many times as many are asked for where one criterion is wanted: a rubric has four to five."""
MOST_ASKED = 1_000
"""Nearest answers that are looked at, whatever is left out among them."""
CRITERION = "criterion."
"""Before a criterion's id in a vector's metadata: one flag each, because a filter cannot look into a list."""
BATCH = 500
"""Vectors per request; an interview has some tens."""


_OPENING = threading.Lock()
"""Chroma shares one system per folder between the clients of a process and does not guard its making."""


Row = tuple[str, list[float], dict[str, Any]]
"""A stored vector: its id, its numbers, and what its metadata says."""


class SimilarAnswer(Record, frozen=True):
    """A stored answer near the one asked for. `similarity` is the cosine, 1 for the same direction."""

    interview_id: str
    answer_id: str
    similarity: float


class Vectors:
    """Answer vectors of all interviews, opening by opening. Chroma is imported and opened on first use."""

    def __init__(self, url: str | None, folder: Path) -> None:
        self._url = url
        self._folder = folder
        self._client: Any = None
        self._opened: dict[str, Any] = {}
        self._seen = ""

    def put_answers(
        self,
        interview_id: str,
        vectors: Sequence[tuple[str, Sequence[float]]],
        *,
        opening_id: str = "",
        stage: str = "",
        criteria: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """Store the vectors of an interview's answers, given as (utterance or answer id, vector).

        The vectors stored for the interview before are replaced, so that publishing twice leaves one set.

        Args:
            interview_id: the interview.
            vectors: (answer id, vector), one per answer.
            opening_id: the opening in which `similar` finds them; an interview's opening never changes.
            stage: the stage of the interview.
            criteria: answer id -> ids of the criteria it bears on, which `similar` may ask for.

        Raises:
            BadInput: an id twice, or vectors of another length than those stored.
            ServiceFailure: Chroma fails.
        """
        ids = [answer for answer, _ in vectors]
        if len(set(ids)) != len(ids):
            raise BadInput(f"Interview {interview_id} names an answer twice.", "Give each answer one vector.")
        whole = {"interview_id": interview_id, "opening_id": opening_id, "stage": stage}
        of = criteria or {}
        with self._writing(opening_id) as collection:
            stored = collection.get(where={"interview_id": interview_id}, include=["metadatas"])
            before = dict(zip(stored["ids"], stored["metadatas"], strict=True))
            for start in range(0, len(vectors), BATCH):
                part = vectors[start : start + BATCH]
                collection.upsert(
                    ids=[_key(interview_id, answer) for answer, _ in part],
                    embeddings=[[float(number) for number in vector] for _, vector in part],
                    metadatas=[
                        _metadata(
                            whole | {"answer_id": answer}, of.get(answer, ()), before.get(_key(interview_id, answer))
                        )
                        for answer, _ in part
                    ],
                )
            gone = sorted(set(before) - {_key(interview_id, answer) for answer in ids})
            if gone:
                collection.delete(ids=gone)

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
        flag = None if criterion is None else f"{CRITERION}{criterion}"
        with self._failures(), self._embedded_lock(fcntl.LOCK_SH):
            collection = self._existing(opening_id or "")
            if collection is None:
                return ()
            asked, kept, got = n * (OF_CRITERION if flag else 1) + (OWN_ANSWERS if exclude_interview else 0), [], 0
            while True:
                found = _nearest(collection, plain, asked)
                got = len(found)
                kept = [
                    SimilarAnswer(data["interview_id"], data["answer_id"], 1.0 - distance)
                    for data, distance in found
                    if data["interview_id"] != exclude_interview and (flag is None or data.get(flag))
                ]
                if len(kept) >= n or got < asked or asked >= MOST_ASKED:
                    return tuple(kept[:n])
                asked = min(2 * asked, MOST_ASKED)

    def delete(self, interview_id: str) -> int:
        """Remove the interview's vectors; returns how many there were.

        Raises:
            ServiceFailure: Chroma fails.
        """
        count = 0
        with self._failures(), self._embedded_lock(fcntl.LOCK_EX):
            for collection in self._all():
                ids = collection.get(where={"interview_id": interview_id}, include=[])["ids"]
                if ids:
                    collection.delete(ids=ids)
                count += len(ids)
        return count

    def count(self, interview_ids: Sequence[str]) -> int:
        """How many vectors of these interviews are stored.

        Raises:
            ServiceFailure: Chroma fails.
        """
        with self._failures(), self._embedded_lock(fcntl.LOCK_SH):
            return sum(len(_ids_of(collection, interview_ids)) for collection in self._all())

    def erase(self, interview_ids: Sequence[str]) -> int:
        """Remove the vectors of these interviews for good; returns how many there were.

        A Chroma server takes them out of its index; their bytes stay in its files until its operator vacuums them.

        Raises:
            ServiceFailure: Chroma fails.
        """
        return sum(self.delete(interview_id) for interview_id in interview_ids)

    def collections(self) -> list[str]:
        """Names of the collections, for a copy. Whoever copies holds the folder's lock.

        Raises:
            ServiceFailure: Chroma fails.
        """
        with self._failures():
            return sorted(collection.name for collection in self._all())

    def page(self, collection: str, offset: int, limit: int, without: Sequence[str]) -> tuple[int, list[Row]]:
        """Rows of a collection from `offset` on, at most `limit`, but for those of the interviews `without`.

        Returns:
            How many rows were looked at (0: there are no more), and (id, vector, metadata) of those kept.

        Raises:
            ServiceFailure: Chroma fails.
        """
        left_out = set(without)
        with self._failures():
            found = self._named(collection).get(limit=limit, offset=offset, include=["metadatas", "embeddings"])
            rows = zip(found["ids"], found["embeddings"], found["metadatas"], strict=True)
            kept = [
                (identity, [float(number) for number in vector], dict(data))
                for identity, vector, data in rows
                if data["interview_id"] not in left_out
            ]
            return len(found["ids"]), kept

    def restore(self, collection: str, rows: Sequence[Row]) -> None:
        """Put rows as `page` gave them into the collection of this name, made where it is missing.

        Raises:
            ServiceFailure: Chroma fails.
        """
        with self._failures(), self._embedded_lock(fcntl.LOCK_EX):
            if not rows:
                return
            self._named(collection).upsert(
                ids=[identity for identity, _, _ in rows],
                embeddings=[vector for _, vector, _ in rows],
                metadatas=[data for _, _, data in rows],
            )

    def close(self) -> None:
        """Release Chroma's files and threads; the next use opens it again."""
        with _OPENING:
            if self._client is not None:
                self._client.close()
            self._client = None
            self._opened.clear()

    @contextmanager
    def _writing(self, opening_id: str) -> Iterator[Any]:
        """The opening's collection; embedded Chroma is written by one process at a time, which this lock sees to."""
        with self._failures(), self._embedded_lock(fcntl.LOCK_EX):
            yield self._collection(opening_id)

    @contextmanager
    def _embedded_lock(self, kind: int) -> Iterator[None]:
        """Nothing for a server. Embedded: alone (LOCK_EX) or beside other readers (LOCK_SH), on what is on disk now.

        A process does not see what another one wrote after it opened the files, and ends on what another one deleted.
        So every writer leaves a new mark first, and who finds another mark than its own opens the files again.
        """
        if self._url is not None:
            yield
            return
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._folder / LOCK).open("ab") as lock:
            if interrupted(self._folder):
                fcntl.flock(lock, fcntl.LOCK_EX)  # whoever exchanges the files has ended, or was killed
                mend(self._folder)
            fcntl.flock(lock, kind)
            mark = self._folder / MARK
            found = mark.read_text() if mark.exists() else ""
            if found != self._seen:
                self.close()
            if kind == fcntl.LOCK_EX:
                found = uuid.uuid4().hex
                mark.write_text(found)
            self._seen = found
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

    def _collection(self, opening_id: str) -> Any:
        return self._named(_name(opening_id))

    def _named(self, name: str) -> Any:
        with _OPENING:
            if name not in self._opened:
                self._opened[name] = self._ready().get_or_create_collection(
                    name,
                    embedding_function=None,
                    configuration={"hnsw": {"space": "cosine"}},
                )
            return self._opened[name]

    def _existing(self, opening_id: str) -> Any | None:
        """The opening's collection; None before anything was put in. Nothing is written: readers share the lock."""
        name = _name(opening_id)
        if name not in self._opened and name not in [collection.name for collection in self._all()]:
            return None
        return self._collection(opening_id)

    def _all(self) -> list[Any]:
        with _OPENING:
            return [c for c in self._ready().list_collections() if c.name.startswith(COLLECTION)]

    def _ready(self) -> Any:
        if self._client is None:
            self._client = self._connect()
        return self._client

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


def _ids_of(collection: Any, interview_ids: Sequence[str]) -> list[str]:
    if not interview_ids:
        return []
    found: list[str] = collection.get(where={"interview_id": {"$in": list(interview_ids)}}, include=[])["ids"]
    return found


def _metadata(of: dict[str, str], criteria: Sequence[str], before: Mapping[str, Any] | None) -> dict[str, Any]:
    """What a vector says of its answer. Chroma adds to what was stored `before`: only None takes a criterion away."""
    return dict.fromkeys(before or ()) | of | {f"{CRITERION}{criterion}": True for criterion in criteria}


def _nearest(collection: Any, vector: list[float], n: int) -> list[tuple[dict[str, Any], float]]:
    """(metadata, cosine distance) of the `n` nearest, nearest first."""
    found = collection.query(query_embeddings=[vector], n_results=n, include=["metadatas", "distances"])
    return list(zip(found["metadatas"][0], found["distances"][0], strict=True))


def _name(opening_id: str) -> str:
    """A collection's name: ids of openings may hold characters that Chroma refuses."""
    if not opening_id:
        return COLLECTION
    return f"{COLLECTION}.{hashlib.sha256(opening_id.encode()).hexdigest()[:NAME_DIGITS]}"


def _key(interview_id: str, answer_id: str) -> str:
    return f"{interview_id}:{answer_id}"
