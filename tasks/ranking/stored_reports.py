"""Reports of rankings made after each ranking and kept encrypted, so that reading one renders nothing."""

from __future__ import annotations

import logging
from typing import Literal

from include.interview.errors import NotFound
from include.interview.records import Record
from include.storage import Stores
from tasks.ranking.mapping import mapped_groups
from tasks.ranking.reports import write_ranking_report

ATTEMPTS = 3
"""How often a report is made anew when another ranking is served meanwhile, before it is left to the next run."""
FORMS = {False: "named", True: "blind"}
"""Whether the report is blind -> the folder of its files' names."""
log = logging.getLogger(__name__)

Format = Literal["html", "pdf", "xlsx", "csv"]
Language = Literal["ko", "en"]


class ReportOutcome(Record, frozen=True):
    """What a run did with the report of an opening.

    `result`: "stored"; "unchanged", the report of the served ranking was there; "changed_meanwhile", the next run takes
    over; "deleted", there is no such opening any more, or nothing is served of it.
    """

    opening_id: str
    result: Literal["stored", "unchanged", "changed_meanwhile", "deleted"]


def openings_to_report(stores: Stores) -> list[list[str]]:
    """Openings whose served ranking has no report yet, each alone as long as Airflow can map so many."""
    return mapped_groups(stores.ranking_reports.due())


def report_openings(stores: Stores, opening_ids: list[str]) -> tuple[ReportOutcome, ...]:
    """Make and store the reports of these openings, where another one is due; one outcome per opening.

    Raises:
        WrongKey: another master key.
        ServiceFailure: database or storage cannot be used, or a font is missing (code "font_missing"); what was stored
            stays stored.
    """
    outcomes = tuple(_report(stores, opening) for opening in opening_ids)
    for one in outcomes:
        log.info("report of opening=%s: %s", one.opening_id, one.result)
    return outcomes


def stored_report(
    stores: Stores, opening_id: str, kind: Format, language: Language, *, blind: bool = False
) -> tuple[str, bytes]:
    """(snapshot id, bytes) of the stored report of the ranking that is served. The read is an audit entry.

    Args:
        language: of pages; the tables are one for both languages.
        blind: with ids of applications, and no name.

    Raises:
        NotFound: no such opening, or it was never ranked.
        BadInput: code "report_not_ready": the ranking that is served has no report yet.
        WrongKey: another master key.
    """
    stores.openings.get(opening_id)
    stores.rankings.served_id(opening_id)
    name = f"ranking.{kind}" if kind in ("xlsx", "csv") else f"ranking.{language}.{kind}"
    return stores.ranking_reports.read(opening_id, f"{FORMS[blind]}/{name}")


def rendered_files(stores: Stores, opening_id: str) -> dict[str, bytes]:
    """Name -> bytes of every file of the opening's report: of what is served now, with names and blind.

    Raises:
        NotFound: the opening was deleted, or nothing is served of it.
        ServiceFailure: a font is missing (code "font_missing"), or the disk is full.
    """
    files: dict[str, bytes] = {}
    for blind, form in FORMS.items():
        with stores.private_folder() as folder:
            for path in write_ranking_report(stores, opening_id, folder, blind=blind):
                files[f"{form}/{path.name}"] = path.read_bytes()
    return files


def _report(stores: Stores, opening_id: str) -> ReportOutcome:
    for _ in range(ATTEMPTS):
        try:
            source = stores.ranking_reports.source(opening_id)
            if stores.ranking_reports.is_stored(source):
                return ReportOutcome(opening_id, "unchanged")
            files = rendered_files(stores, opening_id)
        except NotFound:
            return ReportOutcome(opening_id, "deleted")
        # A ranking that was served once and replaced is never served again: with the same source before and after,
        # every file is of this snapshot.
        result = stores.ranking_reports.put(source, files)
        if result != "changed_meanwhile":
            return ReportOutcome(opening_id, result)
    return ReportOutcome(opening_id, "changed_meanwhile")
