"""`./triview measures`: how every measure is distributed over a folder of recordings, for setting one's own curves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.markup import escape
from rich.table import Table

from cli.console import bars, complain, out, print_json
from cli.options import Json, LanguageOption, Out, ProfileOption, check_language, check_profile, read_opening
from include.interview.assessment.distributions import PERCENTILES, Distribution, distributions, variance_shares
from include.interview.errors import BadInput, TriviewError
from include.interview.records import Measurements, Scorecard
from include.reporting.distributions import distributions_svg
from include.reporting.exports import Table as TableFile
from include.reporting.exports import export_folder, write_export

if TYPE_CHECKING:
    from include.settings import Settings

STORED, CARD = "measurements.json", "card.json"
"""What `./triview evaluate` wrote of an evaluation: it is read, and its recording is not evaluated again."""
SUFFIXES = frozenset(
    (".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi", ".wav", ".flac", ".mp3", ".m4a", ".ogg", ".opus")
)
TABLE, PICTURE = "measures.csv", "measures.svg"
BLOCKS = "▁▂▃▄▅▆▇█"
BINS = 12


class _One(msgspec.Struct, frozen=True):
    """One interview: its card and measurements."""

    card: Scorecard
    measurements: tuple[Measurements, ...]


def measures(
    folder: Annotated[Path, typer.Argument(help="Folder of recordings, or of what `evaluate` wrote (--out).")],
    language: LanguageOption = "auto",
    profile: ProfileOption = "standard",
    out_dir: Out = Path("out"),
    as_json: Json = False,
) -> None:
    """Show the distribution of every measure over the recordings of FOLDER: a table here, a CSV and a plot in OUT.

    Recordings are evaluated one by one, each as an interview of its own; where `evaluate` left its files, those are
    read. Scored measures are marked with the share of recordings at their ceiling (level 4.7 or above); from ten
    recordings on, measures whose parts have values of their own have an odd-even reliability. With at least
    three complete cards each criterion's share of the total's variance is shown. Nothing is set by this command: the
    quantiles of pitch variation are lines of include/judgement/pitch_quantiles.yaml.
    """
    from include.settings import load_settings

    if not folder.is_dir():
        raise BadInput(f"There is no folder {folder}.", "Give a folder of recordings.")
    read_opening(None, check_language(language))
    check_profile(profile)
    done: list[_One] = []
    failed: dict[str, str] = {}
    for name, one in _evaluations(folder, language, profile, load_settings(), quiet=as_json):
        if isinstance(one, _One):
            done.append(one)
        else:
            failed[name] = one
            complain(f"{name}: {one}")
    if not done:
        raise BadInput(
            f"No recording in {folder} could be measured.", f"Recordings end in {', '.join(sorted(SUFFIXES))}."
        )
    found = distributions([(one.measurements, one.card.language) for one in done], _level)
    shares = variance_shares([one.card for one in done])
    _write(export_folder(out_dir), found, len(done))
    if as_json:
        print_json({"recordings": len(done), "measures": found, "variance_shares": shares, "failed": failed})
    else:
        _show(found, shares, len(done), out_dir)
    if failed:
        raise typer.Exit(2)


def _evaluations(
    folder: Path, language: str, profile: str, settings: Settings, *, quiet: bool
) -> Iterator[tuple[str, _One | str]]:
    """Each evaluation in `folder` by name: what was stored, what was evaluated now, or why it could not be."""
    from tasks.ephemeral import evaluate_files

    for path in sorted(folder.rglob(STORED)):
        yield str(path.parent.relative_to(folder)), _stored(path)
    opening = read_opening(None, check_language(language))
    for path in sorted(p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES):
        try:
            with bars(quiet=quiet) as shown:
                one = evaluate_files(
                    [path], opening, settings, language=language, profile=profile, progress=shown.of, with_reports=False
                )
        except TriviewError as error:
            yield path.name, str(error)
        else:
            yield path.name, _One(one.card, one.measurements)


def _stored(path: Path) -> _One | str:
    try:
        measured = msgspec.json.decode(path.read_bytes(), type=tuple[Measurements, ...])
        card = msgspec.json.decode((path.parent / CARD).read_bytes(), type=Scorecard)
    except (OSError, msgspec.MsgspecError) as error:
        return f"What evaluate wrote there cannot be read ({error}). Evaluate the recording again."
    return _One(card, measured)


def _level(name: str, value: float, language: str) -> float | None:
    """The level of a scored nonverbal measure; None for all others."""
    from include.judgement.nonverbal import nonverbal_rules

    rule = next((r for r in nonverbal_rules() if r.measure == name), None)
    return None if rule is None else rule.level(value, language)


def _write(folder: Path, found: Sequence[Distribution], recordings: int) -> None:
    table = TableFile(folder / TABLE)
    for one in found:
        known = one.percentiles or (None,) * len(PERCENTILES)
        table.add(
            {
                "measure": f"{one.channel}.{one.name}",
                "unit": one.unit,
                "n": float(len(one.values)),
                **{f"p{p}": value for p, value in zip(PERCENTILES, known, strict=True)},
                "at_ceiling": one.ceiling,
                "odd_even": one.reliability,
                "withheld": " ".join(f"{reason}:{count}" for reason, count in sorted(one.withheld.items())),
            }
        )
    table.close()
    write_export(folder / PICTURE, distributions_svg(found, f"Measures of {recordings} recordings (* scored)"))


def _show(found: Sequence[Distribution], shares: dict[str, float], recordings: int, folder: Path) -> None:
    view = Table(title=f"{recordings} recordings", title_justify="left", show_edge=False, pad_edge=False)
    view.add_column("measure", no_wrap=True)
    for head in ("n", *(f"p{p}" for p in PERCENTILES), "≥ 4.7", "odd-even"):
        view.add_column(head, justify="right", no_wrap=True)
    view.add_column("", no_wrap=True)
    for one in found:
        numbers = [f"{value:.3g}" for value in one.percentiles] or [""] * len(PERCENTILES)
        ceiling = "" if one.ceiling is None else f"{one.ceiling:.0%}"
        reliable = "" if one.reliability is None else f"{one.reliability:.2f}"
        drawn = histogram(one.values) if one.values else escape(", ".join(sorted(one.withheld)))
        view.add_row(one.name, str(len(one.values)), *numbers, ceiling, reliable, drawn)
    out.print(view)
    for criterion, share in shares.items():
        out.print(f"{criterion}: {share:.1%} of the total's variance", highlight=False)
    out.print(f"{folder / TABLE} · {folder / PICTURE}", markup=False)


def histogram(values: Sequence[float]) -> str:
    """`values` in `BINS` bins from the lowest to the highest, as block characters; all in the first when equal."""
    low, high = min(values), max(values)
    counts = [0] * BINS
    for value in values:
        counts[min(BINS - 1, int(BINS * (value - low) / (high - low))) if high > low else 0] += 1
    return "".join(" " if not c else BLOCKS[min(len(BLOCKS) - 1, (len(BLOCKS) * c - 1) // max(counts))] for c in counts)
