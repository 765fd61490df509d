from __future__ import annotations

import io

import msgspec
import pytest
from pypdf import PdfReader

from include.interview.records import Bilingual
from include.reporting import render_pdf
from tests.support.scorecard_samples import faceless, sample

pytestmark = pytest.mark.slow


def font_programs(reader: PdfReader) -> list[tuple[str, bool]]:
    """Every font of the file with whether its program is inside the file."""
    found = {}
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            font = font.get_object()
            part = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
            descriptor = part["/FontDescriptor"].get_object()
            found[str(font["/BaseFont"])] = any(f"/FontFile{n}" in descriptor for n in ("", "2", "3"))
    return sorted(found.items())


@pytest.fixture(scope="module")
def korean() -> bytes:
    return render_pdf(*sample("ko"), "ko")


def test_korean_words_and_numbers_can_be_read_back(korean: bytes) -> None:
    card, context = sample("ko")
    reader = PdfReader(io.BytesIO(korean))
    text = "".join("".join(page.extract_text() for page in reader.pages).split())
    for words in (
        "김하늘",
        "종합점수",
        "결정은사람이합니다",
        "먼저읽기경로부터나누어옮기자고제안했습니다",
        f"{card.total:.1f}",
    ):
        assert words in text
    for criterion in context.rubric.criteria:
        assert "".join(criterion.name.ko.split()) in text
        assert "".join(criterion.anchors[4].text.ko.split()) in text


def test_fonts_travel_inside_the_file_and_it_is_tagged(korean: bytes) -> None:
    reader = PdfReader(io.BytesIO(korean))
    fonts = font_programs(reader)
    assert fonts
    assert all(embedded for _, embedded in fonts)
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "ko"
    assert reader.outline


def test_same_inputs_give_the_same_bytes(korean: bytes) -> None:
    assert render_pdf(*sample("ko"), "ko") == korean


def test_incomplete_hostile_english_card_is_still_a_quiet_pdf() -> None:
    card, context = faceless("en")
    evil = '<img src="file:///etc/passwd"><link rel=stylesheet href="http://192.0.2.1/x.css">\x00\u202e'
    context = msgspec.structs.replace(context, candidate_name=evil, opening_title=Bilingual(evil, evil))
    reader = PdfReader(io.BytesIO(render_pdf(card, context, "en")))
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert "No total is given" in text
    assert "of 100" not in text
    assert "root:" not in text
    outside = [a.get_object() for p in reader.pages for a in p.get("/Annots", ())]
    assert not [a for a in outside if "/URI" in a.get("/A", {})]
