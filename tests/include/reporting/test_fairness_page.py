"""The fairness report as a page: the published figures and no others, words, pictures, nothing from outside."""

from __future__ import annotations

import re

import pytest

from include.interview.fairness.records import PublishedReport
from include.interview.fairness.subjects import recognition_warnings
from include.interview.records import Bilingual
from include.reporting.fairness import render_fairness_html, render_fairness_pdf
from include.reporting.scorecard import own_style_policy
from tests.support.fairness_samples import published

pytestmark = pytest.mark.unit
TITLE = Bilingual("백엔드 <개발자>", "Backend <engineer>")


@pytest.fixture(scope="module")
def reports() -> list[PublishedReport]:
    return published()


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_subject_has_its_words_a_picture_and_its_limits(reports, language):
    page = render_fairness_html(TITLE, reports, language)
    assert page.count("<h2 id=") == len(reports)
    assert page.count("<svg") >= len(reports)
    assert "&lt;" in page
    assert "<engineer>" not in page
    for report in reports:
        assert report.id in page
        for note in report.report.notes:
            assert note.text(language) in page
    words = {
        "ko": ("여성", "30세 미만", "확인 필요", "2026-11-23 기준"),
        "en": ("Female", "Under 30", "Take a closer look"),
    }
    assert all(word in page for word in words[language])
    assert "under_30" not in page, "ids are for machines"


def test_the_pages_figures_are_the_reports(reports):
    page = re.sub(r"<[^>]+>", " ", render_fairness_html(TITLE, reports[:1], "en"))
    grouping = reports[0].report.groupings[1]
    for group in grouping.groups:
        assert f"{group.n}" in page
        assert f"{group.selection.rate * 100:.1f}" in page
    worst = next(g.selection for g in grouping.groups if g.selection.p is not None)
    assert f"{worst.impact_ratio:.2f} ({worst.interval[0]:.2f}–{worst.interval[1]:.2f})" in page


def test_a_group_that_is_recognised_worse_is_warned_about(reports):
    report = reports[-1].report
    warnings = recognition_warnings(report)
    assert ("sex", "female", "insufficient") in {(w.attribute, w.group, w.what) for w in warnings}
    page = render_fairness_html(TITLE, reports[-1:], "en")
    assert "The speech of Female is recognised less well" in page
    assert "recognised less well" not in render_fairness_html(TITLE, reports[:1], "en")


def test_the_page_loads_nothing_and_runs_nothing(reports):
    page = render_fairness_html(None, reports, "ko")
    assert "모든 공고" in page
    assert "<script" not in page
    assert not re.search(r'(?:src|href)="(?!#)', page)
    assert own_style_policy().startswith("default-src 'none'")
    assert "아직 발표할 수 있는 수치가 없습니다" in render_fairness_html(None, [], "ko")


@pytest.mark.slow
def test_the_pdf_has_its_fonts_and_every_subject(reports):
    import io

    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(render_fairness_pdf(TITLE, reports, "ko")))
    pages = [page.extract_text() for page in reader.pages]
    text = "".join(pages)
    said = ["".join(page.split()) for page in pages]
    assert all("2026-11-23기준" in page for page in said), "every page names the date of its figures"
    assert all(any(report.id in page for report in reports) for page in said), "and their report"
    assert all(word in text for word in ("공정성 보고서", "사람의 결정", "여성"))
    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]
    assert fonts
    assert all("/DescendantFonts" in font or "/FontDescriptor" in font for font in fonts)
