"""A judge that misbehaves fails the run: no card, nothing published, and the rerun with a sound judge finishes."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from include.interview.errors import JudgeFailure
from include.judgement import openai_wire
from include.settings import JudgeSettings
from tests.support.installation import Installation
from tests.support.refusal_sentences import assert_clear
from tests.support.services.chat_completions import Endpoint, Script, completion, fails, hangs, says

pytestmark = [pytest.mark.models, pytest.mark.hears]

KEY = "sk-test-CANARY-4711"
WORDS_JUDGED = 5
"""Criteria of the AI interview; the model is asked about those that read words."""


def honest(_endpoint: Endpoint, body: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
    """A sound judge: quotes the first words of the candidate's first utterance, whatever they are."""
    prompt = body["messages"][1]["content"]
    name, said = re.search(r"^\[(u\d{4})\] candidate: (.+)$", prompt, re.MULTILINE).groups()  # type: ignore[union-attr]
    answer = {
        "insufficient": None,
        "quotes": [{"utterance_id": name, "text": " ".join(said.split()[:5])}],
        "rationale_ko": "구체적인 행동을 말했다.",
        "rationale_en": "A concrete deed is told.",
        "level": 3.5,
    }
    return 200, {}, completion(json.dumps(answer, ensure_ascii=False))


def invented(_endpoint: Endpoint, _body: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
    answer = {
        "insufficient": None,
        "quotes": [{"utterance_id": "u0001", "text": "I doubled the revenue of the whole company."}],
        "rationale_ko": "근거",
        "rationale_en": "reason",
        "level": 5,
    }
    return 200, {}, completion(json.dumps(answer, ensure_ascii=False))


def judged_at(endpoint: Endpoint, timeout_s: float = 20.0) -> JudgeSettings:
    return JudgeSettings("openai", endpoint.url, KEY, "scripted", runs=1, timeout_s=timeout_s)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries wait milliseconds, so that the test does not."""
    monkeypatch.setattr(openai_wire, "FIRST_WAIT_S", 0.001)


@pytest.mark.parametrize(
    ("script", "timeout_s"),
    [
        pytest.param(says("I would give a {level: 4"), 20.0, id="malformed JSON"),
        pytest.param(invented, 20.0, id="invented quote"),
        pytest.param(fails(500, echo=True), 20.0, id="HTTP 500"),
        pytest.param(fails(401, echo=True), 20.0, id="HTTP 401"),
        pytest.param(hangs, 0.1, id="timeout"),
    ],
)
def test_no_score_is_made_up_and_no_other_judge_steps_in(
    evaluated: Installation, tmp_path, script: Script, timeout_s: float
) -> None:
    with Endpoint(script) as endpoint:
        one = evaluated.copied(tmp_path / "home", judge=judged_at(endpoint, timeout_s))
        with one.stores() as stores:
            before = stores.artifacts.list(one.interview_id)
        with pytest.raises(JudgeFailure) as caught:
            one.evaluate()
    assert endpoint.requests, "the judge was asked"
    assert_clear(caught.value, KEY, "librarian", "revenue")
    with one.stores() as stores:
        assert stores.artifacts.list(one.interview_id) == before, "no judgement, no card"
    assert one.card_rows() == ()
    assert one.status() != "published"


def test_the_rerun_with_a_sound_judge_finishes(evaluated: Installation, tmp_path) -> None:
    with Endpoint(fails(400), honest) as endpoint:
        one = evaluated.copied(tmp_path / "home", judge=judged_at(endpoint))
        with pytest.raises(JudgeFailure):
            one.evaluate()
        one.evaluate().publish()
    (card,) = one.card_rows()
    assert card.status == "complete"
    assert {j.kind for j in card.judges} == {"openai", "rules"}, "words by the model, the picture by rules"
    assert card.usage.calls >= 4
    assert one.status() == "published"
    assert one.holding(KEY.encode()) == []
