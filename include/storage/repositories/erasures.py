"""Erasing a candidate from the database: what there is, removed table by table, and the record of doing so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, Select, Table, delete, func, insert, or_, select, update

from include.interview.errors import BadInput, NotFound
from include.interview.privacy.erasure import ErasureReceipt, SignedReceipt, Sink, SinkCount
from include.interview.records import Record
from include.interview.stages import LIVE_STAGES
from include.security import signatures
from include.security.chain import canonical_json
from include.storage.database import tables as t
from include.storage.database.unit_of_work import Core, candidate_of, new_id, now
from include.storage.repositories.candidates import destroyed, has_key
from include.storage.repositories.retention import on_hold

CHUNK = 500
"""Ids in one IN list."""
IN_DATABASE: frozenset[Sink] = frozenset(("key", "declaration", "rows", "sealed_columns", "reports"))
"""Sinks that are counted in the database itself."""
EMPTY = b""
"""In place of a sealed value in a row that stays."""


class Found(Record, frozen=True):
    """What a person had when their erasure began. Kept until it ends, because removing rows forgets the names."""

    erasure_id: str
    candidate_id: str
    requested_at: str
    interviews: tuple[str, ...]
    sessions: tuple[str, ...]
    """Those among `interviews` that are held live."""
    objects: tuple[str, ...]
    reports: tuple[str, ...]
    """Names of the objects that are ranking reports in which the person is named."""
    counts: tuple[SinkCount, ...]

    def before(self, sink: Sink) -> int:
        """How many pieces `sink` held; 0 where it was not looked at."""
        return next((one.before for one in self.counts if one.sink == sink), 0)


class Erasures:
    """Erasures of candidates.

    Every call raises ServiceFailure when the database cannot be used.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    @property
    def public_key(self) -> str:
        """The key by which receipts of this installation are checked: Ed25519, base64."""
        return signatures.public_key(self._core.master)

    def begin(self, candidate_id: str) -> Found:
        """Note that the candidate is being erased, with what they have; what was noted before when it was.

        What they have is looked at once more when the key is destroyed, after which nothing is added.

        Raises:
            NotFound: no such candidate.
        """
        with self._core.act() as act:
            connection = act.connection
            noted = connection.execute(
                select(t.erasures.c.found).where(t.erasures.c.candidate_id == candidate_id)
            ).scalar_one_or_none()
            if noted is not None:
                return msgspec.json.decode(noted, type=Found)
            at, identity = now(), new_id()
            found = _found(connection, candidate_id, identity, at.isoformat())
            connection.execute(
                insert(t.erasures).values(
                    id=identity,
                    candidate_id=candidate_id,
                    requested_at=at,
                    found=msgspec.json.encode(found).decode(),
                )
            )
            act.record("erasure.begun", f"candidate:{candidate_id}", {"erasure": identity})
        return found

    def note(self, erasure_id: str, count: SinkCount) -> Found:
        """Keep what one place outside the database holds, unless it was noted before; returns all that is noted.

        Raises:
            NotFound: the erasure was not begun.
        """
        with self._core.act() as act:
            found = _noted(act.connection, erasure_id)
            if any(one.sink == count.sink for one in found.counts):
                return found
            found = replace(found, counts=(*found.counts, count))
            _keep(act.connection, found)
        return found

    def destroy_key(self, found: Found, *, whatever_holds: bool = False) -> Found:
        """Destroy the candidate's key, counting in the same transaction what they have; what is noted when it was done.

        From then on nobody can register anything of them.

        Args:
            found: of `begin`.
            whatever_holds: destroy it although a legal hold is in force, as when an erasure is replayed.

        Raises:
            BadInput: a legal hold is in force (code "legal_hold"); nothing was changed.
        """
        with self._core.act() as act:
            connection, candidate_id = act.connection, found.candidate_id
            if has_key(connection, candidate_id):
                if not whatever_holds and on_hold(connection, candidate_id):
                    raise held(candidate_id)
                anew = _found(connection, candidate_id, found.erasure_id, found.requested_at)
                found = _noted(connection, found.erasure_id)
                found = replace(
                    anew,
                    objects=tuple(sorted({*anew.objects, *found.objects})),
                    reports=tuple(sorted({*anew.reports, *found.reports})),
                    counts=(*anew.counts, *(one for one in found.counts if one.sink not in IN_DATABASE)),
                )
                _keep(connection, found)
                destroyed(act, candidate_id)
                act.record("candidate.key_destroyed", f"candidate:{candidate_id}")
            else:
                found = _noted(connection, found.erasure_id)
        self._core.fold_journal()
        return found

    def remove_rows(self, found: Found) -> None:
        """Delete the candidate's rows and empty the sealed columns of rows that stay; twice changes nothing."""
        with self._core.act() as act:
            connection, interviews = act.connection, found.interviews
            removed = 0
            for table, mine in (*_invited(found.candidate_id), *_rows(interviews)):
                removed += connection.execute(delete(table).where(mine)).rowcount
            applications = _applications(found.candidate_id)
            theirs = t.human_decisions.c.application_id.in_(applications)
            connection.execute(update(t.human_decisions).where(theirs).values(sealed_reason=EMPTY))
            connection.execute(
                update(t.interviews).where(t.interviews.c.application_id.in_(applications)).values(marks="[]")
            )
            act.record("erasure.rows_removed", f"candidate:{found.candidate_id}", {"rows": removed})
        self._core.fold_journal()

    def interview_objects(self, interview_id: str) -> tuple[str, ...]:
        """Names of the objects of one interview."""
        with self._core.look() as connection:
            return _objects(connection, [interview_id])

    def cancel(self, found: Found) -> None:
        """Forget that an erasure was begun, while the candidate's key exists; afterwards nothing is changed."""
        with self._core.act() as act:
            if has_key(act.connection, found.candidate_id):
                act.connection.execute(delete(t.erasures).where(t.erasures.c.id == found.erasure_id))
                act.record("erasure.cancelled", f"candidate:{found.candidate_id}", {"erasure": found.erasure_id})

    def require_no_hold(self, candidate_id: str) -> None:
        """Return when nothing holds the candidate.

        Raises:
            BadInput: a legal hold is in force (code "legal_hold").
        """
        with self._core.look() as connection:
            if on_hold(connection, candidate_id):
                raise held(candidate_id)

    def require_free(self, interview_id: str) -> None:
        """Return when nothing holds the interview's candidate.

        Raises:
            NotFound: no such interview. BadInput: a legal hold is in force (code "legal_hold").
        """
        with self._core.look() as connection:
            candidate_id = candidate_of(connection, interview_id)
            if on_hold(connection, candidate_id):
                raise held(candidate_id)

    def clear_interview(self, interview_id: str) -> None:
        """Delete the rows of one interview and the words of decisions about it; its id stays, as "erased".

        Twice changes nothing.

        Raises:
            NotFound: no such interview. BadInput: a legal hold is in force (code "legal_hold").
        """
        with self._core.act() as act:
            connection = act.connection
            candidate_id = candidate_of(connection, interview_id)
            if on_hold(connection, candidate_id):
                raise held(candidate_id)
            decided = t.human_decisions.c.interview_id == interview_id
            connection.execute(update(t.human_decisions).where(decided).values(sealed_reason=EMPTY))
            for table, mine in (*_answered([interview_id]), *_rows([interview_id])):
                connection.execute(delete(table).where(mine))
            connection.execute(
                update(t.interviews)
                .where(t.interviews.c.id == interview_id, t.interviews.c.status != "erased")
                .values(status="erased", marks="[]", updated_at=now())
            )
            act.record("interview.cleared", f"interview:{interview_id}")
        self._core.fold_journal()

    def left(self, found: Found) -> dict[Sink, int]:
        """What the database still holds, per sink: counted anew from the tables."""
        with self._core.look() as connection:
            return _counts(connection, found.candidate_id, found.interviews, found.reports)

    def complete(self, receipt: ErasureReceipt) -> SignedReceipt:
        """Sign `receipt`, keep it, and put its hash into the audit chain. One that is kept already is returned.

        Raises:
            NotFound: the erasure was not begun.
        """
        signed = _signed(self._core, receipt)
        with self._core.act() as act:
            kept = act.connection.execute(
                select(t.erasures.c.receipt).where(t.erasures.c.id == receipt.erasure_id).with_for_update()
            ).one_or_none()
            if kept is None:
                raise NotFound(f"There is no erasure {receipt.erasure_id}.", "Begin it first.")
            if kept.receipt is not None:
                return msgspec.json.decode(kept.receipt, type=SignedReceipt)
            act.connection.execute(
                update(t.erasures)
                .where(t.erasures.c.id == receipt.erasure_id)
                .values(receipt=msgspec.json.encode(signed).decode(), completed_at=now())
            )
            detail = {"erasure": receipt.erasure_id, "signature": signed.signature}
            act.record("erasure.completed", f"candidate:{receipt.candidate_id}", detail)
        return signed

    def receipt(self, candidate_id: str) -> SignedReceipt | None:
        """The receipt of the candidate's erasure; None before it is complete."""
        query = select(t.erasures.c.receipt).where(t.erasures.c.candidate_id == candidate_id)
        with self._core.look() as connection:
            kept = connection.execute(query).scalar_one_or_none()
        return None if kept is None else msgspec.json.decode(kept, type=SignedReceipt)

    def pending(self) -> tuple[str, ...]:
        """Candidates whose erasure was begun and is not complete, oldest first."""
        query = select(t.erasures.c.candidate_id).where(t.erasures.c.receipt.is_(None))
        with self._core.look() as connection:
            return tuple(connection.execute(query.order_by(t.erasures.c.requested_at, t.erasures.c.id)).scalars())

    def standing(self, candidate_ids: Sequence[str]) -> tuple[str, ...]:
        """Those of `candidate_ids` that the database knows and whose key exists: not, or no more, erased; sorted."""
        ids = sorted(set(candidate_ids))
        found: list[str] = []
        with self._core.look() as connection:
            for start in range(0, len(ids), CHUNK):
                query = select(t.candidates.c.id).where(
                    t.candidates.c.id.in_(ids[start : start + CHUNK]), t.candidates.c.wrapped_key.is_not(None)
                )
                found += connection.execute(query.order_by(t.candidates.c.id)).scalars().all()
        return tuple(found)


def held(candidate_id: str) -> BadInput:
    """The error for whoever would erase somebody on a legal hold."""
    return BadInput(
        f"Candidate {candidate_id} is on a legal hold.",
        "Release it first (./triview candidates release), when it is over.",
        code="legal_hold",
    )


def _noted(connection: Connection, erasure_id: str) -> Found:
    kept = connection.execute(
        select(t.erasures.c.found).where(t.erasures.c.id == erasure_id).with_for_update()
    ).scalar_one_or_none()
    if kept is None:
        raise NotFound(f"There is no erasure {erasure_id}.", "Begin it first.")
    return msgspec.json.decode(kept, type=Found)


def _keep(connection: Connection, found: Found) -> None:
    changed = update(t.erasures).where(t.erasures.c.id == found.erasure_id)
    connection.execute(changed.values(found=msgspec.json.encode(found).decode()))


def receipt_bytes(receipt: ErasureReceipt) -> bytes:
    """What is signed: the receipt's canonical JSON (see include/security/chain.py), UTF-8."""
    return canonical_json(msgspec.to_builtins(receipt)).encode()


def is_signed(signed: SignedReceipt) -> bool:
    """True when the signature is that of the receipt under the public key it names."""
    return signatures.verify(signed.public_key, receipt_bytes(signed.receipt), signed.signature)


def _signed(core: Core, receipt: ErasureReceipt) -> SignedReceipt:
    return SignedReceipt(
        receipt, signatures.public_key(core.master), signatures.sign(core.master, receipt_bytes(receipt))
    )


def _applications(candidate_id: str) -> Select[Any]:
    return select(t.applications.c.id).where(t.applications.c.candidate_id == candidate_id)


def _invited(candidate_id: str) -> list[tuple[Table, ColumnElement[bool]]]:
    """The invitations of a candidate and their answers, those first."""
    mine = t.invitations.c.application_id.in_(_applications(candidate_id))
    return _with_answers(mine)


def _answered(interviews: Sequence[str]) -> list[tuple[Table, ColumnElement[bool]]]:
    """The invitations that were answered by these interviews, and their answers, those first."""
    return _with_answers(t.invitations.c.interview_id.in_(interviews))


def _with_answers(mine: ColumnElement[bool]) -> list[tuple[Table, ColumnElement[bool]]]:
    answers = t.invitation_answers.c.invitation_id.in_(select(t.invitations.c.id).where(mine))
    return [(t.invitation_answers, answers), (t.invitations, mine)]


def _rows(interviews: Sequence[str]) -> list[tuple[Table, ColumnElement[bool]]]:
    """Every table with rows that go, and which of them; referring tables before those they refer to."""
    cards = select(t.scorecards.c.id).where(t.scorecards.c.interview_id.in_(interviews))
    uploads = select(t.uploads.c.id).where(t.uploads.c.interview_id.in_(interviews))
    of_cards = [(table, table.c.scorecard_id.in_(cards)) for table in (t.judgements, t.criterion_scores, t.card_totals)]
    of_interviews = (
        t.scorecards,
        t.insight_decisions,
        t.insight_approvals,
        t.divergence_settlements,
        t.insights,
        t.question_preparations,
        t.prepared_questions,
        t.answer_index,
        t.ratings,
        t.contests,
    )
    return [
        *of_cards,
        *((table, table.c.interview_id.in_(interviews)) for table in of_interviews),
        (t.upload_parts, t.upload_parts.c.upload_id.in_(uploads)),
        *((table, table.c.interview_id.in_(interviews)) for table in (t.uploads, t.media_objects, t.artifacts)),
    ]


def _counts(
    connection: Connection, candidate_id: str, interviews: Sequence[str], reports: Sequence[str]
) -> dict[Sink, int]:
    def count(table: Table, *mine: ColumnElement[bool]) -> int:
        found: int = connection.execute(select(func.count()).select_from(table).where(*mine)).scalar_one()
        return found

    files = t.ranking_report_files
    candidates, decisions = t.candidates.c, t.human_decisions.c
    sealed_names = (candidates.sealed_name, candidates.sealed_contact)
    return {
        "key": count(t.candidates, candidates.id == candidate_id, candidates.wrapped_key.is_not(None)),
        "declaration": count(t.declarations, t.declarations.c.candidate_id == candidate_id),
        "reports": count(files, files.c.object_name.in_(reports)),
        "rows": sum(count(table, mine) for table, mine in (*_invited(candidate_id), *_rows(interviews)))
        + sum(count(table, table.c.account_id.in_(_accounts(candidate_id))) for table in (t.logins, t.activations)),
        "sealed_columns": sum(
            count(t.candidates, candidates.id == candidate_id, column.is_not(None)) for column in sealed_names
        )
        + count(
            t.human_decisions,
            decisions.application_id.in_(_applications(candidate_id)),
            func.length(decisions.sealed_reason) > 0,
        )
        + count(
            t.accounts,
            t.accounts.c.candidate_id == candidate_id,
            or_(t.accounts.c.password_hash != "", t.accounts.c.active),
        ),
    }


def _accounts(candidate_id: str) -> Select[tuple[str]]:
    return select(t.accounts.c.id).where(t.accounts.c.candidate_id == candidate_id)


def _objects(connection: Connection, interviews: Sequence[str]) -> tuple[str, ...]:
    uploads = select(t.uploads.c.id).where(t.uploads.c.interview_id.in_(interviews))
    places = (
        (t.media_objects, t.media_objects.c.interview_id.in_(interviews)),
        (t.artifacts, t.artifacts.c.interview_id.in_(interviews)),
        (t.upload_parts, t.upload_parts.c.upload_id.in_(uploads)),
    )
    names = [connection.execute(select(table.c.object_name).where(mine)).scalars() for table, mine in places]
    return tuple(sorted(name for found in names for name in found))


def _found(connection: Connection, candidate_id: str, identity: str, at: str) -> Found:
    known = connection.execute(select(t.candidates.c.id).where(t.candidates.c.id == candidate_id)).one_or_none()
    if known is None:
        raise NotFound(f"There is no candidate {candidate_id}.", "Check the id.")
    theirs = t.interviews.c.application_id.in_(_applications(candidate_id))
    query = select(t.interviews.c.id, t.interviews.c.stage).where(theirs).order_by(t.interviews.c.id)
    rows = connection.execute(query).all()
    interviews = [row.id for row in rows]
    files = t.ranking_report_files.c
    openings = select(t.applications.c.opening_id).where(t.applications.c.candidate_id == candidate_id)
    named = select(files.object_name).where(files.opening_id.in_(openings)).order_by(files.object_name)
    reports = tuple(connection.execute(named).scalars())
    counts = _counts(connection, candidate_id, interviews, reports)
    return Found(
        identity,
        candidate_id,
        at,
        tuple(interviews),
        tuple(row.id for row in rows if row.stage in LIVE_STAGES),
        (*_objects(connection, interviews), *reports),
        reports,
        tuple(SinkCount(sink, n, n) for sink, n in counts.items()),
    )
