"""Who was erased, kept outside the database: after a restore of an older backup they are erased again.

One object per person in the object store, with ids and times only, signed by the installation.
"""

from __future__ import annotations

import json

import msgspec

from include.interview.errors import ServiceFailure
from include.interview.records import Record
from include.security import signatures
from include.security.chain import canonical_json
from include.security.keys import MasterKey
from include.storage.objects.store import LASTING, ObjectStore

FOLDER = f"{LASTING}/erasures"


class ErasureEntry(Record, frozen=True):
    """Somebody whose erasure was begun. `at`: UTC, ISO 8601. `public_key`, `signature`: Ed25519, base64."""

    candidate_id: str
    at: str
    public_key: str
    signature: str


class ErasureList:
    """The list in the object store. Every call raises ServiceFailure when the storage cannot be used."""

    def __init__(self, master: MasterKey, objects: ObjectStore) -> None:
        self._master = master
        self._objects = objects

    def add(self, candidate_id: str, at: str) -> None:
        """Note that the candidate is erased from `at` on. Noting it twice changes nothing."""
        name = f"{FOLDER}/{candidate_id}"
        if self._objects.exists(name):
            return
        entry = ErasureEntry(
            candidate_id,
            at,
            signatures.public_key(self._master),
            signatures.sign(self._master, _signed(candidate_id, at)),
        )
        self._objects.put(name, [msgspec.json.encode(entry)])

    def entries(self) -> tuple[ErasureEntry, ...]:
        """Everybody on the list, by id.

        Raises:
            ServiceFailure: an entry cannot be read, or was not signed by who it names (code "erasure_list").
        """
        return tuple(self._read(name) for name in self._objects.names_in(FOLDER))

    def _read(self, name: str) -> ErasureEntry:
        with self._objects.reader(name) as stream:
            raw = stream.read()
        try:
            entry = msgspec.convert(json.loads(raw), ErasureEntry)
        except (ValueError, msgspec.ValidationError):
            raise _damaged(name) from None
        if name != f"{FOLDER}/{entry.candidate_id}" or not signatures.verify(
            entry.public_key, _signed(entry.candidate_id, entry.at), entry.signature
        ):
            raise _damaged(name)
        return entry


def _signed(candidate_id: str, at: str) -> bytes:
    return canonical_json({"at": at, "candidate_id": candidate_id}).encode()


def _damaged(name: str) -> ServiceFailure:
    return ServiceFailure(
        f"The entry {name} of the erasure list cannot be read, or was changed.",
        "Restore this object from a backup of the object store; until then nobody can tell whether that person must "
        "be erased again.",
        code="erasure_list",
    )
