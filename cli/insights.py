"""`./triview insights`: what the interviews say about a candidate, verified against the words that are cited."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from typer.core import TyperGroup

from cli.console import out, print_json
from cli.options import Json, OpeningFile, read_opening
from include.interview.errors import BadInput
from include.interview.records import Stage
from include.interview.stages import STAGES

if TYPE_CHECKING:
    from include.interview.insight.approval import Decision
    from include.interview.insight.records import ClaimText, Insight
    from tasks.insight_files import NamedFile

SHOW = "show"


class _ShowUnlessNamed(TyperGroup):
    """Arguments that name no command of the group are those of `show`: `insights ID` beside `insights verify`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ("-h", "--help"):
            args = [SHOW, *args]
        parsed: list[str] = super().parse_args(ctx, args)
        return parsed


insights_app = typer.Typer(
    no_args_is_help=True,
    cls=_ShowUnlessNamed,
    help="Insights over the interviews: `insights INTERVIEW_ID`, `insights --transcript FILE …`, `insights verify`, or "
    "a decision: `insights approve|reject|edit INTERVIEW_ID INSIGHT_ID`.",
)
Transcripts = Annotated[
    list[Path] | None,
    typer.Option(
        "--transcript",
        help="A transcript: typed lines, or the JSON that `./triview` writes. Repeatable; STAGE=FILE names the stage.",
    ),
]
Documents = Annotated[
    list[Path] | None, typer.Option("--documents", help="A résumé or cover letter as text. Repeatable.")
]


@insights_app.command(SHOW)
def show(
    interview: Annotated[str | None, typer.Argument(help="Id of an evaluated executive interview.")] = None,
    transcript: Transcripts = None,
    documents: Documents = None,
    opening: OpeningFile = None,
    as_json: Json = False,
) -> None:
    """The insights of INTERVIEW, or of transcripts given as files.

    Every insight quotes the candidate word for word; what could not be verified is left out and counted.
    """
    if (interview is None) == (not transcript):
        raise BadInput("Give either an interview's id or transcripts.", "Use `insights ID` or `--transcript FILE`.")
    if interview is not None:
        _stored(interview, as_json=as_json)
        return
    from include.settings import load_settings
    from tasks.insight_files import insights_from_files

    found = insights_from_files(
        _files(transcript or []), _files(documents or []), read_opening(opening), load_settings()
    )
    if as_json:
        print_json(found)
        return
    _show(found.insights)
    out.print(f"Written by: {found.written_by}. {len(found.rejected)} claim(s) did not hold and are not shown.")


@insights_app.command("verify")
def verify(
    claims: Annotated[Path, typer.Argument(help='Claims: [{"id", "kind", "text": {"ko"?, "en"?}, "cites": [ids]}].')],
    transcript: Transcripts = None,
    documents: Documents = None,
    as_json: Json = False,
) -> None:
    """Say of each claim in CLAIMS whether the words it cites bear it, and if not why.

    Typed transcripts number their utterances u0001, u0002 … in the order of the file. With several files a bare id that
    stands in more than one is refused: write executive:u0004 (the stage) or NAME:u0004 (the file's name without its
    ending). Sentences of documents are document:d0001 and so on.
    """
    from include.settings import load_settings
    from tasks.insight_files import document_sources, read_claims, transcript_sources, verify_files

    if not transcript:
        raise BadInput("There is no transcript.", "Give at least one --transcript FILE.")
    listed = read_claims(_read(claims), claims.name)
    papers = document_sources(_files(documents or []), load_settings())[0]
    sources = (*transcript_sources(_files(transcript)), *papers)
    checked = verify_files(listed, sources)
    if as_json:
        rows = [
            {
                "id": one.id,
                "status": one.status,
                "reason": one.reason.code if one.reason else None,
                "explanation": one.reason.text if one.reason else None,
                "quotes": one.quotes,
            }
            for one in checked
        ]
        print_json({"claims": rows})
        return
    for one in checked:
        why = f": {one.reason.text.en}" if one.reason else ""
        out.print(f"{escape(one.id)}  {one.status}{escape(why)}")


InterviewId = Annotated[str, typer.Argument(help="Id of the executive interview.")]
InsightId = Annotated[str, typer.Argument(help="Id of the insight, as `insights INTERVIEW_ID` shows it.")]


@insights_app.command("approve")
def approve(interview: InterviewId, insight: InsightId, as_json: Json = False) -> None:
    """Approve an insight as it is. The first decision counts, wherever it was made."""
    _decided(interview, insight, "approve", None, as_json=as_json)


@insights_app.command("reject")
def reject(interview: InterviewId, insight: InsightId, as_json: Json = False) -> None:
    """Reject an insight: it goes into no report."""
    _decided(interview, insight, "reject", None, as_json=as_json)


@insights_app.command("edit")
def edit(
    interview: InterviewId,
    insight: InsightId,
    ko: Annotated[str | None, typer.Option("--ko", help="The new sentence in Korean.")] = None,
    en: Annotated[str | None, typer.Option("--en", help="The new sentence in English.")] = None,
    as_json: Json = False,
) -> None:
    """Approve an insight with another sentence, which is verified against the same words; what stood before is kept."""
    from include.interview.insight.records import ClaimText

    _decided(interview, insight, "edit", ClaimText(ko, en), as_json=as_json)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"The file {path.name} cannot be read.", f"{error.strerror}.") from error


def _files(paths: list[Path]) -> list[NamedFile]:
    """The files, with the stage where one is written before an equals sign."""
    from tasks.insight_files import NamedFile

    found = []
    for given in paths:
        named: Stage | None = next((s for s in STAGES if str(given).startswith(f"{s}=") and not given.exists()), None)
        path = Path(str(given).removeprefix(f"{named}=")) if named else given
        found.append(NamedFile(path.stem, _read(path), named))
    return found


def _stored(interview: str, *, as_json: bool) -> None:
    from cli.session import local_stores

    with local_stores() as (stores, _):
        found = stores.insights.list(interview)
        decided, approval = stores.insights.decisions(interview), stores.insight_approvals.get(interview)
    if as_json:
        print_json({"interview_id": interview, "insights": found, "decisions": decided, "approval": approval})
        return
    _show(tuple(found))
    if approval is not None and approval.closed_at is None:
        out.print(f"People are asked until {approval.due_at:%Y-%m-%d %H:%M} UTC; the rest is rejected then.")


def _decided(interview: str, insight: str, decision: Decision, text: ClaimText | None, *, as_json: bool) -> None:
    from cli.session import local_stores
    from tasks.evaluation.context import StepContext
    from tasks.executive.approval import decide

    with local_stores() as (stores, settings):
        found = decide(StepContext(stores, settings, interview), insight, decision, text)
    if as_json:
        print_json(found)
    else:
        _show((found,))


def _show(insights: tuple[Insight, ...]) -> None:
    if not insights:
        out.print("No insight.")
    for one in insights:
        said = " / ".join(text for _, text in one.text.given())
        out.print(f"[bold]{one.kind}[/] ({one.status})  {escape(said)}")
        for quote in one.quotes:
            at = "" if quote.start_s is None else f" {int(quote.start_s // 60)}:{int(quote.start_s % 60):02d}"
            out.print(f"    {escape(quote.utterance_id)}{at}  “{escape(quote.text)}”")
