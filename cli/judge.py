"""`./triview judge`: typed transcripts to cards, many files at once, with a CSV summary."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from cli.cards import card_view
from cli.console import bars, complain, out, print_json
from cli.options import (
    CandidateNames,
    InterviewerNames,
    Json,
    OpeningFile,
    Out,
    check_choice,
    check_language,
    file_names,
    read_document,
    read_file,
    read_opening,
    shown_path,
)
from include.interview.errors import SpeakersUnclear, TriviewError
from include.interview.stages import STAGES
from include.interview.transcript.speaker_names import SpeakerNames
from include.reporting.exports import Table, export_folder, write_export

if TYPE_CHECKING:
    from tasks.typed_transcript import JudgedTranscript

SUMMARY = "summary.csv"
MAX_LABELS_SHOWN = 10


def judge(
    transcripts: Annotated[
        list[Path],
        typer.Argument(
            help="Transcript files: lines 'Interviewer: …' / 'Interviewee: …' (면접관: / 지원자:), subtitles (.vtt, "
            ".srt) or text as meeting services export it (Zoom, Teams, Otter, Meet, CLOVA Note), or our JSON."
        ),
    ],
    stage: Annotated[str, typer.Option("--stage", help="Whose rubric: ai, practical or executive.")] = "ai",
    opening: OpeningFile = None,
    resume: Annotated[
        Path | None, typer.Option("--resume", help="Résumé for job fit: text, Markdown, PDF, .docx or .hwpx.")
    ] = None,
    candidate: CandidateNames = None,
    interviewer: InterviewerNames = None,
    language: Annotated[
        str, typer.Option("--language", help="Language of the built-in opening: auto, ko, en.")
    ] = "auto",
    out_dir: Out = Path("out"),
    as_json: Json = False,
) -> None:
    """Score the word-based criteria of TRANSCRIPTS and say so on every card.

    Writes OUT/<file>.card.json for each transcript and OUT/summary.csv (and .xlsx) with one row per file and one column
    per criterion and measure. A file that fails is reported, its row says why, and the others are still judged (exit
    code 2). Names of persons in front of the words are told apart by --candidate and --interviewer.
    """
    from include.settings import load_settings
    from tasks.typed_transcript import judge_transcript

    check_choice(stage, tuple(STAGES), "--stage")
    judged_stage = next(known for known in STAGES if known == stage)
    chosen = read_opening(opening, check_language(language))
    settings = load_settings()
    documents = [read_document(resume, "resume", settings)] if resume else []
    speakers = SpeakerNames.of(candidate, interviewer)
    names = file_names(transcripts)

    def judge_one(index: int) -> JudgedTranscript:
        data = read_file(transcripts[index])
        return judge_transcript(
            data,
            names[index],
            chosen,
            settings,
            stage=judged_stage,
            documents=documents,
            names=speakers,
        )

    judged, failed = _judge_all(transcripts, names, judge_one, export_folder(out_dir), quiet=as_json)
    if as_json:
        print_json({"cards": [one.card for one in judged], "failed": dict(failed), "summary": str(out_dir / SUMMARY)})
    else:
        _show(judged, out_dir)
    for name, why in failed:
        complain(f"{name}: {why}")
    if failed:
        raise typer.Exit(2)


def _judge_all(
    paths: list[Path], names: list[str], judge_one: Callable[[int], JudgedTranscript], out_dir: Path, *, quiet: bool
) -> tuple[list[JudgedTranscript], list[tuple[str, str]]]:
    """What was judged, and (file, why) of what failed. Cards and rows are written as soon as they are known."""
    from include.background_work import background_work
    from include.settings import load_settings
    from tasks.typed_transcript import summary_row

    judged: list[JudgedTranscript] = []
    failed: list[tuple[str, str]] = []
    table = Table(out_dir / SUMMARY)
    try:
        with background_work(load_settings().live_marker), bars(quiet=quiet) as shown:
            step = shown.of("judge")
            for index, path in enumerate(paths):
                step(index / len(paths), names[index])
                try:
                    one = judge_one(index)
                except TriviewError as error:
                    failed.append((shown_path(path), explained(error)))
                    table.add({"file": names[index], "status": "failed", "error": str(error)})
                    continue
                judged.append(one)
                write_export(out_dir / f"{names[index]}.card.json", card_json(one))
                table.add(summary_row(one))
            step(1.0)
    finally:
        table.close()
    return judged, failed


def card_json(one: JudgedTranscript) -> bytes:
    """The card of a judged file as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(one.card))


def explained(error: TriviewError) -> str:
    """The error for whoever gave the file: with the labels found, which may be names and are in no error's text."""
    labels = error.labels if isinstance(error, SpeakersUnclear) else ()
    first: dict[str, int] = {}
    for line, label in labels:
        first.setdefault("".join(ch for ch in label if ch.isprintable()), line)
    shown = [f"'{label}' (line {line})" for label, line in list(first.items())[:MAX_LABELS_SHOWN]]
    more = f" and {len(first) - MAX_LABELS_SHOWN} more" if len(first) > MAX_LABELS_SHOWN else ""
    return f"{error} Labels found: {', '.join(shown)}{more}." if shown else str(error)


def _show(judged: list[JudgedTranscript], out_dir: Path) -> None:
    for one in judged[:3]:
        out.print(card_view(one.card, one.name, "ko" if one.card.language == "ko" else "en"))
    if len(judged) > 3:
        out.print(f"… and {len(judged) - 3} more.")
    out.print(f"{len(judged)} card(s) and {SUMMARY} are in {out_dir}/. Only words were judged.")
