"""Questions on protected grounds are noticed, usual ones are not, and no suggestion comes near one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.judgement.protected_grounds import grounds, grounds_asked, may_be_suggested, name_of, remark

FOLDER = Path(__file__).resolve().parent / "protected"


def read(name: str) -> Any:
    return msgspec.yaml.decode((FOLDER / f"{name}.yaml").read_bytes())


ASKED = [(ground, text) for ground, texts in read("asked").items() for text in texts]
PARAPHRASED = [(ground, text) for ground, texts in read("paraphrased").items() for text in texts]
INNOCENT: list[str] = read("innocent")
HELD_OUT = read("held_out")


def found(text: str) -> set[str]:
    return {hit.ground for hit in grounds_asked(text)}


@pytest.mark.unit
def test_direct_questions_are_noticed_with_their_ground() -> None:
    assert [(g, t) for g, t in ASKED if g not in found(t)] == []


@pytest.mark.unit
def test_usual_questions_are_never_flagged_however_they_sound() -> None:
    assert [t for t in INNOCENT if grounds_asked(t)] == []


@pytest.mark.unit
def test_most_paraphrases_are_noticed_by_pattern_or_meaning() -> None:
    noticed = [t for g, t in PARAPHRASED if g in found(t)]
    assert len(noticed) >= 0.7 * len(PARAPHRASED)


@pytest.mark.unit
def test_questions_that_were_not_used_for_setting_anything() -> None:
    flagged = [t for t in HELD_OUT["innocent"] if grounds_asked(t)]
    missed = [q for q in HELD_OUT["asked"] if q["ground"] not in found(q["text"])]
    assert len(flagged) <= 1, flagged
    assert len(missed) <= 3, missed


@pytest.mark.unit
def test_the_flag_quotes_the_sentence_and_names_the_ground_calmly() -> None:
    said = "네, 잘 들었습니다. 그런데 결혼은 하셨어요? 다음 질문 드리겠습니다."
    (hit,) = grounds_asked(said)
    assert hit.quote == "그런데 결혼은 하셨어요?"
    for ground in grounds():
        text = remark(ground)
        assert name_of(ground).ko in text.ko
        assert name_of(ground).en in text.en
        assert "!" not in text.ko + text.en


@pytest.mark.unit
@given(st.sampled_from([t for _, t in ASKED]), st.sampled_from([t for t in INNOCENT if t.endswith("?")]))
@settings(max_examples=60, deadline=None)
def test_a_suggestion_that_holds_a_protected_question_is_never_let_through(asked: str, usual: str) -> None:
    assert not may_be_suggested(asked)
    assert not may_be_suggested(f"{usual} {asked}")


@pytest.mark.unit
def test_the_filter_of_suggestions_is_stricter_than_the_flag() -> None:
    """결혼정보 서비스 is innocent to ask about, and still nothing to suggest."""
    assert grounds_asked("결혼정보 서비스를 개발한 경험을 말씀해 주세요.") == ()
    assert not may_be_suggested("결혼정보 서비스를 개발한 경험을 말씀해 주세요.")
    assert may_be_suggested("그 프로젝트에서 직접 맡아서 하신 일은 무엇인가요?")


RECORD_PAY_SCHOOL = read("record_pay_school")


@pytest.mark.unit
def test_criminal_record_past_pay_and_name_of_school_are_noticed_when_asked_for() -> None:
    asked = [(g, t) for g, texts in RECORD_PAY_SCHOOL["direct"].items() for t in texts]
    assert len(asked) == 60
    assert [(g, t) for g, t in asked if g not in found(t)] == []


@pytest.mark.unit
def test_talk_of_records_pay_and_schools_at_work_is_not_flagged() -> None:
    assert len(RECORD_PAY_SCHOOL["ordinary"]) == 60
    assert [t for t in RECORD_PAY_SCHOOL["ordinary"] if grounds_asked(t)] == []
