"""`./triview judge`: typed transcripts to cards, many files at once, with a CSV summary."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from cli.cards import card_view
from cli.console import bars, complain, out, print_json
from cli.options import Json, OpeningFile, Out, check_choice, check_language, read_opening
from include.interview.errors import BadInput, SpeakersUnclear, TriviewError
from include.interview.records import Document
from include.interview.stages import STAGES

if TYPE_CHECKING:
    from tasks.typed_transcript import JudgedTranscript

SUMMARY = "summary.csv"
MAX_LABELS_SHOWN = 10


def judge(
    transcripts: Annotated[
        list[Path],
        typer.Argument(
            help="Transcript files: lines 'Interviewer: …' / 'Interviewee: …' (면접관: / 지원자:), or our JSON."
        ),
    ],
    stage: Annotated[str, typer.Option("--stage", help="Whose rubric: ai, practical or executive.")] = "ai",
    opening: OpeningFile = None,
    resume: Annotated[Path | None, typer.Option("--resume", help="Résumé as a text file, for job fit.")] = None,
    language: Annotated[
        str, typer.Option("--language", help="Language of the built-in opening: auto, ko, en.")
    ] = "auto",
    out_dir: Out = Path("out"),
    as_json: Json = False,
) -> None:
    """Score the word-based criteria of TRANSCRIPTS and say so on every card.

    Writes OUT/<file>.card.json for each transcript and OUT/summary.csv with one row per file and one column per
    criterion and measure. A file that is no transcript is reported and the others are still judged (exit code 2).
    """
    from include.settings import load_settings
    from tasks.typed_transcript import judge_transcript, summary_rows

    check_choice(stage, tuple(STAGES), "--stage")
    chosen = read_opening(opening, check_language(language))
    documents = [_document(resume)] if resume else []
    settings = load_settings()
    out_dir.mkdir(parents=True, exist_ok=True)
    judged: list[JudgedTranscript] = []
    failed: list[tuple[str, str]] = []
    names = _names(transcripts)
    with bars(quiet=as_json) as shown:
        step = shown.of("judge")
        for index, path in enumerate(transcripts):
            step(index / len(transcripts), path.name)
            try:
                data = read_file(path)
                one = judge_transcript(data, names[index], chosen, settings, stage=stage, documents=documents)  # type: ignore[arg-type]
            except TriviewError as error:
                failed.append((str(path), explained(error)))
                continue
            judged.append(one)
            (out_dir / f"{names[index]}.card.json").write_bytes(msgspec.json.format(msgspec.json.encode(one.card)))
        step(1.0)
    rows = summary_rows(judged)
    _write_csv(out_dir / SUMMARY, rows)
    if as_json:
        print_json({"cards": [one.card for one in judged], "failed": dict(failed), "summary": str(out_dir / SUMMARY)})
    else:
        _show(judged, out_dir)
    for name, why in failed:
        complain(f"{name}: {why}")
    if failed:
        raise typer.Exit(2)


def _names(paths: list[Path]) -> list[str]:
    """File stems; the full file name or a number is added where two would collide."""
    taken: set[str] = set()
    names = []
    for path in paths:
        name, n = path.stem, 1
        while name in taken:
            n += 1
            name = f"{path.stem}-{n}"
        taken.add(name)
        names.append(name)
    return names


def read_file(path: Path) -> bytes:
    """The bytes of `path`. Raises BadInput with the system's reason when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput("The file cannot be read.", f"{error.strerror}.") from error


def explained(error: TriviewError) -> str:
    """The error for whoever gave the file: with the labels found, which may be names and are in no error's text."""
    labels = error.labels if isinstance(error, SpeakersUnclear) else ()
    first: dict[str, int] = {}
    for line, label in labels:
        first.setdefault("".join(ch for ch in label if ch.isprintable()), line)
    shown = [f"'{label}' (line {line})" for label, line in list(first.items())[:MAX_LABELS_SHOWN]]
    more = f" and {len(first) - MAX_LABELS_SHOWN} more" if len(first) > MAX_LABELS_SHOWN else ""
    return f"{error} Labels found: {', '.join(shown)}{more}." if shown else str(error)


def _document(path: Path) -> Document:
    from include.interview.transcript.typed import decode_text

    return Document("resume", decode_text(read_file(path), path.name))


def _write_csv(path: Path, rows: list[dict[str, str | float | None]]) -> None:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)


def _show(judged: list[JudgedTranscript], out_dir: Path) -> None:
    for one in judged[:3]:
        out.print(card_view(one.card, one.name, "ko" if one.card.language == "ko" else "en"))
    if len(judged) > 3:
        out.print(f"… and {len(judged) - 3} more.")
    out.print(f"{len(judged)} card(s) and {SUMMARY} are in {out_dir}/. Only words were judged.")
