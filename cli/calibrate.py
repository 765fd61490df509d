"""`./triview calibrate`: how the offline judge's levels go with people's, and what other scales would change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.markup import escape
from rich.table import Table

from cli.console import complain, out, print_json
from cli.options import Json, OpeningFile, check_choice, read_file, read_opening, read_table_file
from include.interview.agreement.calibration import CalibratedCriterion, scales_of
from include.interview.agreement.records import MACHINE, Estimate, RatedLevel
from include.interview.errors import BadInput, TriviewError
from include.interview.records import JudgeScales, Opening, Scale
from include.interview.stages import STAGES

if TYPE_CHECKING:
    from include.interview.records import Stage


def calibrate(
    ratings: Annotated[Path, typer.Argument(help="CSV with the columns candidate, rater, criterion, level (1 to 5).")],
    transcripts: Annotated[
        Path, typer.Option("--transcripts", help="Folder of transcripts, each called like its candidate in RATINGS.")
    ],
    stage: Annotated[str, typer.Option("--stage", help="Whose rubric: ai, practical or executive.")] = "ai",
    opening: OpeningFile = None,
    write: Annotated[
        Path | None, typer.Option("--write", metavar="FILE", help="Write the new judge version to FILE (JSON).")
    ] = None,
    as_json: Json = False,
) -> None:
    """How the offline judge's levels go with people's, and what other scales would change.

    Per criterion: r, ICC and quadratic weighted kappa with intervals, and the error of a new centre and width on people
    who were left out of the fit. Nothing is changed: only --write makes a file, and only an opening that carries it as
    `judge_scales` is judged by it. Transcripts that cannot be judged are named (exit code 2).
    """
    check_choice(stage, tuple(STAGES), "--stage")
    judged_stage = next(known for known in STAGES if known == stage)
    chosen = msgspec.structs.replace(read_opening(opening), judge_scales=None)
    rated = _read(ratings)
    machine, failed = _judged(transcripts, {r.candidate for r in rated}, chosen, judged_stage)
    from include.judgement.criterion_profiles import PROFILES
    from include.judgement.offline import OFFLINE_VERSION
    from include.statistics.calibration import calibrations

    scales = {name: Scale(centre=p.centre, width=p.width) for name, p in PROFILES.items()}
    found = calibrations([*rated, *machine], scales)
    version = scales_of(OFFLINE_VERSION, found)
    if write is not None:
        _write(write, version)
    if as_json:
        print_json(
            {
                "criteria": found,
                "judge_scales": version,
                "written": None if write is None else str(write),
                "failed": failed,
            }
        )
    else:
        _show(found, version, write)
    for name, why in failed.items():
        complain(f"{name}: {why}")
    if failed:
        raise typer.Exit(2)


def _read(ratings: Path) -> list[RatedLevel]:
    from include.interview.agreement.ratings_file import read_ratings

    return [r for r in read_ratings(read_table_file(ratings), ratings.name) if r.rater != MACHINE]


def _judged(
    folder: Path, candidates: set[str], opening: Opening, stage: Stage
) -> tuple[list[RatedLevel], dict[str, str]]:
    """The judge's levels of the transcripts of `candidates`, and why others could not be judged, by file name."""
    from include.settings import JudgeSettings, load_settings
    from tasks.typed_transcript import judge_transcript

    if not folder.is_dir():
        raise BadInput(f"{folder.name} is no folder.", "Give the folder that holds the transcripts.")
    files = [path for path in sorted(folder.iterdir()) if path.is_file() and path.stem in candidates]
    if not files:
        raise BadInput(
            f"No file in {folder.name} is called like a candidate of the ratings.",
            "Name each transcript after its candidate: ratings of c01 belong to c01.txt.",
        )
    settings = msgspec.structs.replace(load_settings(), judge=JudgeSettings(kind="offline"))
    levels, failed = [], {}
    for path in files:
        try:
            card = judge_transcript(read_file(path), path.name, opening, settings, stage=stage).card
        except TriviewError as error:
            failed[path.name] = str(error)
            continue
        levels += [RatedLevel(path.stem, MACHINE, c.criterion, c.level) for c in card.criteria if c.level is not None]
    return levels, failed


def _write(path: Path, version: JudgeScales) -> None:
    if not version.scales:
        raise BadInput(
            "No scale brings people it was not fitted to nearer, so there is no judge version to write.",
            "Rate more candidates, or keep the judge as it is.",
        )
    from include.reporting.exports import write_export

    write_export(path, msgspec.json.format(msgspec.json.encode(version)))


def _estimate(one: Estimate | None) -> str:
    if one is None or one.value is None:
        return "–"
    return f"{one.value:.2f}" + (f" [{one.interval[0]:.2f}, {one.interval[1]:.2f}]" if one.interval else "")


def _show(found: tuple[CalibratedCriterion, ...], version: JudgeScales, written: Path | None) -> None:
    table = Table("criterion", "n", "r", "ICC(2,1)", "kappa", "error", "error, unseen people", "centre, width")
    for one in found:
        agreed, fit = one.agreement, one.fit
        table.add_row(
            one.criterion, str(one.candidates), _estimate(one.correlation),
            _estimate(agreed.icc_2_1 if agreed else None), _estimate(agreed.kappa if agreed else None),
            f"{fit.error_before:.2f}" if fit else "–", f"{fit.error_unseen:.2f}" if fit else "–",
            f"{fit.scale.centre:.3f}, {fit.scale.width:.3f}" if fit else escape(one.reason.en if one.reason else "–"),
        )  # fmt: skip
    out.print(table)
    if written is not None:
        out.print(f"Judge version {version.version} in {escape(str(written))}. An opening is judged by it when it says")
        out.print("`judge_scales:` with the content of that file. No card and no opening was changed.")
    elif version.scales:
        out.print(f"New scales would help: {', '.join(version.scales)}. --write FILE keeps them; nothing was changed.")
    else:
        out.print("No new scale would bring people it was not fitted to nearer. Nothing was changed.")
