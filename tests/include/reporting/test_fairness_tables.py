"""The fairness tables: the published figures and no others; no cell under 5, and nothing by which one is found."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import msgspec
import pytest

from include.interview.fairness.records import BELOW, SMALLEST_CELL, Person, PublishedReport, Sample
from include.interview.records import Bilingual
from include.reporting.exports import Table
from include.reporting.fairness import WITHHELD, render_fairness_html
from include.reporting.fairness_tables import fairness_rows
from include.statistics.fairness import fairness_report
from tests.include.reporting.test_ranking_page import sheet_of
from tests.support.fairness_samples import published

pytestmark = pytest.mark.unit
COUNTS = ("n", "count", "not_declared")
"""Columns that count people."""


@pytest.fixture(scope="module")
def reports() -> list[PublishedReport]:
    return published()


def small() -> PublishedReport:
    """Groups of forty, twelve and three, with few or none chosen in the smaller ones."""
    people = [Person(("female",), i % 2 == 0, None) for i in range(40)]
    people += [Person(("male",), i < 2, None) for i in range(12)]
    people += [Person(("another",), i == 0, None) for i in range(3)]
    report = fairness_report(Sample(("sex",), tuple(people)))
    return PublishedReport("0" * 8, "opening", "decisions", "2026-11-23T03:00:00+00:00", report)


def test_no_cell_counts_fewer_than_five_people(reports: list[PublishedReport]) -> None:
    rows = fairness_rows([*reports, small()])
    counted = [row[column] for row in rows for column in COUNTS if row.get(column) is not None]
    assert len(counted) > 50
    assert not [cell for cell in counted if isinstance(cell, int) and 0 < cell < SMALLEST_CELL]
    groups = [row[column] for row in rows for column in ("n", "count")]
    assert 0 not in groups, "that nobody was chosen is a small number too; that everybody declared is not"
    assert {cell for cell in counted if not isinstance(cell, int)} <= {BELOW, WITHHELD}
    assert BELOW in counted
    for row in rows:
        if row.get("count") in (BELOW, WITHHELD):
            assert row["rate"] is None, "a rate gives its count away"
            assert row["shortfall"] is None
            low, high = row["count_from"], row["count_to"]
            assert low is None or high - low >= 2, "three values at the least"


def test_the_small_group_of_a_sample_is_in_no_cell() -> None:
    rows = {row["group"]: row for row in fairness_rows([small()])}
    assert (rows["another"]["n"], rows["another"]["rate"]) == (BELOW, None)
    cells = {cell for row in rows.values() for name, cell in row.items() if name in COUNTS}
    assert not cells & {1, 2, 3}, "neither the group nor who was chosen of it"


def test_rows_hold_the_figures_of_the_records_as_exact_as_the_page(
    reports: list[PublishedReport], tmp_path: Path
) -> None:
    table = Table(tmp_path / "fairness.csv")
    for row in fairness_rows(reports):
        table.add(row)
    table.close()
    written = list(csv.DictReader(io.StringIO((tmp_path / "fairness.csv").read_text("utf-8-sig"))))
    workbook = sheet_of(tmp_path / "fairness.xlsx")
    assert len(written) == len(workbook)
    html = render_fairness_html(Bilingual("공고", "Opening"), reports, "en")
    page = re.sub(r"<[^>]+>", " ", html).replace("\u00a0", " ")
    by_place = {(row["subject"], row["attributes"], row["group"], row["outcome"]): row for row in written}
    checked = 0
    for report in reports:
        for grouping in report.report.groupings:
            for group in grouping.groups:
                if group.selection is None:
                    continue
                outcome = "recognised" if report.subject.endswith("recognition") else "selected"
                row = by_place[report.subject, grouping.attributes[0], group.group, outcome]
                assert row["n"] == ("·" if group.n is None else str(group.n))
                assert (row["report"], row["data_of"]) == (report.id, report.published_at)
                assert (row["look"] == "yes") == group.selection.flag
                if group.selection.rate is not None:
                    assert float(row["rate"]) == pytest.approx(group.selection.rate, abs=5e-4)
                    assert f"{100 * float(row['rate']):.1f} %" in page
                if group.selection.interval is not None:
                    spread = f"({float(row['impact_ratio_from']):.2f}–{float(row['impact_ratio_to']):.2f})"
                    assert f"{float(row['impact_ratio']):.2f} {spread}" in page
                    checked += 1
    assert checked >= 2
    for row, line in zip(written, workbook, strict=True):
        assert {k for k, v in row.items() if v} == set(line)
        assert [row[name] for name in ("subject", "group", "n", "look")] == [
            line[name] for name in ("subject", "group", "n", "look")
        ]


def test_a_withheld_grouping_says_so_in_one_row() -> None:
    report = small().report
    (grouping,) = report.groupings
    report = msgspec.structs.replace(report, groupings=(msgspec.structs.replace(grouping, withheld=True),))
    rows = fairness_rows([PublishedReport("r", None, "ai", "2026-11-23", report)])
    assert [(row["group"], row.get("n")) for row in rows] == [(WITHHELD, None)]
