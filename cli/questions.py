"""`./triview questions`: questions for an executive interview, from files or from an application in the store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.markup import escape

from cli.console import complain, out, print_json
from cli.judge import explained
from cli.options import Json, OpeningFile, read_document, read_file, read_opening
from include.interview.errors import BadInput, TriviewError
from include.interview.preparation.records import PreparedQuestion, QuestionEvidence, WrittenQuestions
from include.interview.records import Document, DocumentKind, Opening

if TYPE_CHECKING:
    from include.interview.assessment.rubric import Rubric

COVER_LETTER_NAMES = ("cover", "자기소개서", "자소서")
"""What the file name of a cover letter holds; every other document is a résumé."""
EXIT_BAD_FILE = 2


def questions(
    opening: OpeningFile = None,
    interview: Annotated[
        str | None, typer.Option("--interview", help="Any interview of the application, by its id in the store.")
    ] = None,
    transcript: Annotated[
        list[Path] | None,
        typer.Option("--transcript", help="Transcript of stage 1, then of stage 2; repeat the option."),
    ] = None,
    documents: Annotated[
        list[Path] | None,
        typer.Option(
            "--documents", help="Résumé or cover letter (text, Markdown, PDF, .docx, .hwpx); repeat the option."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Write questions for the executive interview, each with reason and evidence. No score is shown or stored.

    They ask where the rubric knows least, at most eight: what --transcript or the interviews of --interview leave open,
    what --documents say and nobody spoke of, and what the opening asks for. Without any of them the opening alone
    decides, and the output says so.
    """
    given = list(transcript or ())
    if interview is not None and given:
        raise BadInput("--interview and --transcript exclude each other.", "Name a stored interview, or files.")
    handed_in = [_document(path) for path in documents or ()]
    if interview is not None:
        chosen, written = _of_interview(interview, opening, handed_in)
    else:
        chosen = read_opening(opening)
        written = _of_files(chosen, given, handed_in)
    if as_json:
        print_json({"opening_id": chosen.id, **msgspec.to_builtins(written)})
    else:
        _show(written, chosen)


def _of_files(opening: Opening, paths: list[Path], documents: list[Document]) -> WrittenQuestions:
    from include.settings import load_settings
    from tasks.executive.from_files import questions_from_files

    files = [(path.name, _bytes(path)) for path in paths]
    try:
        return questions_from_files(opening, files, documents, load_settings())
    except BadInput as error:
        complain(explained(error))
        raise typer.Exit(EXIT_BAD_FILE) from None


def _of_interview(
    interview_id: str, opening: Path | None, documents: list[Document]
) -> tuple[Opening, WrittenQuestions]:
    from cli.session import local_stores
    from tasks.executive.from_files import questions_of_application

    with local_stores() as (stores, settings):
        interview = stores.interviews.get(interview_id)
        chosen = stores.openings.get(interview.opening_id) if opening is None else read_opening(opening)
        return chosen, questions_of_application(stores, interview, chosen, documents, settings)


def _bytes(path: Path) -> bytes:
    try:
        return read_file(path)
    except TriviewError as error:
        raise BadInput(f"{path.name}: {error.cause}", error.remedy) from None


def _document(path: Path) -> Document:
    from include.settings import load_settings

    kind: DocumentKind = "cover_letter" if any(n in path.stem.casefold() for n in COVER_LETTER_NAMES) else "resume"
    return read_document(path, kind, load_settings())


def _show(written: WrittenQuestions, opening: Opening) -> None:
    from include.interview.assessment.rubric import opening_rubric

    language, rubric = written.language, opening_rubric("executive", opening)
    for note in written.notes:
        out.print(f"[yellow]![/] {escape(note.text.text(language))}")
    for question in written.questions:
        _show_question(question, rubric, language)
    for refused in written.refused:
        out.print(f"[dim]refused: {escape(refused.text)} – {escape(refused.reason.text.text(language))}[/]")
    out.print(f"{len(written.questions)} question(s). No score of an earlier interview was used in them or is shown.")


def _show_question(question: PreparedQuestion, rubric: Rubric, language: str) -> None:
    name = rubric.criterion(question.criterion).name.text(language)
    out.print(f"\n[bold]{question.order + 1}. {escape(question.text)}[/]")
    wanted = f"{question.anchor}단계" if language == "ko" else f"level {question.anchor}"
    out.print(f"   {escape(name)} · {wanted} · {escape(question.why.text.text(language))}", highlight=False)
    for evidence in question.evidence:
        out.print(f"   [dim]{escape(_place(evidence))}: “{escape(evidence.quote)}”[/]", highlight=False)


def _place(evidence: QuestionEvidence) -> str:
    if evidence.document is not None:
        return evidence.document
    at = "" if evidence.start_s is None else f" {int(evidence.start_s // 60)}:{int(evidence.start_s % 60):02d}"
    return f"{evidence.stage} {evidence.utterance_id}{at}"
