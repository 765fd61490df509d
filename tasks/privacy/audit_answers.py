"""What auditors ask of the trail, as entries and as tables; each question is an entry itself."""

from __future__ import annotations

from typing import Literal

from include.interview.errors import BadInput
from include.reporting.exports import Cell, Table
from include.storage import AuditEntry, Stores

Question = Literal["seen", "history"]
TableKind = Literal["csv", "xlsx"]
NAME = "audit"


def answered(
    stores: Stores, identity: str, question: Question, limit: int | None = None, offset: int = 0
) -> tuple[AuditEntry, ...]:
    """Entries, newest first: who saw the candidate, application or interview ("seen"), or all about it ("history").

    Raises:
        NotFound: no such id. BadInput: there is no such question.
    """
    if question not in ("seen", "history"):
        raise BadInput(f"Nobody can ask {question!r} of the trail.", "Ask seen or history.")
    subject = stores.audit_subjects.of(identity)
    asking = stores.audit_subjects.who_saw if question == "seen" else stores.audit_subjects.history
    found = asking(subject, limit, offset)
    stores.record("audit.asked", f"audit:{question}", {"about": identity, "entries": len(found)})
    return found


def answer_table(stores: Stores, identity: str, question: Question, kind: TableKind) -> bytes:
    """The bytes of the CSV or XLSX file of the whole answer, oldest entry first; accounts with their logins.

    Raises:
        NotFound: no such id. BadInput: there is no such question.
    """
    logins = {one.id: one.login for one in stores.accounts.list()}
    with stores.private_folder() as folder:
        table = Table(folder / f"{NAME}.csv")
        for entry in reversed(answered(stores, identity, question)):
            table.add(_row(entry, logins))
        table.close()
        return (folder / f"{NAME}.{kind}").read_bytes()


def _row(entry: AuditEntry, logins: dict[str, str]) -> dict[str, Cell]:
    return {
        "number": entry.seq,
        "at": entry.at,
        "actor": entry.actor,
        "login": logins.get(entry.actor.partition(":")[2]),
        "action": entry.action,
        "subject": entry.subject,
        "detail": entry.detail,
        "hash": entry.hash,
    }
