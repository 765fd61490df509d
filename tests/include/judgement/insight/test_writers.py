"""Both writers: what they write is verified, what a model invents is dropped with a code, and no word of it is kept."""

from __future__ import annotations

import json

import msgspec
import pytest

from include.interview.errors import JudgeFailure
from include.interview.insight.drafts import InsightDraft
from include.interview.insight.sources import InsightSource
from include.judgement.insight.model_writer import ATTEMPTS, MOST, ModelInsightWriter
from include.judgement.insight.offline_writer import JudgedCase, _own_deed, _turned_out_badly, write_offline
from include.judgement.judging import judge_criterion
from include.judgement.offline import OfflineJudge
from include.settings import JudgeSettings
from tests.include.judgement.insight.claim_files import transcript_text
from tests.support.ladders import case_of, ladder, middling
from tests.support.services.chat_completions import Endpoint, fails, says

pytestmark = pytest.mark.slow

GOOD = {"kind": "strength", "cites": ["executive:u0010"], "text": "Mentors three junior developers."}
INVENTED = "Zyxomma invented the moon"


def judged(name: str) -> tuple[JudgedCase, InsightSource]:
    return judged_text(transcript_text(name))


def judged_text(text: str) -> tuple[JudgedCase, InsightSource]:
    case = case_of(text, stage="executive", profile="text_only")
    judge = OfflineJudge()
    judgements = tuple(j for c in case.criteria for j in judge_criterion(case, c, judge, 1))
    return JudgedCase("executive", case, judgements), InsightSource("executive", "executive", case.transcript)


def written(*scripts: object) -> tuple[InsightDraft, Endpoint]:
    _, source = judged("en_development")
    with Endpoint(*scripts) as endpoint:  # type: ignore[arg-type]
        settings = JudgeSettings(kind="openai", base_url=endpoint.url, api_key="k", model="m")
        return ModelInsightWriter(settings, wait=lambda _s: None).write([source], "en"), endpoint


def claims(*given: dict[str, object]) -> object:
    return says(json.dumps({"claims": list(given)}))


@pytest.mark.parametrize("name", ["en_development", "ko_development"])
def test_the_offline_writer_quotes_and_repeats_itself(name: str) -> None:
    one, source = judged(name)
    draft = write_offline([one], [source])
    assert draft == write_offline([one], [source])
    assert draft.written_by == "offline"
    assert {"strength", "open_question"} <= {i.kind for i in draft.insights}
    said = {u.text for u in one.case.candidate}
    for insight in draft.insights:
        assert insight.text.ko
        assert insight.text.en
        assert insight.status == "draft"
        assert all(quote.text in said for quote in insight.quotes)
        quoted = insight.text.en.split("“")[1].split("”")[0]
        assert any(quoted in quote.text for quote in insight.quotes)
    assert len({i.id for i in draft.insights}) == len(draft.insights)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_whatever_the_offline_writer_writes_passes_verification(language: str) -> None:
    texts = [text for _, text in ladder(language)] + [m.text for m in middling(language)]
    assert len(texts) >= 20
    for text in texts:
        one, source = judged_text(text)
        draft = write_offline([one], [source])
        assert not draft.rejected, text


@pytest.mark.parametrize(
    ("sentence", "language", "fit"),
    [
        ("I signed a contract for sugar without hedging the price.", "en", False),
        ("I did not measure the humidity before I ran the dryer.", "en", False),
        ("I measured the humidity twice a day.", "en", True),
        ("저는 습도를 안 재고 건조기를 돌렸습니다.", "ko", False),
        ("저는 확인 없이 계약서에 서명했습니다.", "ko", False),
        ("저는 습도를 하루에 두 번 쟀습니다.", "ko", True),
    ],
)
def test_what_was_left_out_is_no_strength(sentence: str, language: str, fit: bool) -> None:
    assert _own_deed(sentence, language) is fit


def test_a_deed_that_the_next_sentence_calls_a_failure_is_no_strength() -> None:
    deed = "I launched the app for shoppers."
    assert _turned_out_badly(deed, f"{deed} It failed within a month. I watch customers now.")
    assert not _turned_out_badly(deed, f"{deed} Sales rose. An earlier one failed.")


def test_what_a_model_writes_is_verified_and_the_quote_is_ours() -> None:
    draft, endpoint = written(claims(GOOD))
    (one,) = draft.insights
    assert (one.kind, one.written_by, draft.usage.calls) == ("strength", "m", 1)
    assert one.quotes[0].text.startswith("I mentor three junior developers at the moment.")
    assert "[executive:u0010] candidate: I mentor" in endpoint.requests[0]["messages"][1]["content"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"cites": ["executive:u0999"]}, "unknown_utterance"),
        ({"cites": ["executive:u0009"]}, "not_the_candidate"),
        ({"cites": []}, "no_citation"),
        ({"text": " "}, "empty"),
        ({"text": f"{INVENTED}. " * 40}, "too_long"),
        ({"text": f"{INVENTED}, 9 out of 10 points, level 5."}, "holds_verdict"),
        ({"text": f"{INVENTED}."}, "not_supported"),
    ],
)
def test_a_bad_claim_is_dropped_and_leaves_no_words(changes: dict[str, object], code: str) -> None:
    draft, _ = written(claims(GOOD, {**GOOD, **changes}))
    assert [i.id for i in draft.insights] == ["model-1"]
    assert [(r.id, r.code) for r in draft.rejected] == [("model-2", code)]
    assert INVENTED.encode() not in msgspec.json.encode(draft)


def test_a_model_of_which_nothing_holds_is_asked_once_more() -> None:
    bad = {**GOOD, "text": "Mentors four junior developers."}
    draft, endpoint = written(claims(bad), claims(GOOD))
    assert len(endpoint.requests) == 2
    assert "does not stand in the cited words" in endpoint.requests[1]["messages"][-1]["content"]
    assert (len(draft.insights), draft.usage.calls) == (1, 2)
    none, again = written(claims(bad))
    assert (len(again.requests), none.insights) == (ATTEMPTS, ())
    assert [r.code for r in none.rejected] == ["number_not_cited"]


def test_no_insight_is_a_result() -> None:
    draft, endpoint = written(claims())
    assert (draft.insights, draft.rejected, len(endpoint.requests)) == ((), (), 1)


def test_only_so_many_claims_are_taken() -> None:
    draft, _ = written(claims(*[GOOD] * (MOST + 3)))
    assert len(draft.insights) == MOST


def test_no_usable_answer_is_a_failure_and_nothing_else_writes() -> None:
    with pytest.raises(JudgeFailure, match="not the JSON"):
        written(says("Here are my thoughts: Priya leads."))
    with pytest.raises(JudgeFailure, match="5 attempts"):
        written(fails(503))
