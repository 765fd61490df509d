"""Signed heads of the audit trail in the object store, and the check of the trail against them.

A hash chain finds what was changed, but not that its end was cut off. So its end is signed from time to time and kept
outside the database; the trail itself records each signature, so that a head that was removed is missed as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec.structs import replace
from sqlalchemy import Row, select

from include.interview.errors import ServiceFailure
from include.interview.privacy.audit_heads import AuditHead, SignedHead
from include.security import signatures
from include.security.chain import GENESIS, canonical_json
from include.storage.database import tables as t
from include.storage.database.audit import Audit, AuditReport
from include.storage.database.unit_of_work import Core
from include.storage.objects.store import LASTING, ObjectStore

FOLDER = f"{LASTING}/audit-heads"
SET_ASIDE = f"{LASTING}/audit-heads-set-aside"
"""Heads of entries that a restored backup does not have, kept for whoever asks what was lost."""
SEQ_DIGITS = 12
SIGNED = "audit.signed"
RESTORED = "audit.restored"


@dataclass
class _Walked:
    """What the check needs of the trail: hashes of entries that were signed, and which heads it says there are."""

    wanted: frozenset[int]
    hashes: dict[int, str] = field(default_factory=lambda: {0: GENESIS})
    recorded: dict[int, str] = field(default_factory=dict)
    """Number of a signed entry -> public key (base64) that the trail says it was signed by."""
    restored: set[int] = field(default_factory=set)
    """Numbers of signed entries that the trail says a restore left out."""

    def see(self, row: Row[Any]) -> None:
        if row.seq in self.wanted:
            self.hashes[row.seq] = row.hash
        if row.action == SIGNED:
            detail = msgspec.json.decode(row.detail)
            self.recorded[detail["seq"]] = detail["public_key"]
            self.restored.discard(detail["seq"])
        elif row.action == RESTORED:
            self.restored.update(msgspec.json.decode(row.detail)["seqs"])


class AuditHeads:
    """Signs the trail's end, and checks the trail against the ends that were signed.

    Every call raises ServiceFailure when database or object store cannot be used.
    """

    def __init__(self, core: Core, objects: ObjectStore, audit: Audit) -> None:
        self._core = core
        self._objects = objects
        self._audit = audit

    def sign(self, *, restored: bool = False) -> SignedHead:
        """Check the trail, sign its end, store the head, and record that in the trail. Returns the signed head.

        Args:
            restored: the database is a backup restored on purpose: heads of entries that it does not have are set
                aside, and the trail says which.

        Raises:
            ServiceFailure: code "audit_broken": the trail does not hold; nothing is signed.
        """
        if restored:
            self._set_aside()
        report = self.verify()
        if not report.intact:
            raise ServiceFailure(
                f"The audit trail does not hold at entry {report.broken_at}: {report.reason}",
                "Find out who changed it. After a restore on purpose: ./triview db sign-audit --restored.",
                code="audit_broken",
            )
        head = AuditHead(report.entries, report.head, datetime.now(UTC).isoformat(timespec="seconds"))
        master = self._core.master
        signed = SignedHead(head, signatures.public_key(master), signatures.sign(master, head_bytes(head)))
        self._objects.put(_name(head.seq), [msgspec.json.encode(signed)])
        with self._core.act() as act:
            kept = {"public_key": signed.public_key, "signature": signed.signature}
            act.record(SIGNED, f"audit:{head.seq}", {"seq": head.seq, "hash": head.hash, **kept})
        return signed

    def newest(self) -> SignedHead | None:
        """The head signed last, unchecked; None when there is none, or it cannot be read."""
        names = self._objects.names_in(FOLDER)
        return self._read(names[-1]) if names else None

    def verify(self, noted: Mapping[int, str] | None = None) -> AuditReport:
        """Walk the trail and compare it with every signed head; the report names the first entry that does not fit.

        Found besides changes: rows cut off the end, an emptied table, an older database in the place of this one, and
        heads that were removed, changed, or signed by a key that is not this installation's. What was written after
        the last head and cut off again is not found.

        Args:
            noted: heads noted elsewhere, such as those printed in reports: number of an entry -> its hash.
        """
        names = self._objects.names_in(FOLDER)  # before the trail, which only grows
        heads = {name: self._read(name) for name in names}
        known = {one.head.seq for one in heads.values() if one is not None}
        walked = _Walked(frozenset(known | set(noted or {})))
        report = self._audit.verify(walked.see)
        signed = replace(report, signed=len(names), signed_through=max(known, default=None))
        if not report.intact:
            return signed
        fault = self._fault(report, heads, walked) or _noted_fault(report, walked, noted or {})
        if fault is None and not report.entries and self._in_use():
            fault = (1, "The trail is empty, but there are people or logins.")
        if fault is None:
            return signed
        return replace(signed, intact=False, broken_at=fault[0], reason=fault[1])

    def _fault(
        self, report: AuditReport, heads: Mapping[str, SignedHead | None], walked: _Walked
    ) -> tuple[int, str] | None:
        present = signatures.public_key(self._core.master)
        for name, signed in heads.items():
            named = int(name.removeprefix(f"{FOLDER}/")) if name.removeprefix(f"{FOLDER}/").isdigit() else None
            if signed is None or named != signed.head.seq:
                return named or 1, f"The signed head {name} cannot be read, or was renamed."
            head = signed.head
            if not signatures.verify(signed.public_key, head_bytes(head), signed.signature):
                return max(head.seq, 1), f"The head of entry {head.seq} was changed after it was signed."
            if head.seq > report.entries:
                reason = f"The trail ends at entry {report.entries}, but entry {head.seq} was signed on {head.at}."
                return report.entries + 1, reason
            if signed.public_key not in (present, walked.recorded.get(head.seq)):
                return max(head.seq, 1), f"The head of entry {head.seq} was signed by a key that is not ours."
            if walked.hashes[head.seq] != head.hash:
                return max(head.seq, 1), f"Entry {head.seq} is not the one that was signed on {head.at}."
        for seq in sorted(walked.recorded):
            if seq not in walked.restored and _name(seq) not in heads and not self._objects.exists(_name(seq)):
                return max(seq, 1), f"The signed head of entry {seq} is missing from the object store."
        return None

    def _set_aside(self) -> None:
        names = self._objects.names_in(FOLDER)
        found = {name: one for name in names if (one := self._read(name)) is not None}
        walked = _Walked(frozenset(one.head.seq for one in found.values()))
        if not self._audit.verify(walked.see).intact:
            return  # `sign` says what is wrong with it
        gone = [name for name, one in found.items() if walked.hashes.get(one.head.seq) != one.head.hash]
        if not gone:
            return
        for name in gone:
            self._objects.put(name.replace(FOLDER, SET_ASIDE), [msgspec.json.encode(found[name])])
        with self._core.act() as act:
            act.record(RESTORED, "audit", {"seqs": [found[name].head.seq for name in gone]})
        for name in gone:
            self._objects.remove(name)

    def _read(self, name: str) -> SignedHead | None:
        with self._objects.reader(name) as stream:
            raw = stream.read()
        try:
            return msgspec.json.decode(raw, type=SignedHead)
        except msgspec.MsgspecError:
            return None

    def _in_use(self) -> bool:
        with self._core.look() as connection:
            return any(
                connection.execute(select(table.c.id).limit(1)).first() is not None
                for table in (t.candidates, t.accounts)
            )


def head_bytes(head: AuditHead) -> bytes:
    """What is signed: the head's canonical JSON (see include/security/chain.py), UTF-8."""
    return canonical_json(msgspec.to_builtins(head)).encode()


def _noted_fault(report: AuditReport, walked: _Walked, noted: Mapping[int, str]) -> tuple[int, str] | None:
    for seq in sorted(noted):
        if seq > report.entries:
            return report.entries + 1, f"The trail ends at entry {report.entries}, but entry {seq} was noted elsewhere."
        if walked.hashes[seq] != noted[seq]:
            return max(seq, 1), f"Entry {seq} is not the one that was noted elsewhere."
    return None


def _name(seq: int) -> str:
    return f"{FOLDER}/{seq:0{SEQ_DIGITS}d}"
