"""`./triview db verify-audit|sign-audit`: whether the audit trail is whole, and the signatures that show it."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from cli.console import out, print_json
from cli.data import db_app
from cli.options import Json
from cli.session import local_stores
from include.interview.errors import BadInput
from include.storage import AuditReport

__all__ = ["db_app"]

NOTED = re.compile(r"(\d{1,18}):([0-9a-f]{64})")


@db_app.command("verify-audit")
def verify_audit(
    noted: Annotated[
        list[str] | None,
        typer.Option("--noted", metavar="SEQ:HASH", help="A head kept elsewhere, as reports print it; repeatable."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Walk the audit trail and compare it with its signed heads; exit code 1 and the first broken entry otherwise.

    Found are changed and missing entries, entries cut off the end, an emptied table, an older database, and heads
    that were removed or changed.
    """
    kept = _noted(noted or [])
    with local_stores() as (stores, _):
        report = stores.audit_heads.verify(kept)
    if as_json:
        print_json(report)
    else:
        out.print(_sentence(report), highlight=False)
    if not report.intact:
        raise typer.Exit(1)


@db_app.command("sign-audit")
def sign_audit(
    restored: Annotated[
        bool,
        typer.Option("--restored", help="A backup was restored on purpose: set aside heads of entries it lacks."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Sign the end of the audit trail and keep the head in the object store, as the DAG audit_signing does every day.

    A trail that does not hold is not signed.
    """
    with local_stores() as (stores, _):
        signed = stores.audit_heads.sign(restored=restored)
    if as_json:
        print_json(signed)
    else:
        out.print(f"Signed: entry {signed.head.seq}:{signed.head.hash}", highlight=False, soft_wrap=True)


def _noted(given: list[str]) -> dict[int, str]:
    kept = {}
    for one in given:
        found = NOTED.fullmatch(one)
        if found is None:
            raise BadInput(f"{one!r} is no head.", "Write the entry's number, a colon, and its hash of 64 hex digits.")
        kept[int(found[1])] = found[2]
    return kept


def _sentence(report: AuditReport) -> str:
    if not report.intact:
        return f"The audit chain is broken at entry {report.broken_at}: {report.reason}"
    signed = (
        "no head was signed yet (./triview db sign-audit)"
        if report.signed_through is None
        else f"{report.signed} signed heads fit, the newest is that of entry {report.signed_through}"
    )
    return f"The audit chain holds: {report.entries} entries, head {report.head}; {signed}."
