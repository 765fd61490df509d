"""The candidate's report: the same numbers on page, paper and in both tables; what may not be shown is on none."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import msgspec
import pytest

from include.interview.answer_index.records import SimilarAnswers
from include.interview.assessment.rubric import load_rubric
from include.interview.insight.records import Citation, ClaimText, Insight, InsightTally
from include.interview.ranking.next_steps import ApplicationProgress, StageProgress, next_steps
from include.interview.ranking.records import Apart, Change, RankedCandidate
from include.interview.records import Bilingual
from include.reporting.candidate import CandidateReport, CriterionLine, StageSheet, candidate_rows
from include.reporting.candidate_page import render_candidate_html, render_candidate_pdf
from include.reporting.exports import Table
from include.reporting.strings import LANGUAGES
from tests.include.reporting.test_ranking_page import sheet_of

pytestmark = pytest.mark.unit
TAKEN, LOOKED = "2026-11-29T02:00:00+00:00", "2026-11-29T09:12:00+00:00"
SNAPSHOT, ME, OTHER = "44645e53-8bd5-4056-a4f1-70a38e262d06", "a-me", "a-other"
QUOTE = "저는 그 일을 <맡아> 끝냈습니다."


def place(identity: str, composite: float, best: int, worst: int) -> RankedCandidate:
    stages = {"ai": 30.04, "practical": 21.0, "executive": 19.5}
    return RankedCandidate(identity, best, composite, 1.24, best, worst, 0.613, 0.5, stages)


def lines(stage: str) -> tuple[CriterionLine, ...]:
    """One line per criterion of the rubric, each with figures of its own."""
    found = []
    for n, c in enumerate(load_rubric(stage, "1").criteria):
        points = c.points * (0.5 + 0.07 * n)
        similar = SimilarAnswers(
            "o", c.id, 0.35, 14 + n, 6, suppressed=False, at_least=False, usually_missing=("result",)
        )
        found.append(
            CriterionLine(
                c.id, c.name, "scored", c.points, 3.0 + 0.28 * n, 0.16 + 0.1 * n, points, 0.4 * points, 0.31 + 0.1 * n,
                ratings=(4, None if n else 2) if stage == "executive" else (),
                similar=similar if stage == "executive" else None,
            )
        )  # fmt: skip
    if stage == "ai":
        why = Bilingual("관찰이 부족합니다.", "Too little was observed.")
        found[-1] = CriterionLine(found[-1].criterion, found[-1].name, "insufficient", found[-1].weight, reason=why)
    return tuple(found)


@pytest.fixture
def report() -> CandidateReport:
    me = place(ME, 70.54, 2, 5)
    progress = ApplicationProgress(
        (
            StageProgress(load_rubric("ai", "1"), "published", unscored=("job_fit",)),
            StageProgress(load_rubric("practical", "1"), "published"),
            StageProgress(load_rubric("executive", "1"), "published", divergent=("leadership",)),
        ),
        2,
        me,
    )
    sheets = tuple(
        StageSheet(
            stage, load_rubric(stage, "1").name, "published", weight, total, sem, contribution, contribution_sem,
            changed=stage == "practical", lines=lines(stage),
            raters=("kim.lead", "lee.panel") if stage == "executive" else (), compared=stage == "executive",
        )
        for stage, weight, total, sem, contribution, contribution_sem in (
            ("ai", 40.0, None, None, 30.04, 0.77), ("practical", 30.0, 70.02, 2.19, 21.0, 0.66),
            ("executive", 30.0, 65.0, 2.0, 19.5, 0.6),
        )
    )  # fmt: skip
    quote = Citation("executive:u1", "executive", QUOTE, 61.0, 65.0)
    return CandidateReport(
        Bilingual("백엔드 개발자", "Backend engineer"), ME, SNAPSHOT, 12, TAKEN, LOOKED, 2, 9,
        {ME: "<b>윤서아</b>", OTHER: "=cmd()"}, sheets, next_steps(progress), me,
        together=(OTHER, "a-third"), drawn=(me, place(OTHER, 69.0, 2, 6)),
        change=Change(ME, "others", place(ME, 70.54, 2, 4), me),
        insights=(Insight("i1", "strength", ClaimText("줄였다.", "Cut the losses."), (quote,), "offline", "accepted"),),
        tally=InsightTally(1, 2, 0), recognised_worse=("practical",),
    )  # fmt: skip


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.split("<main")[1]).replace("\u00a0", " ").split())


def alike(row: dict[str, str]) -> dict[str, object]:
    """A row without empty cells; numbers as numbers, which the two kinds of table write differently."""
    return {k: float(v) if k in ("value", "sem") else v for k, v in row.items() if v}


def figures(report: CandidateReport) -> list[str]:
    """Every figure of the report as it must be read, made from the records and not from the page."""
    me = report.place
    found = ["70.5 ± 1.2", "61 %", "50 %"]
    assert me is not None
    for sheet in report.stages:
        found.append(f"{sheet.contribution:.1f} ± {sheet.contribution_sem:.1f}")
        if sheet.total is not None:
            found.append(f"{sheet.total:.1f} ± {sheet.sem:.1f}")
        for line in sheet.lines:
            if line.level is None:
                continue
            found.append(f"{line.level:.1f} ± {line.level_sem:.1f}")
            found.append(f"{line.points:.1f} / {line.weight:.1f}")
            found.append(f"{line.contribution:.1f} ± {line.contribution_sem:.1f}")
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_and_where_it_is_from_is_on_the_page(report: CandidateReport, language: str) -> None:
    page = render_candidate_html(report, language)
    text = text_of(page)
    assert [one for one in figures(report) if one not in text] == []
    said = {
        "ko": (
            "9명 가운데 2–5", "상위 2명 확률", "다른 지원자의 변화, 지난 구간 2–4",
            "6명이 14번 답함. 자주 빠지는 것: 결과.", "근거 부족: 관찰이 부족합니다.", "평가표가 바뀌었습니다",
            "덜 정확하게 인식", "줄였다.", "기다리는 통찰 2건",
        ),
        "en": (
            "2–5 of 9", "Chance of top 2", "others changed, was 2–4", "14 times by 6 people. Usually missing: result.",
            "Insufficient evidence: Too little was observed.", "card changed after", "recognised worse",
            "Cut the losses.", "Waiting for a person: 2",
        ),
    }[language]  # fmt: skip
    assert [one for one in (*said, SNAPSHOT, TAKEN[:10], "2026-11-29 09:12", "kim.lead") if one not in text] == []
    steps = [step.text.text(language) for step in report.steps]
    assert [text.index(step) for step in steps] == sorted(text.index(step) for step in steps)
    assert "<b>윤서아</b>" not in page
    assert "<맡아>" not in page
    assert "<script" not in page
    assert not re.search(r'(?:src|href)="(?!#)', page)


def test_the_tables_say_what_the_page_says(report: CandidateReport, tmp_path: Path) -> None:
    table = Table(tmp_path / "candidate.csv")
    for row in candidate_rows(report):
        table.add(row)
    table.close()
    written = list(csv.DictReader(io.StringIO((tmp_path / "candidate.csv").read_text("utf-8-sig"))))
    workbook = sheet_of(tmp_path / "candidate.xlsx")
    assert [alike(row) for row in written] == [alike(row) for row in workbook]
    text = text_of(render_candidate_html(report, "en"))
    seen = set()
    for row in written:
        assert (row["application"], row["data_of"], row["snapshot"]) == (ME, TAKEN, SNAPSHOT)
        value, sem = row["value"], row["sem"]
        if sem:
            shown = f"{float(value):.1f} ± {float(sem):.1f}"
        elif row["figure"] in ("p_top_k", "sensitivity"):
            shown = f"{100 * float(value):.0f} %"
        elif row["figure"] == "points":
            shown = f"{float(value):.1f} /"
        elif row["figure"] in ("rank_best", "rank_worst", "rating", "similar_answers", "undecided", "k", "ranked"):
            shown = f"{float(value):.0f}"
        else:
            continue
        seen.add(row["figure"])
        assert shown in text, row
    assert {"composite", "total", "contribution", "level", "points", "rating", "similar_answers", "p_top_k"} <= seen
    shown_figures = {f"{float(r['value']):.1f} ± {float(r['sem']):.1f}" for r in written if r["sem"]}
    assert {one for one in figures(report) if "±" in one} == shown_figures, "and nothing is on the page alone"
    assert next(r["text"] for r in written if r["figure"] == "not_apart_from") == "'=cmd(); a-third"
    assert [r["figure"] for r in written if r["section"] == "next_step" and not r["figure"].endswith("_ko")] == [
        step.code for step in report.steps
    ]


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_paper_has_the_figures_of_the_page_and_carries_its_fonts(report: CandidateReport, language: str) -> None:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(render_candidate_pdf(report, language)))
    pages = [page.extract_text() for page in reader.pages]
    footers = [" ".join(text.split()).replace("- ", "-") for text in pages]
    assert all(SNAPSHOT in text and TAKEN[:10] in text for text in footers), "date and snapshot are on every page"
    paper = " ".join("".join(pages).split()).replace("\u00a0", " ")
    assert [one for one in figures(report) if one not in paper] == []
    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]
    assert fonts
    inner = [child.get_object() for font in fonts for child in font["/DescendantFonts"]]
    assert all({"/FontFile", "/FontFile2", "/FontFile3"} & set(font["/FontDescriptor"]) for font in inner)
    assert any("CJK" in str(font["/BaseFont"]) or "Nanum" in str(font["/BaseFont"]) for font in fonts), "Korean"


def test_a_rank_set_is_thick_for_the_candidate_and_thin_for_who_is_not_apart(report: CandidateReport) -> None:
    page = render_candidate_html(report, "en")
    picture = page.split('id="ranks-title"')[1].split("</svg>")[0]
    bars = re.findall(r'<rect[^>]*? x="([\d.]+)%" width="([\d.]+)%"[^>]*? height="([\d.]+)"', picture)
    # Six ranks, each a sixth of the width; a bar leaves a tenth of a rank free on both sides.
    assert [(float(x), float(w), float(h)) for x, w, h in bars] == [
        (pytest.approx(110 / 6, abs=0.01), pytest.approx(380 / 6, abs=0.01), 7.0),
        (pytest.approx(110 / 6, abs=0.01), pytest.approx(480 / 6, abs=0.01), 3.0),
    ]
    assert 'x1="33.333%"' in picture, "the end of two places"


def test_a_blind_report_has_ids_for_names_and_no_words(report: CandidateReport) -> None:
    blind = msgspec.structs.replace(report, names={}, insights=None)
    page = render_candidate_html(blind, "ko")
    assert ME in page
    assert OTHER in page
    assert not any(said in page for said in ("윤서아", "cmd()", "줄였다", "끝냈습니다"))
    assert "승인된 통찰 1건" in page
    cells = {str(cell) for row in candidate_rows(blind) for cell in row.values()}
    assert not any("윤서아" in cell or "줄였다" in cell or "cmd" in cell for cell in cells)


@pytest.mark.parametrize(
    ("apart", "said"),
    [
        (Apart(ME, "stage_missing", "executive"), "no published card of this stage (Executive interview)"),
        (None, "the application came after the ranking was made"),
    ],
)
def test_who_has_no_place_is_told_why_and_keeps_the_cards(
    report: CandidateReport, apart: Apart | None, said: str
) -> None:
    one = msgspec.structs.replace(report, place=None, apart=apart, drawn=(), together=(), change=None)
    text = text_of(render_candidate_html(one, "en"))
    assert said in text
    assert "70.0 ± 2.2" in text
    assert "Rank set" not in text
    (row,) = [row for row in candidate_rows(one) if row["section"] == "place"]
    assert row["text"] == ("not_yet_ranked" if apart is None else "stage_missing")
