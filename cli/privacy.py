"""`./triview candidates erase|receipt|hold|release` and `./triview retention`: how long data of people stay."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from cli.console import bars, complain, out, print_json
from cli.data import candidates_app
from cli.options import Json
from cli.session import local_stores
from include.interview.errors import BadInput, NotFound
from include.interview.privacy.erasure import ErasureReceipt, SignedReceipt
from include.interview.progress import Progress
from include.reporting.exports import write_export
from include.reporting.strings import Strings
from include.settings import Settings
from include.storage import Stores

__all__ = ["candidates_app"]

CandidateArgument = Annotated[str, typer.Argument(metavar="ID", help="The candidate's id.")]
ReceiptFile = Annotated[
    Path | None,
    typer.Option("--receipt", metavar="FILE", help="Write the signed receipt here: .json, .html or .pdf by its name."),
]
ReceiptLanguage = Annotated[str, typer.Option("--language", help="Language of an .html or .pdf receipt: ko or en.")]
INCOMPLETE = 1


@candidates_app.command("erase")
def erase(
    candidate: CandidateArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Really erase; it cannot be undone.")] = False,
    receipt: ReceiptFile = None,
    language: ReceiptLanguage = "ko",
    as_json: Json = False,
) -> None:
    """Erase a candidate from every store: keys, rows, recordings, vectors, live sessions, Airflow's runs and logs.

    Redis is reached by TRIVIEW_REDIS_URL, Airflow by TRIVIEW_AIRFLOW_URL, _USER and _PASSWORD, where they are set.
    Exit code 1 when a place did not answer: erase again when it does. A completed erasure gives the same receipt again.
    """
    _check_receipt_file(receipt, language)
    with local_stores() as (stores, settings):
        name = stores.candidates.known(candidate)
        if not yes:
            raise BadInput(
                f"Candidate {name} would be erased from every store, and cannot be brought back.",
                "Add --yes to erase.",
                code="not_confirmed",
            )
        with bars(quiet=as_json) as progress:
            done = asyncio.run(_erase(stores, settings, candidate, progress.of("erasing")))
    _show(done, receipt, language, as_json=as_json)


@candidates_app.command("receipt")
def show_receipt(
    candidate: CandidateArgument,
    receipt: ReceiptFile = None,
    language: ReceiptLanguage = "ko",
    as_json: Json = False,
) -> None:
    """Show the receipt of a candidate's erasure, or write it with --receipt."""
    _check_receipt_file(receipt, language)
    with local_stores() as (stores, _):
        done = stores.erasures.receipt(candidate)
    if done is None:
        raise NotFound(f"There is no receipt for candidate {candidate}.", "Erase first: ./triview candidates erase.")
    _show(done, receipt, language, as_json=as_json)


@candidates_app.command("check-receipt")
def check_receipt(
    file: Annotated[Path, typer.Argument(metavar="FILE.json", help="A receipt as --receipt FILE.json wrote it.")],
    as_json: Json = False,
) -> None:
    """Check that a receipt was signed by this installation and not changed; exit code 1 when not.

    After a rotation of the master key, receipts signed before have another key: their signature is checked by the key
    that they name, and it is said that it is not the present one.
    """
    import msgspec

    from include.storage.repositories.erasures import is_signed

    try:
        signed = msgspec.json.decode(file.read_bytes(), type=SignedReceipt)
    except (OSError, msgspec.MsgspecError):
        raise BadInput(f"{file.name} is no receipt.", "Name a .json file that --receipt wrote.") from None
    with local_stores() as (stores, _):
        present = signed.public_key == stores.erasures.public_key
    whole = is_signed(signed)
    if as_json:
        print_json({"erasure_id": signed.receipt.erasure_id, "unchanged": whole, "present_key": present})
    elif whole:
        out.print(
            f"Unchanged, signed by {'the present key' if present else 'another key than the present one'}.",
            highlight=False,
        )
    else:
        complain("The receipt was changed after it was signed.")
    if not whole:
        raise typer.Exit(INCOMPLETE)


async def _erase(
    stores: Stores, settings: Settings, candidate: str, progress: Progress
) -> ErasureReceipt | SignedReceipt:
    from tasks.privacy.erasure import erase_candidate
    from tasks.privacy.outside import opened_outside

    async with opened_outside(settings, os.environ) as outside:
        return await erase_candidate(stores, outside, candidate, progress)


@candidates_app.command("export")
def export(
    candidate: CandidateArgument,
    file: Annotated[Path, typer.Option("--out", metavar="FILE.zip", help="The archive; readable by you alone.")],
    as_json: Json = False,
) -> None:
    """Write all that is stored of a candidate and is theirs: JSON with its schema, recordings, documents, consents."""
    from include.reporting.exports import export_folder
    from tasks.privacy.export import export_candidate

    if file.exists():
        raise BadInput(f"{file.name} exists already.", "Name another file.")
    export_folder(file.parent)
    with local_stores() as (stores, _), stores.private_folder() as folder, bars(quiet=as_json) as progress:
        made = folder / "export.zip"
        data = export_candidate(stores, candidate, made, progress.of("export"))
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as target, made.open("rb") as source:
                shutil.copyfileobj(source, target)
        except BaseException:
            file.unlink()
            raise
    files = sum(len(one.files) for application in data.applications for one in application.interviews)
    if as_json:
        print_json(
            {"candidate_id": candidate, "file": str(file), "applications": len(data.applications), "files": files}
        )
    else:
        out.print(f"{file}: {len(data.applications)} applications, {files} files.", highlight=False)


@candidates_app.command("withdraw")
def withdraw(candidate: CandidateArgument, as_json: Json = False) -> None:
    """Withdraw all consents of a candidate: running sessions end within 2 s, runs refuse, cards are shown no more."""
    with local_stores() as (stores, _):
        known = stores.candidates.known(candidate)
        standing = [one.id for one in stores.consents.list(known) if one.withdrawn_at is None]
        for consent in standing:
            stores.consents.withdraw(consent)
    if as_json:
        print_json({"candidate_id": candidate, "withdrawn": standing})
    else:
        out.print(f"{len(standing)} consents of {candidate} were withdrawn.", highlight=False)


@candidates_app.command("hold")
def hold(
    candidate: CandidateArgument,
    ground: Annotated[
        str, typer.Option("--ground", help="legal_claim, discrimination_complaint, authority_request or audit.")
    ],
    as_json: Json = False,
) -> None:
    """Keep everything of a candidate beyond the retention period until release; erasure is refused meanwhile."""
    with local_stores() as (stores, _):
        stores.retention.hold(candidate, ground)
    if as_json:
        print_json({"candidate_id": candidate, "ground": ground})
    else:
        out.print(f"Held: {candidate} ({ground}).", highlight=False)


@candidates_app.command("release")
def release(candidate: CandidateArgument, as_json: Json = False) -> None:
    """End all legal holds of a candidate."""
    with local_stores() as (stores, _):
        count = stores.retention.release(candidate)
    if as_json:
        print_json({"candidate_id": candidate, "released": count})
    else:
        out.print(f"Released: {candidate} ({count}).", highlight=False)


def retention(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go, and what goes when.")] = False,
    as_json: Json = False,
) -> None:
    """Let go of what is over its profile's retention period: interviews, and people with their last interview.

    The same as the DAG data_retention does every night. People on a legal hold stay.
    """
    from datetime import UTC, datetime

    from tasks.privacy.retention import let_go, plan

    with local_stores() as (stores, settings):
        planned = plan(stores, datetime.now(UTC))
        done = None if dry_run else let_go(stores, settings)
    if as_json:
        print_json({"plan": planned, "done": done})
        return
    table = Table("ends (UTC)", "candidate", "interview", "")
    for mark, endings in (("due", planned.due), ("on hold", planned.on_hold), ("later", planned.later)):
        for one in endings:
            table.add_row(one.ends_at.isoformat()[:16], one.candidate_id, one.interview_id or "all of it", mark)
    out.print(table)
    if done is not None:
        out.print(f"{done.people} people and {done.interviews} single interviews went.", highlight=False)


def _check_receipt_file(file: Path | None, language: str) -> None:
    if file is not None and file.suffix not in (".json", ".html", ".pdf"):
        raise BadInput(f"A receipt is not written as {file.suffix or file.name!r}.", "Name it .json, .html or .pdf.")
    if language not in ("ko", "en"):
        raise BadInput(f"There is no receipt in {language!r}.", "Use --language ko or en.")


def _show(done: ErasureReceipt | SignedReceipt, file: Path | None, language: str, *, as_json: bool) -> None:
    receipt = done if isinstance(done, ErasureReceipt) else done.receipt
    if file is not None and isinstance(done, SignedReceipt):
        _write(done, file, language)
    if as_json:
        print_json(done)
    else:
        t = Strings("en")
        table = Table("place", "before", "after")
        for one in receipt.sinks:
            table.add_row(t(f"erasure.sink.{one.sink}"), str(one.before), str(one.after))
        out.print(table)
        for kept in receipt.kept:
            out.print(f"[dim]stays: {t(f'erasure.kept.{kept}')}[/]", highlight=False)
    if isinstance(done, ErasureReceipt):
        away = ", ".join(receipt.unreachable) or "something was written meanwhile"
        complain(f"The erasure is not complete ({away}). Erase again when everything answers; no receipt was signed.")
        raise typer.Exit(INCOMPLETE)


def _write(signed: SignedReceipt, file: Path, language: str) -> None:
    import msgspec

    from include.reporting.erasure import render_receipt_html, render_receipt_pdf

    if file.suffix == ".json":
        data = msgspec.json.format(msgspec.json.encode(signed), indent=2)
    elif file.suffix == ".html":
        data = render_receipt_html(signed, language).encode()
    else:
        data = render_receipt_pdf(signed, language)
    write_export(file, data)
