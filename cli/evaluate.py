"""`./triview evaluate`: recordings to cards in this process, through the same steps as the DAG."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from cli.cards import card_view
from cli.console import bars, complain, out, print_json
from cli.options import (
    Json,
    LanguageOption,
    OpeningFile,
    Out,
    ProfileOption,
    check_language,
    check_profile,
    document_files,
    file_names,
    read_opening,
)
from include.interview.errors import TriviewError
from include.reporting.exports import Table, export_folder, write_export

if TYPE_CHECKING:
    from tasks.ephemeral import Evaluated

SUMMARY = "evaluations.csv"


def evaluate(
    videos: Annotated[list[Path], typer.Argument(help="Recordings (video or audio).")],
    opening: OpeningFile = None,
    language: LanguageOption = "auto",
    profile: ProfileOption = "standard",
    together: Annotated[
        bool, typer.Option("--together", help="The files are one interview, one recording per question.")
    ] = False,
    resume: Annotated[Path | None, typer.Option("--resume", help="Résumé (text, Markdown, PDF, .docx, .hwpx).")] = None,
    cover_letter: Annotated[
        Path | None, typer.Option("--cover-letter", help="자기소개서 (text, Markdown, PDF, .docx, .hwpx).")
    ] = None,
    out_dir: Out = Path("out"),
    as_json: Json = False,
) -> None:
    """Evaluate VIDEOS with the steps of the DAG, in this process, and write cards and reports to OUT.

    By running this you attest that each candidate consented to recording and evaluation under the profile; the
    attestation is what the run's consent records say. Working data lives encrypted in a temporary store that is
    removed at the end; only what is written to OUT remains.
    """
    from include.settings import load_settings
    from tasks.ephemeral import evaluate_files, summary_row

    chosen = read_opening(opening, check_language(language))
    check_profile(profile)
    settings = load_settings()
    documents = document_files(resume, cover_letter)
    groups = [videos] if together else [[v] for v in videos]
    names = file_names([group[0] for group in groups])
    export_folder(out_dir)
    table = Table(out_dir / SUMMARY)
    done: list[tuple[str, Evaluated]] = []
    failed: list[tuple[str, str]] = []
    written_at = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z")
    for name, group in zip(names, groups, strict=True):
        try:
            with bars(quiet=as_json) as shown:
                one = evaluate_files(
                    group,
                    chosen,
                    settings,
                    language=language,
                    profile=profile,
                    documents=documents,
                    progress=shown.of,
                    created_at=written_at,
                )
        except TriviewError as error:
            failed.append((name, str(error)))
            table.add({"file": name, "status": "failed", "error": str(error)})
            complain(f"{name}: {error}")
            continue
        done.append((name, one))
        _write(out_dir / name, one)
        table.add(summary_row(name, one))
        if not as_json:
            out.print(card_view(one.card, name, "ko" if one.card.language == "ko" else "en"))
            out.print(f"report: {out_dir / name / 'report.ko.html'} · report.en.html · PDF beside them\n", markup=False)
    table.close()
    if as_json:
        print_json({"cards": {name: one.card for name, one in done}, "failed": dict(failed)})
    if failed:
        raise typer.Exit(2)


def _write(folder: Path, one: Evaluated) -> None:
    export_folder(folder)
    for name, record in (("card", one.card), ("transcript", one.transcript), ("measurements", one.measurements)):
        write_export(folder / f"{name}.json", msgspec.json.format(msgspec.json.encode(record)))
    for name, data in one.reports.items():
        write_export(folder / name, data)
    write_export(folder / "timings.json", msgspec.json.format(msgspec.json.encode(one.seconds)))
