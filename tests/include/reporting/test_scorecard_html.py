from __future__ import annotations

import base64
import hashlib
import re
from itertools import pairwise

import msgspec
import pytest

from include.interview.assessment.rubric import load_rubric
from include.interview.errors import NotFound
from include.interview.records import Bilingual, CriterionScore, Quote
from include.interview.report import Thumbnail
from include.reporting import render_fragment, render_html
from tests.support.page_reader import read_page
from tests.support.scorecard_samples import faceless, hour_long, live, quote, sample, words_only

pytestmark = pytest.mark.unit

KINDS = {"complete": sample, "faceless": faceless, "words": words_only, "hour": hour_long, "live": live}
EVERY = [(kind, language) for kind in KINDS for language in ("ko", "en")]


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_page_is_well_formed_and_every_link_has_a_place(kind: str, language: str) -> None:
    page = read_page(render_html(*KINDS[kind](language), language))
    assert page.problems == []
    assert page.unclosed == []
    assert len(page.ids) == len(set(page.ids))
    links = [a.attributes["href"] for a in page.all("a")]
    assert links
    assert [link for link in links if not link.startswith("#") or link[1:] not in page.ids] == []
    named = [e.attributes["aria-labelledby"] for e in page.elements if "aria-labelledby" in e.attributes]
    assert {i for name in named for i in name.split()} <= set(page.ids)


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_file_needs_nothing_from_outside(kind: str, language: str) -> None:
    html = render_html(*KINDS[kind](language), language)
    page = read_page(html)
    assert not re.search(r"https?:|wss?://", html, re.IGNORECASE)
    assert not re.search(r"url\(|@import|src:", "".join(page.styles), re.IGNORECASE)
    assert not re.search(r"fetch|XMLHttpRequest|import|WebSocket|sendBeacon|eval", "".join(page.scripts))
    loading = [e for e in page.elements if {"src", "srcset", "data", "action", "poster"} & e.attributes.keys()]
    assert all(e.attributes["src"].startswith("data:image/") for e in loading)
    assert {e.tag for e in page.elements} & {"link", "iframe", "object", "embed", "form", "base"} == set()
    assert not [e for e in page.elements if "style" in e.attributes or any(n.startswith("on") for n in e.attributes)]


def test_content_policy_allows_exactly_our_style_and_script() -> None:
    page = read_page(render_html(*sample("en"), "en"))
    policy = next(m.attributes["content"] for m in page.all("meta") if "http-equiv" in m.attributes)
    for kind, text in (("style", page.styles), ("script", page.scripts)):
        digest = base64.b64encode(hashlib.sha256("".join(text).encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_every_criterion_of_the_rubric_is_shown_with_its_anchors(kind: str, language: str) -> None:
    page = read_page(render_html(*KINDS[kind](language), language))
    for criterion in load_rubric("ai", "1").criteria:
        assert criterion.name.text(language) in page.text
        for anchor in criterion.anchors:
            assert anchor.text.text(language).strip() in page.text


def test_complete_card_shows_its_numbers_as_given() -> None:
    card, context = sample("en")
    page = read_page(render_html(card, context, "en"))
    assert card.total is not None
    assert card.total_sem is not None
    assert f"{card.total:.1f} ± {card.total_sem:.1f} of 100" in page.text
    for line in card.criteria:
        assert line.points is not None
        assert f"{line.points:.1f} of {line.effective_weight:g}" in page.text
        assert f"{line.level:.1f}" in page.text
    assert context.candidate_name in page.text
    assert "2026-11-22 21:00 KST" in page.text


def test_standard_error_of_a_level_is_shown_in_levels() -> None:
    """The card carries 0.1 of the score's unit; the anchors' scale spans four levels, so 0.4 is shown."""
    card, context = sample("en")
    line = msgspec.structs.replace(card.criteria[0], sem=0.1, level=3.0)
    card = msgspec.structs.replace(card, criteria=(line, *card.criteria[1:]))
    assert "Level 3.0 on a scale from 1 to 5, standard error ± 0.4" in read_page(render_html(card, context, "en")).text


@pytest.mark.parametrize("language", ["ko", "en"])
def test_incomplete_card_gives_no_total_and_says_why(language: str) -> None:
    card, context = faceless(language)
    page = read_page(render_html(card, context, language))
    reason = next(c.reason for c in card.criteria if c.status == "insufficient")
    assert reason is not None
    assert reason.text.text(language) in page.text
    assert not page.with_class("huge")
    assert "of 100" not in page.text
    assert "/ 100점" not in page.text
    assert card.review[0].text.text(language) in page.text
    heading = {"ko": "종합 점수를 내지 않았습니다", "en": "No total is given"}[language]
    assert heading in page.text


def test_words_card_has_no_times_and_is_not_called_a_failing() -> None:
    card, context = words_only("en")
    page = read_page(render_html(card, context, "en"))
    assert not [a for a in page.all("a") if "data-t" in a.attributes]
    assert "Judged from the written words alone" in page.text
    assert "Outside the scope of this card" in page.text
    assert "Not enough to go on" not in page.text
    assert "nothing to draw" in page.text
    quotes = [a for a in page.all("a") if a.attributes["href"].startswith("#u-")]
    assert len(quotes) >= 3


def test_quotes_link_to_their_second_and_are_marked_in_the_transcript() -> None:
    card, context = sample("ko")
    html = render_html(card, context, "ko")
    page = read_page(html)
    times = {a.attributes["href"]: a.attributes["data-t"] for a in page.all("a") if "data-t" in a.attributes}
    quotes = [item for line in card.criteria for item in line.evidence if isinstance(item, Quote)]
    assert quotes
    for item in quotes:
        assert times[f"#t={item.start_s:g}"] == f"{item.start_s:g}"
        assert f"<mark>{item.text}</mark>" in html


def test_no_words_of_a_language_leak_into_the_other() -> None:
    card, context = sample("en")
    english = read_page(render_html(card, context, "en")).text
    assert not re.search("[가-힣]", english)


@pytest.mark.parametrize("profile", ["eu", "kr", "standard", "text_only"])
def test_profile_notices_weights_and_refusals_are_shown(profile: str) -> None:
    card, context = sample("en", profile)
    page = read_page(render_html(card, context, "en"))
    for notice in context.profile.notices:
        assert " ".join(notice.en.split()) in page.text
    assert context.profile.name.en in page.text
    assert "Share of time in which the mouth corners are clearly raised" not in page.text
    assert "Median fundamental frequency" not in page.text


def test_integrity_is_apart_and_said_never_to_be_scored() -> None:
    page = read_page(render_html(*sample("en"), "en"))
    after = page.text.split("Observations to check", 1)[1]
    assert after.lstrip().startswith("Never scored")
    assert "Another face in the picture" in after


def test_footer_says_who_judged_with_what_and_at_what_cost() -> None:
    card, context = hour_long("en")
    text = read_page(render_html(card, context, "en")).text
    assert "gpt-4.1-mini" in text
    assert "ab" * 32 in text
    assert "15 calls" in text
    assert "0.0274 US dollars" in text
    assert "No person's status changes without a human decision." in text


def test_same_inputs_give_the_same_bytes() -> None:
    assert render_html(*sample("ko"), "ko") == render_html(*sample("ko"), "ko")


def test_fragment_is_only_a_part_of_a_page_and_its_ids_do_not_collide() -> None:
    fragment = render_fragment(*sample("ko"), "ko")
    page = read_page(fragment)
    assert page.problems == []
    assert {e.tag for e in page.elements} & {"html", "head", "body", "script", "meta", "title"} <= {"title"}
    assert all(i.startswith("tv-") for i in page.ids)
    assert all(a.attributes["href"][1:] in page.ids for a in page.all("a"))
    assert not [e for e in page.all("title") if "id" not in e.attributes and e.attributes]


def test_headings_step_down_without_gaps() -> None:
    page = read_page(render_html(*sample("en"), "en"))
    levels = [int(e.tag[1]) for e in page.elements if re.fullmatch(r"h[1-6]", e.tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert page.all("html")[0].attributes["lang"] == "en"


def test_unknown_language_criterion_and_picture_are_refused() -> None:
    card, context = sample("en")
    with pytest.raises(ValueError, match="ko or en"):
        render_html(card, context, "fr")
    stranger = msgspec.structs.replace(card, criteria=(CriterionScore("charm", "scored", 10.0, 10.0, 0.5, 3.0),))
    with pytest.raises(NotFound):
        render_html(stranger, context, "en")
    with pytest.raises(ValueError, match="JPEG or PNG"):
        render_html(card, msgspec.structs.replace(context, thumbnails=(Thumbnail(0.0, b"<svg onload=x>"),)), "en")


HOSTILE = (
    "<script>alert(1)</script>",
    "</style></title><img src=x onerror=alert(1)>",
    "\"' onmouseover='alert(1)' x=\"",
    "{{ 7 * 7 }}{% raw %}",
    "\u202egnp.exe\u2066",
    "A" * 5000,
    "\x00\x08\x1b[31m\ud800",
    "&lt;b&gt; javascript:alert(1) -->",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_inert(text: str) -> None:
    card, context = sample("en")
    said = msgspec.structs.replace(
        context.transcript.utterances[1], text=f"{text} and more", id=f'u"><i>{text}', speaker=text
    )
    tr = msgspec.structs.replace(context.transcript, utterances=(said, *context.transcript.utterances[2:]))
    both = Bilingual(text, text)
    line = card.criteria[0]
    hostile = msgspec.structs.replace(line.judgements[0], rationale=both)
    quoted = msgspec.structs.replace(quote(tr, said.id, text), text=text)
    line = msgspec.structs.replace(line, judgements=(hostile,), evidence=(quoted,))
    card = msgspec.structs.replace(
        card, criteria=(line, *card.criteria[1:]), interview_id=text, inputs={text: text}, language=text
    )
    questions = tuple(msgspec.structs.replace(q, text=both) for q in context.questions)
    context = msgspec.structs.replace(
        context, candidate_name=text, opening_title=both, created_at=text, transcript=tr, questions=questions
    )
    clean_page = read_page(render_html(*sample("en"), "en"))
    html = render_html(card, context, "en")
    html.encode("utf-8")
    page = read_page(html)
    assert page.problems == []
    assert page.scripts == clean_page.scripts
    assert page.styles == clean_page.styles
    assert {e.tag for e in page.elements} <= {e.tag for e in clean_page.elements}
    assert not [n for e in page.elements for n in e.attributes if n.startswith("on")]
    assert all(a.attributes["href"].startswith("#") for a in page.all("a"))
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", html)
    title = html.split("<title>")[1].split("</title>")[0]
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", title)
