"""The published fairness report of an opening, or of all: HTML and PDF in both languages, CSV and XLSX."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from include.interview.errors import NotFound
from include.interview.fairness.records import PublishedReport
from include.interview.records import Bilingual
from include.reporting.exports import Table
from include.reporting.fairness import render_fairness_html, render_fairness_pdf
from include.reporting.fairness_tables import fairness_rows
from include.storage import Stores
from tasks.ranking.reports import write_report

TableKind = Literal["csv", "xlsx"]
NAME = "fairness"


def newest_reports(stores: Stores, opening_id: str | None) -> tuple[Bilingual | None, list[PublishedReport]]:
    """The opening's title (None: all openings together) and its newest published reports, one per subject.

    Raises:
        NotFound: no such opening.
    """
    title = None if opening_id is None else stores.openings.get(opening_id).title
    return title, list(stores.fairness_reports.newest(opening_id))


def write_fairness_report(stores: Stores, opening_id: str | None, folder: Path) -> list[Path]:
    """Write `fairness.{ko,en}.{html,pdf}`, `fairness.csv` and `fairness.xlsx` into `folder`, for this user only.

    Only what was published is read: no declaration, and no count under 5.

    Returns:
        The files' paths.

    Raises:
        NotFound: no such opening, or nothing was published yet. OSError: the folder cannot be written.
    """
    title, reports = newest_reports(stores, opening_id)
    if not reports:
        raise NotFound("No fairness report was published yet.", "The DAG fairness_report publishes it every week.")
    return write_report(
        folder,
        NAME,
        lambda language: render_fairness_html(title, reports, language),
        lambda language: render_fairness_pdf(title, reports, language),
        fairness_rows(reports),
    )


def fairness_table(stores: Stores, opening_id: str | None, kind: TableKind) -> bytes:
    """The bytes of the CSV or XLSX file of the newest published reports; without rows before the first.

    Raises:
        NotFound: no such opening.
    """
    _, reports = newest_reports(stores, opening_id)
    with stores.private_folder() as folder:
        table = Table(folder / f"{NAME}.csv")
        for row in fairness_rows(reports):
            table.add(row)
        table.close()
        return (folder / f"{NAME}.{kind}").read_bytes()
