"""The report of an opening's served ranking: HTML and PDF in both languages, CSV and XLSX, with the same numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from include.interview.insight.records import InsightTally
from include.interview.ranking.next_steps import next_steps
from include.interview.ranking.records import Snapshot
from include.interview.ranking.snapshots import changes
from include.reporting.exports import Cell, Table, export_folder, write_export
from include.reporting.ranking import (
    MOST_LISTED,
    RankingReport,
    ranking_rows,
    render_ranking_html,
    render_ranking_pdf,
)
from include.reporting.ranking_words import Earlier
from include.reporting.strings import LANGUAGES
from include.storage import Stores
from tasks.ranking.fairness import stages_recognised_worse
from tasks.ranking.progress import OpeningFacts, opening_facts, progress_of


def ranking_report(stores: Stores, opening_id: str, *, blind: bool = False) -> RankingReport:
    """What the report of the served ranking shows.

    Args:
        blind: applications keep their ids, and no name is read.

    Raises:
        NotFound: no such opening, or it was never ranked. WrongKey: another master key.
    """
    opening = stores.openings.get(opening_id)
    # By one id: another snapshot may be swapped in at any moment, and a report is of one.
    served = stores.rankings.served_id(opening_id)
    snapshot, state = stores.rankings.get(served), stores.rankings.state(opening_id)
    heads = {head.id: head.number for head in stores.rankings.list(opening_id)}
    before = earlier_snapshot(stores, heads, heads[served])
    found = () if before is None else changes(before[1], snapshot)
    ranked, apart = snapshot.ranking.candidates, snapshot.apart
    everybody = list(dict.fromkeys([*(one.id for one in ranked), *(one.id for one in apart), *(c.id for c in found)]))
    facts = opening_facts(stores, opening_id)
    progress = progress_of(stores, facts, snapshot, everybody)
    signed = stores.audit_heads.newest()
    return RankingReport(
        title=opening.title,
        snapshot_id=served,
        number=heads[served],
        snapshot=snapshot,
        names={} if blind else candidate_names(stores, opening_id, everybody),
        together=_together(snapshot),
        changes=found,
        failures={} if state is None else dict(state.failures),
        recognised_worse=stages_recognised_worse(stores, opening_id),
        earlier=None if before is None else Earlier(before[0], before[1].taken_at, before[1].weights, before[1].k),
        steps={identity: next_steps(one) for identity, one in progress.items()},
        insights=_tallies(facts, everybody),
        looked_at=datetime.now(UTC).isoformat(),
        audit_head=None if signed is None else signed.head,
    )


def write_ranking_report(stores: Stores, opening_id: str, folder: Path, *, blind: bool = False) -> list[Path]:
    """Write `ranking.{ko,en}.{html,pdf}`, `ranking.csv` and `ranking.xlsx` into `folder`, for this user only.

    All of them are made before any is written, so that what cannot be made leaves nothing behind.

    Returns:
        The files' paths.

    Raises:
        NotFound: no such opening, or it was never ranked. OSError: the folder cannot be written.
    """
    report = ranking_report(stores, opening_id, blind=blind)
    return write_report(
        folder,
        "ranking",
        lambda language: render_ranking_html(report, language),
        lambda language: render_ranking_pdf(report, language),
        ranking_rows(report),
    )


def write_report(
    folder: Path,
    name: str,
    html: Callable[[str], str],
    pdf: Callable[[str], bytes],
    rows: Sequence[Mapping[str, Cell]],
) -> list[Path]:
    """Write `NAME.{ko,en}.{html,pdf}`, `NAME.csv` and `NAME.xlsx` into `folder`, for this user only.

    All pages are made before any is written, so that what cannot be made leaves nothing behind.

    Args:
        html: language -> page. pdf: language -> the same on paper. rows: of both tables.

    Returns:
        The files' paths.

    Raises:
        OSError: the folder cannot be written.
    """
    made: dict[str, bytes] = {}
    for language in LANGUAGES:
        made[f"{name}.{language}.html"] = html(language).encode()
        made[f"{name}.{language}.pdf"] = pdf(language)
    export_folder(folder)
    for file, data in made.items():
        write_export(folder / file, data)
    write_tables(folder, name, rows)
    return [folder / file for file in (*made, f"{name}.csv", f"{name}.xlsx")]


def write_tables(folder: Path, name: str, rows: Sequence[Mapping[str, Cell]]) -> None:
    """Write `rows` as `NAME.csv` and `NAME.xlsx` into `folder`, for this user only.

    Raises:
        OSError: the folder cannot be written.
    """
    table = Table(folder / f"{name}.csv")
    for row in rows:
        table.add(row)
    table.close()


def _together(snapshot: Snapshot) -> dict[str, tuple[str, ...]]:
    """Application -> the first of those it cannot be told apart from: all lists of 10,000 people fill a gigabyte."""
    from include.statistics.ranking import not_apart_firsts

    firsts = not_apart_firsts(snapshot.ranking, MOST_LISTED)
    return {one.id: others for one, others in zip(snapshot.ranking.candidates, firsts, strict=True)}


def earlier_snapshot(stores: Stores, heads: Mapping[str, int], number: int) -> tuple[int, Snapshot] | None:
    """The snapshot before `number` with its own number; None before the first.

    Args:
        heads: snapshot id -> number, of the opening.
    """
    earlier = max(((found, identity) for identity, found in heads.items() if found < number), default=None)
    return None if earlier is None else (earlier[0], stores.rankings.get(earlier[1]))


def _tallies(facts: OpeningFacts, wanted: Iterable[str]) -> dict[str, InsightTally]:
    """Application -> how many insights its newest interview with insights has."""
    found = {}
    for identity in wanted:
        for interview in facts.interviews.get(identity, ()):
            if interview.id in facts.tallies:
                found[identity] = facts.tallies[interview.id]
    return found


def candidate_names(stores: Stores, opening_id: str, wanted: Iterable[str]) -> dict[str, str]:
    """Names by application, read at once; somebody erased has none."""
    of = {one.id: one.candidate_id for one in stores.applications.list(opening_id=opening_id)}
    people = {identity: of[identity] for identity in wanted if identity in of}
    known = stores.candidates.some(people.values())
    return {identity: known[candidate].name for identity, candidate in people.items() if candidate in known}
