"""The ranking report: the same numbers on page, paper, and in both tables, each beside where it comes from."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import msgspec
import pytest

from include.interview.assessment.rubric import load_rubric
from include.interview.insight.records import InsightTally
from include.interview.privacy.audit_heads import AuditHead
from include.interview.ranking.next_steps import ApplicationProgress, StageProgress, next_steps
from include.interview.ranking.records import (
    APART_REASONS,
    Apart,
    Change,
    RankedCandidate,
    Ranking,
    Snapshot,
)
from include.interview.records import Bilingual
from include.reporting.exports import Table
from include.reporting.ranking import (
    RankingReport,
    named,
    ranking_rows,
    render_ranking_html,
    render_ranking_pdf,
)
from include.reporting.ranking_words import Earlier
from include.reporting.scorecard import own_style_policy
from include.reporting.strings import LANGUAGES

pytestmark = pytest.mark.unit
TAKEN = "2026-11-29T02:00:00+00:00"
SNAPSHOT = "44645e53-8bd5-4056-a4f1-70a38e262d06"


def candidate(identity: str, rank: int, composite: float, best: int, worst: int, top: float) -> RankedCandidate:
    return RankedCandidate(
        identity, rank, composite, 3.26, best, worst, top, 1.0 - rank / 10, {"ai": composite * 0.4, "practical": 31.04}
    )


def progress(ranked: RankedCandidate | None, state: str = "published", **changed: object) -> ApplicationProgress:
    ai, practical = load_rubric("ai", "1"), load_rubric("practical", "1")
    return ApplicationProgress((StageProgress(ai, "published"), StageProgress(practical, state, **changed)), 2, ranked)


@pytest.fixture
def report() -> RankingReport:
    ranked = (
        candidate("a-1", 1, 81.26, 1, 1, 0.98),
        candidate("a-2", 2, 70.04, 2, 3, 0.61),
        candidate("a-3", 2, 68.96, 2, 3, 0.41),
    )
    weights = {"ai": 40.0, "practical": 60.0}
    snapshot = Snapshot(
        "backend", TAKEN, "1", None, weights, 2, (), "0" * 64, Ranking(ranked, 2, "exact", 2.0, weights),
        tuple(Apart(f"x-{n}", reason, "practical" if n == 0 else None) for n, reason in enumerate(APART_REASONS)),
        {"volume_against_yesterday": 7},
    )  # fmt: skip
    return RankingReport(
        Bilingual("백엔드 개발자", "Backend engineer"), SNAPSHOT, 12, snapshot,
        names={"a-1": "김하늘", "a-2": "<b>Ann</b> & Co", "x-0": "=cmd()"},
        together={"a-1": (), "a-2": ("a-3",), "a-3": ("a-2",)},
        changes=(
            Change("a-1", "new_card", candidate("a-1", 3, 60.0, 2, 3, 0.2), ranked[0]),
            Change("a-2", "entered", None, ranked[1]),
            Change("gone", "left", candidate("gone", 1, 90.0, 1, 1, 1.0), None),
        ),
        failures={"total_equals_recomputed": 1},
        recognised_worse=("practical",),
        earlier=Earlier(11, "2026-11-28T02:00:00+00:00", {"ai": 50.0, "practical": 50.0}, 3),
        steps={
            "a-1": next_steps(progress(ranked[0], to_ask=2)),
            "a-2": next_steps(progress(ranked[1])),
            "a-3": next_steps(progress(ranked[2], divergent=("answer_quality",))),
            "x-0": next_steps(progress(None, state="missing")),
        },
        insights={"a-1": InsightTally(4, 1, 2)},
        looked_at="2026-11-29T09:12:00+00:00",
    )  # fmt: skip


def cells(page: str, table: int = 1) -> list[list[str]]:
    """The cells of the page's table of that number: 1 ranked, 2 what comes next for them, 3 who is apart."""
    body = page.split("<tbody>")[table].split("</tbody>")[0]
    return [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL) for row in body.split("<tr>")[1:]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_and_every_reason_is_on_the_page(report: RankingReport, language: str) -> None:
    page = render_ranking_html(report, language)
    rows = cells(page)
    # 81.26, 70.04 and 68.96 to one place; 40 % of them as the first stage's contribution.
    assert [row[:4] for row in rows] == [
        ["1", "김하늘", "81.3 ± 3.3", "1"],
        ["2", "&lt;b&gt;Ann&lt;/b&gt; &amp; Co", "70.0 ± 3.3", "2–3"],
        ["2", "a-3", "69.0 ± 3.3", "2–3"],
    ]
    assert [row[4].replace("\u00a0", " ") for row in rows] == ["98 %", "61 %", "41 %"]
    assert [row[6:9] for row in rows] == [["32.5", "31.0", "0"], ["28.0", "31.0", "1"], ["27.6", "31.0", "1"]]
    assert "2–3" in rows[0][9], "where the candidate was before"
    assert rows[2][9] == ""
    assert "40 %" in page
    assert "60 %" in page
    worse = {"ko": "덜 정확하게 인식되었습니다", "en": "was recognised worse"}[language]
    for said in (worse, TAKEN[:10], SNAPSHOT, "volume_against_yesterday", "total_equals_recomputed", "gone"):
        assert said in page
    assert "2026-11-29 09:12" in page
    apart = cells(page, 3)
    assert len(apart) == len(APART_REASONS)
    assert not [reason for reason in APART_REASONS if "_" in reason and reason in page], "reasons are sentences"
    assert apart[0][0] == "=cmd()"
    assert {"ko": "(실무 면접)", "en": "(Practical interview)"}[language] in apart[0][1], "the missing stage is named"
    assert {"ko": "다음 단계: 실무 면접", "en": "Practical interview next"}[language] in apart[0][2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_comes_next_stands_beside_whom_nobody_can_tell_apart(report: RankingReport, language: str) -> None:
    rows = cells(render_ranking_html(report, language), 2)
    assert [row[:2] for row in rows] == [
        ["김하늘", ""],
        ["&lt;b&gt;Ann&lt;/b&gt; &amp; Co", "a-3"],
        ["a-3", "&lt;b&gt;Ann&lt;/b&gt; &amp; Co"],
    ]
    said = {
        "ko": ("지원자에게 물어보기", "근거를 나란히 보기", "답변의 질 항목에 두 번째 평가자 필요"),
        "en": ("Ask the candidate", "Compare the evidence", "second rater needed for Quality of answers"),
    }[language]
    assert all(one in row[2] for one, row in zip(said, rows, strict=True))
    assert all("<small>" in row[2] for row in rows), "every step has its ground"
    assert [row[3] for row in rows] == [{"ko": "4 (결정 전 1)", "en": "4 (1 undecided)"}[language], "", ""]


def test_changes_since_the_last_ranking_name_it_its_weights_and_the_causes(report: RankingReport) -> None:
    page = re.sub(r"<[^>]+>", " ", render_ranking_html(report, "en"))
    for said in (
        "number 11, data of 2026-11-28 02:00 UTC",
        "AI interview 50 %, Practical interview 50 % → AI interview 40 %, Practical interview 60 %",
        "The places changed: 3 → 2",
        "new card: 1",
        "entered: 1",
        "left: 1",
    ):
        assert said in page
    import msgspec

    first = msgspec.structs.replace(report, earlier=None, changes=())
    assert "Since the last ranking</h2>" not in render_ranking_html(first, "en")


def test_many_names_in_one_cell_are_counted() -> None:
    assert named(["a", "b", "c"], {"a": "Ann"}, 2) == "Ann; b (+1)"
    assert named(["a", "b"], {}, 2) == "a; b"
    assert named(["a", "b"], {}, 2, 9_000) == "a; b (+8998)"


def test_a_rank_set_is_drawn_from_its_best_to_its_worst_rank(report: RankingReport) -> None:
    page = render_ranking_html(report, "en")
    bars = re.findall(r'<rect[^>]*? x="([\d.]+)%" width="([\d.]+)%"', page)
    # The axis has three ranks, each a third of the width; a bar leaves a tenth of a rank free on both sides.
    assert [(float(x), float(width)) for x, width in bars] == [
        pytest.approx((100 / 30, 80 / 3), abs=0.01),
        pytest.approx((100 / 3 + 100 / 30, 180 / 3), abs=0.01),
        pytest.approx((100 / 3 + 100 / 30, 180 / 3), abs=0.01),
    ]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_signed_end_of_the_audit_trail_is_printed_as_the_command_takes_it(
    report: RankingReport, language: str
) -> None:
    head = AuditHead(4711, "ab" * 32, "2026-11-29T03:30:00+00:00")
    signed = msgspec.structs.replace(report, audit_head=head)
    assert f"4711:{'ab' * 32}" in render_ranking_html(signed, language)


def test_the_page_loads_nothing_and_runs_nothing(report: RankingReport) -> None:
    page = render_ranking_html(report, "ko")
    assert "<script" not in page
    assert not re.search(r'(?:src|href)="(?!#)', page)
    assert own_style_policy().startswith("default-src 'none'")


def test_one_candidate_and_nobody_have_a_page_without_a_picture(report: RankingReport) -> None:
    import msgspec

    for count in (0, 1):
        ranking = msgspec.structs.replace(
            report.snapshot.ranking, candidates=report.snapshot.ranking.candidates[:count]
        )
        snapshot = msgspec.structs.replace(report.snapshot, ranking=ranking)
        page = render_ranking_html(msgspec.structs.replace(report, snapshot=snapshot), "en")
        assert "<svg" not in page
        assert ("Nobody can be ranked yet" in page) == (count == 0)


def sheet_of(path: Path) -> list[dict[str, str]]:
    """The rows of a workbook's first sheet, by the names in its first row; cells without a value are left out."""
    space = {"s": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    with zipfile.ZipFile(path) as book:
        shared = ET.fromstring(book.read("xl/sharedStrings.xml"))  # noqa: S314 - our own file
        texts = ["".join(part.text or "" for part in item.iter(f"{{{space['s']}}}t")) for item in shared]
        sheet = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314
    found: list[dict[str, str]] = []
    for row in sheet.iterfind(".//s:row", space):
        values = {}
        for cell in row.iterfind("s:c", space):
            value = cell.findtext("s:v", "", space)
            column = cell.attrib["r"].rstrip("0123456789")
            values[column] = texts[int(value)] if cell.get("t") == "s" else value
        found.append(values)
    header, *rows = found
    return [{header[column]: value for column, value in row.items()} for row in rows]


@pytest.mark.slow
def test_tables_and_paper_have_the_numbers_of_the_page(report: RankingReport, tmp_path: Path) -> None:
    table = Table(tmp_path / "ranking.csv")
    for row in ranking_rows(report):
        table.add(row)
    table.close()
    written = list(csv.DictReader(io.StringIO((tmp_path / "ranking.csv").read_text("utf-8-sig"))))
    workbook = sheet_of(tmp_path / "ranking.xlsx")
    shown = cells(render_ranking_html(report, "en"))
    assert len(shown) == 3
    assert len(written) == len(workbook) == len(shown) + len(APART_REASONS)
    for row, spread, line in zip(shown, written[:3], workbook[:3], strict=True):
        best, worst = int(spread["rank_best"]), int(spread["rank_worst"])
        assert row[0] == spread["rank"] == line["rank"]
        for one in (spread, line):
            assert row[2] == f"{float(one['composite']):.1f} ± {float(one['sem']):.1f}"
            assert row[4].removesuffix("\u00a0%") == f"{100 * float(one['p_top_k']):.0f}"
            assert row[3] == (one["rank_best"] if best == worst else f"{best}–{worst}")
            assert row[5].removesuffix("\u00a0%") == f"{100 * float(one['sensitivity']):.0f}"
            assert row[6:8] == [f"{float(one[f'{stage}_points']):.1f}" for stage in ("ai", "practical")]
            assert one["not_apart_from"] == row[8]
            assert (float(one["ai_weight"]), float(one["practical_weight"])) == (40.0, 60.0)
            assert one["recognised_worse"] == "practical"
            assert (one["snapshot"], one["data_of"]) == (SNAPSHOT, TAKEN)
    assert [row["reason_apart"] for row in written[len(shown) :]] == list(APART_REASONS)
    assert [row["change"] for row in written[:3]] == ["new_card", "entered", ""]
    assert [row["next_step"] for row in written[:4]] == [
        "ask_about_statements",
        "compare_evidence",
        "second_rater",
        "next_interview",
    ]
    assert [row["not_apart"] for row in written[:3]] == ["", "a-3", "<b>Ann</b> & Co"]
    assert (written[0]["insights_approved"], written[0]["insights_undecided"]) == ("4", "1")
    assert written[3]["stage_apart"] == workbook[3]["stage_apart"] == "practical"
    assert written[3]["candidate"] == "'=cmd()", "a spreadsheet runs nothing"


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_paper_has_the_numbers_of_the_page_and_carries_its_fonts(report: RankingReport, language: str) -> None:
    from pypdf import PdfReader

    shown = cells(render_ranking_html(report, language))
    reader = PdfReader(io.BytesIO(render_ranking_pdf(report, language)))
    pages = [page.extract_text() for page in reader.pages]
    assert all(SNAPSHOT in text and TAKEN[:10] in text for text in pages), "date and snapshot are on every page"
    paper = " ".join("".join(pages).split())
    assert len(shown) == 3
    for row in shown:
        assert all(figure.replace("\u00a0", " ") in paper for figure in row[2:8])
    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]
    assert fonts
    inner = [child.get_object() for font in fonts for child in font["/DescendantFonts"]]
    assert all({"/FontFile", "/FontFile2", "/FontFile3"} & set(font["/FontDescriptor"]) for font in inner)


def test_a_chance_is_written_as_on_the_page_of_the_system_and_a_cut_list_says_how_many_there_are(
    report: RankingReport,
) -> None:
    first, *rest = report.snapshot.ranking.candidates
    nearly = msgspec.structs.replace(first, p_top_k=0.996, sensitivity=0.004, worst=9)
    ranking = msgspec.structs.replace(report.snapshot.ranking, candidates=(nearly, *rest))
    changed = msgspec.structs.replace(
        report,
        snapshot=msgspec.structs.replace(report.snapshot, ranking=ranking),
        together={**report.together, "a-1": tuple(f"n-{n}" for n in range(8))},
    )
    page = render_ranking_html(changed, "en")
    assert "&gt;99\u00a0%" in page
    assert "&lt;1\u00a0%" in page
    assert ranking_rows(changed)[0]["not_apart_from"] == 8
