"""The report of an opening's served ranking: HTML and PDF in both languages, CSV and XLSX, with the same numbers."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from include.interview.errors import NotFound
from include.interview.ranking.records import Change, Snapshot
from include.interview.ranking.snapshots import changes
from include.reporting.exports import Table, export_folder, write_export
from include.reporting.ranking import RankingReport, ranking_rows, render_ranking_html, render_ranking_pdf
from include.reporting.strings import LANGUAGES
from include.storage import Stores
from tasks.ranking.fairness import stages_recognised_worse


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
    everybody = [one.id for one in snapshot.ranking.candidates] + [one.id for one in snapshot.apart]
    return RankingReport(
        title=opening.title,
        snapshot_id=served,
        number=heads[served],
        snapshot=snapshot,
        names={} if blind else _names(stores, opening_id, everybody),
        together=_together(snapshot),
        changes=_changes(stores, snapshot, heads, heads[served]),
        failures={} if state is None else dict(state.failures),
        recognised_worse=stages_recognised_worse(stores, opening_id),
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
    made: dict[str, bytes] = {}
    for language in LANGUAGES:
        made[f"ranking.{language}.html"] = render_ranking_html(report, language).encode()
        made[f"ranking.{language}.pdf"] = render_ranking_pdf(report, language)
    rows = ranking_rows(report)
    export_folder(folder)
    for name, data in made.items():
        write_export(folder / name, data)
    table = Table(folder / "ranking.csv")
    for row in rows:
        table.add(row)
    table.close()
    return [folder / name for name in (*made, "ranking.csv", "ranking.xlsx")]


def _together(snapshot: Snapshot) -> dict[str, tuple[str, ...]]:
    from include.statistics.ranking import not_apart_lists

    lists = not_apart_lists(snapshot.ranking)
    return {one.id: tuple(others) for one, others in zip(snapshot.ranking.candidates, lists, strict=True)}


def _changes(stores: Stores, snapshot: Snapshot, heads: dict[str, int], number: int) -> tuple[Change, ...]:
    earlier = max((one for one in heads.values() if one < number), default=None)
    if earlier is None:
        return ()
    (before,) = (identity for identity, found in heads.items() if found == earlier)
    return tuple(changes(stores.rankings.get(before), snapshot))


def _names(stores: Stores, opening_id: str, wanted: Iterable[str]) -> dict[str, str]:
    """Names by application; somebody erased has none."""
    of = {one.id: one.candidate_id for one in stores.applications.list(opening_id=opening_id)}
    names = {}
    for application_id in wanted:
        try:
            names[application_id] = stores.candidates.get(of[application_id]).name
        except (KeyError, NotFound):
            continue
    return names
