"""Who was erased, kept outside the database: after a restore of an older backup they are erased again.

One object per person in the object store, with an id, a time, and a proof made under the person's own data key while it
existed. A backup brings the key back with the person, so the proof can be checked exactly when it is needed; nobody who
can only write to the object store can have anybody erased.
"""

from __future__ import annotations

import hashlib
import hmac

import msgspec

from include.interview.errors import ServiceFailure
from include.interview.records import Record
from include.security.chain import canonical_json
from include.security.keys import DataKey
from include.storage.database.unit_of_work import Core
from include.storage.objects.store import LASTING, ObjectStore

FOLDER = f"{LASTING}/erasures"
PURPOSE = b"triview-erasure"


class ErasureEntry(Record, frozen=True):
    """Somebody whose erasure was begun. `at`: UTC, ISO 8601; `proof`: HMAC-SHA-256 in hex, under their data key."""

    candidate_id: str
    at: str
    proof: str


class ErasureList:
    """The list in the object store. Every call raises ServiceFailure when storage or database cannot be used."""

    def __init__(self, core: Core, objects: ObjectStore) -> None:
        self._core = core
        self._objects = objects

    def add(self, candidate_id: str, at: str) -> None:
        """Note that the candidate is erased from `at` on. Noting it twice changes nothing.

        Raises:
            NotFound: no such candidate, or the key is gone already (code "erased"): then there is nothing to prove by.
        """
        name = f"{FOLDER}/{candidate_id}"
        if self._objects.exists(name):
            return
        with self._core.look() as connection:
            key = self._core.data_key(connection, candidate_id)
        entry = ErasureEntry(candidate_id, at, _proof(key, candidate_id, at))
        self._objects.put(name, [msgspec.json.encode(entry)])

    def remove(self, candidate_id: str) -> None:
        """Take somebody off the list whose erasure was not carried out; nothing happens when they are not on it."""
        self._objects.remove(f"{FOLDER}/{candidate_id}")

    def ids(self) -> tuple[str, ...]:
        """Ids of everybody on the list, sorted. Nothing is read."""
        return tuple(name.removeprefix(f"{FOLDER}/") for name in self._objects.names_in(FOLDER))

    def check(self, candidate_id: str) -> None:
        """Return when the entry of a candidate whose key exists was made by an erasure of this very candidate.

        Raises:
            ServiceFailure: it cannot be read, or was not (code "erasure_list").
            NotFound: no such candidate, or the key is gone (code "erased"). WrongKey: another master key.
        """
        with self._core.look() as connection:
            key = self._core.data_key(connection, candidate_id)
        with self._objects.reader(f"{FOLDER}/{candidate_id}") as stream:
            raw = stream.read()
        try:
            entry = msgspec.json.decode(raw, type=ErasureEntry)
        except msgspec.MsgspecError:
            raise _damaged(candidate_id) from None
        if entry.candidate_id != candidate_id or not hmac.compare_digest(
            entry.proof.encode(), _proof(key, candidate_id, entry.at).encode()
        ):
            raise _damaged(candidate_id)


def _proof(key: DataKey, candidate_id: str, at: str) -> str:
    text = canonical_json({"at": at, "candidate_id": candidate_id}).encode()
    return hmac.new(key.derive(PURPOSE), text, hashlib.sha256).hexdigest()


def _damaged(candidate_id: str) -> ServiceFailure:
    return ServiceFailure(
        f"The entry {FOLDER}/{candidate_id} of the erasure list cannot be read, or no erasure made it.",
        "Restore this object from a backup of the object store, or remove it if it was planted; until then nobody can "
        "tell whether that person must be erased again.",
        code="erasure_list",
    )
