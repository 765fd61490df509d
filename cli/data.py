"""`./triview db|candidates|openings|interviews`: what HR needs to start an interview and read its result."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.markup import escape
from rich.table import Table

from cli.cards import card_view
from cli.console import err, out, print_json, show_written
from cli.options import (
    Json,
    LanguageOption,
    Out,
    ProfileOption,
    check_language,
    check_profile,
    document_files,
    read_opening,
)
from cli.session import local_stores
from include.interview.assessment.question_map import thin_criteria
from include.interview.errors import BadInput
from include.interview.records import QuestionMark
from include.reporting.exports import export_folder, write_export

db_app = typer.Typer(
    no_args_is_help=True, help="The database: bring it up to date, grant rights, sign and check the audit trail."
)
candidates_app = typer.Typer(
    no_args_is_help=True,
    help="Candidates: add, import, list, export, withdraw, erase, receipt, check-receipt, hold, release.",
)
openings_app = typer.Typer(no_args_is_help=True, help="Openings: add from a file, list, show.")
interviews_app = typer.Typer(no_args_is_help=True, help="Interviews: create from recordings, list, result, report.")


@db_app.command("upgrade")
def db_upgrade(as_json: Json = False) -> None:
    """Create or upgrade the tables of the configured database; safe to repeat.

    Who was erased and is back, as after the restore of an older backup, is erased again.
    """
    from tasks.privacy.outside import replayed

    with local_stores() as (stores, settings):
        name, (again, incomplete) = stores.db.dialect.name, asyncio.run(replayed(stores, settings, os.environ))
    if as_json:
        print_json({"database": name, "state": "up to date", "erased_again": again, "incomplete": incomplete})
        return
    out.print(f"The {name} database is up to date.")
    if again:
        out.print(f"{again} people who were erased before were in it, and were erased again.", highlight=False)
    if incomplete:
        out.print(f"For {incomplete} of them a place did not answer; the nightly run goes on.", highlight=False)


@db_app.command("grant")
def db_grant(
    user: Annotated[str, typer.Argument(help="The application's user of the MySQL server.")], as_json: Json = False
) -> None:
    """Give USER the application's rights on every table; to be run as the schema's owner, after each upgrade.

    Entries of the audit chain may then be read and added, neither changed nor removed.
    """
    from include.storage.database.grants import grant_application

    with local_stores() as (stores, _):
        given = grant_application(stores.db, user)
    if as_json:
        print_json({"user": user, "rights": given})
    else:
        out.print(f"{user} has its rights on {len(given)} tables.", highlight=False)


@candidates_app.command("add")
def add_candidate(
    name: Annotated[str, typer.Option("--name", prompt=True, help="Stored encrypted; leave out to be asked.")],
    contact: Annotated[str | None, typer.Option("--contact", help="E-mail or telephone, stored encrypted.")] = None,
    as_json: Json = False,
) -> None:
    """Add a candidate and print the id that everything else refers to."""
    with local_stores() as (stores, _):
        candidate = stores.candidates.create(name, contact)
    print_json({"candidate_id": candidate.id}) if as_json else out.print(candidate.id)


@candidates_app.command("import")
def import_candidates(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX with the columns name and contact (이름, 연락처).")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say who would be added and what is wrong.")] = False,
    language: LanguageOption = "ko",
    as_json: Json = False,
) -> None:
    """Add everybody of a file: all of them, or nobody where a row is at fault (exit code 2; every row is told)."""
    from tasks.people_import import import_people, preview_people

    check_language(language)
    try:
        data = file.read_bytes()
    except OSError as error:
        raise BadInput(f"The file cannot be read ({error.strerror}).", "Check its path and permissions.") from None
    with local_stores() as (stores, _):
        found = preview_people(stores, data)
        made = () if dry_run or found.wrong else import_people(stores, data, found.sha256).candidate_ids
    if as_json:
        faults = [{"row": one.row, "column": one.column, "detail": one.text.text(language)} for one in found.faults]
        print_json({"count": len(found.people), "wrong": found.wrong, "faults": faults, "candidate_ids": made})
    else:
        for one in found.faults:
            out.print(f"{one.row} {one.column}: {one.text.text(language)}".replace(" :", ":"), highlight=False)
        done = f"{len(found.people)} people would be added." if dry_run else f"{len(made)} people were added."
        wrong = f"{found.wrong} rows are at fault; nobody was added."
        out.print(wrong if found.wrong else done, highlight=False)
    if found.wrong:
        raise typer.Exit(2)


@candidates_app.command("list")
def list_candidates(as_json: Json = False) -> None:
    """List candidates with their names (each reading is an audit entry)."""
    with local_stores() as (stores, _):
        found = stores.candidates.list()
    if as_json:
        print_json(found)
        return
    table = Table("id", "name")
    for candidate in found:
        table.add_row(candidate.id, escape(candidate.name))
    out.print(table)


@openings_app.command("add")
def add_opening(
    file: Annotated[Path | None, typer.Argument(help="YAML or JSON; without it the built-in general opening.")] = None,
    as_json: Json = False,
) -> None:
    """Add or replace an opening and print its id; criteria with too few questions are named."""
    opening = read_opening(file)
    with local_stores() as (stores, _):
        stores.openings.put(opening)
    thin = [
        {
            "stage": one.stage,
            "criterion": one.criterion.id,
            "questions": one.questions,
            "needed": one.criterion.min_answers,
        }
        for one in thin_criteria(opening)
    ]
    for one in thin:
        err.print(
            "[yellow]![/] {criterion}: {questions} question(s), {needed} needed; interviews will lack a score for it. "
            "Add a question to `questions` or take it out of `criteria`.".format(**one),
            highlight=False,
            soft_wrap=True,
        )
    print_json({"opening_id": opening.id, "too_few_questions": thin}) if as_json else out.print(opening.id)


@openings_app.command("list")
def list_openings(as_json: Json = False) -> None:
    """List openings."""
    with local_stores() as (stores, _):
        found = stores.openings.list()
    if as_json:
        print_json(found)
        return
    table = Table("id", "제목", "title", "profile", "questions")
    for opening in found:
        titles = (escape(opening.title.ko), escape(opening.title.en))
        table.add_row(opening.id, *titles, opening.profile, str(len(opening.questions)))
    out.print(table)


@openings_app.command("show")
def show_opening(opening_id: str) -> None:
    """Print one opening as JSON."""
    with local_stores() as (stores, _):
        print_json(stores.openings.get(opening_id))


@openings_app.command("report")
def report_opening(
    opening_id: Annotated[str, typer.Argument(metavar="OPENING", help="The opening's id.")],
    folder: Annotated[Path, typer.Option("--out", help="Where to write; made where missing, readable by you alone.")],
    blind: Annotated[bool, typer.Option("--blind", help="Ids of applications instead of names.")] = False,
    as_json: Json = False,
) -> None:
    """Write the ranking report of OPENING: HTML and PDF in Korean and English, CSV and XLSX, with the same numbers."""
    from tasks.ranking.reports import write_ranking_report

    with local_stores() as (stores, _):
        written = [str(path) for path in write_ranking_report(stores, opening_id, folder, blind=blind)]
    show_written(written, {"opening_id": opening_id, "files": written}, as_json=as_json)


@interviews_app.command("create")
def create_interview(
    recordings: Annotated[list[Path], typer.Argument(help="One recording, or one per question in order.")],
    candidate: Annotated[str, typer.Option("--candidate", help="Candidate id.")],
    opening: Annotated[str, typer.Option("--opening", help="Opening id.")],
    consent: Annotated[
        str, typer.Option("--consent", help="Version of the consent text the candidate signed; required.")
    ],
    profile: ProfileOption = "standard",
    language: LanguageOption = "auto",
    marks: Annotated[
        Path | None, typer.Option("--marks", help='JSON: [{"question_id": "q1", "start_s": 12.5}, …] (one recording).')
    ] = None,
    resume: Annotated[Path | None, typer.Option("--resume", help="Résumé (text, markdown or PDF).")] = None,
    cover_letter: Annotated[
        Path | None, typer.Option("--cover-letter", help="자기소개서 (text, markdown, PDF).")
    ] = None,
    as_json: Json = False,
) -> None:
    """Store recordings and documents encrypted, record the consent, and print interview id and run id."""
    from include.interview.stages import flow_of
    from tasks.ai.intake import Intake, open_interview, run_id

    check_profile(profile)
    check_language(language)
    documents = document_files(resume, cover_letter)
    intake = Intake(candidate, opening, profile, language, consent, _marks(marks))
    with local_stores() as (stores, settings):
        interview = open_interview(stores, settings, intake, recordings, documents)
        identity = run_id(stores, interview.id)
    result = {"interview_id": interview.id, "dag_id": flow_of("ai").dag_id, "dag_run_id": identity}
    if as_json:
        print_json(result)
        return
    out.print(f"interview  {interview.id}\ndag run id {identity}", highlight=False)
    out.print("Trigger it: see “HR triggers a run” in README.md.", style="dim")


@interviews_app.command("list")
def list_interviews(as_json: Json = False) -> None:
    """List interviews with their states; no names."""
    with local_stores() as (stores, _):
        found = stores.interviews.list()
    if as_json:
        print_json(found)
        return
    table = Table("id", "stage", "status", "profile", "opening")
    for one in found:
        table.add_row(one.id, one.stage, one.status, one.profile, one.opening_id)
    out.print(table)


@interviews_app.command("result")
def show_result(interview_id: str, as_json: Json = False) -> None:
    """Show the published scorecard of an interview."""
    from tasks.evaluation.card_standing import published_card

    with local_stores() as (stores, _):
        card = published_card(stores, interview_id)
    if as_json:
        print_json(card)
    else:
        out.print(card_view(card, interview_id, "ko" if card.language == "ko" else "en"))


@interviews_app.command("report")
def export_report(interview_id: str, out_dir: Out = Path("out"), as_json: Json = False) -> None:
    """Decrypt the published reports of an interview into OUT (HTML and PDF, Korean and English)."""
    from tasks.evaluation.publish import stored_reports

    with local_stores() as (stores, _):
        files = stored_reports(stores, interview_id)
    folder = out_dir / interview_id
    export_folder(folder)
    for name, data in files.items():
        write_export(folder / name, data)
    if as_json:
        print_json({"folder": str(folder), "files": sorted(files)})
    else:
        out.print(f"{', '.join(sorted(files))} are in {folder}/", highlight=False)


def _marks(file: Path | None) -> tuple[QuestionMark, ...]:
    if file is None:
        return ()
    try:
        return msgspec.json.decode(file.read_bytes(), type=tuple[QuestionMark, ...])
    except (OSError, msgspec.MsgspecError) as error:
        raise BadInput(f"{file.name} holds no question marks: {error}.", "See `interviews create --help`.") from error
