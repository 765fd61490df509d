"""Review rules: what sends a card to a person, and what does not."""

from __future__ import annotations

import pytest

from include.interview.assessment.policy import load_profile
from include.interview.assessment.rubric import load_rubric
from include.interview.records import Flag, Insufficiency, Interval, Measure, Transcript, Utterance
from include.interview.scoring.card import score_card, score_criterion
from include.interview.scoring.review import review_reasons, with_review
from include.interview.scoring.sufficiency import NO_KEYWORDS, NO_VALUES
from tests.support.record_builders import OFFLINE, RULES, WHY, judgement, speech

pytestmark = pytest.mark.unit


def card_of(*judgements, profile="text_only", scope="full", **options):
    rubric, profile = load_rubric("ai", "1"), load_profile(profile)
    ids = list(dict.fromkeys(j.criterion for j in judgements))
    scores = [
        score_criterion(rubric.criterion(id_), [j for j in judgements if j.criterion == id_], profile) for id_ in ids
    ]
    return score_card(rubric, profile, scores, interview_id="i", pipeline_version="1", scope=scope, **options)


def complete(language=(3.0, 3.0, 3.0), **more):
    runs = [judgement("language", lv, run=i, **more) for i, lv in enumerate(language)]
    others = [judgement(id_, 3.0, sem=0.2) for id_ in ("psychological", "cognitive", "job_fit")]
    return card_of(*runs, *others)


def codes(card, **options):
    return [(r.code, r.criterion) for r in review_reasons(card, **options)]


def test_an_agreeing_card_needs_nobody():
    assert codes(complete(), transcript=speech("hello")) == []


@pytest.mark.parametrize(
    ("levels", "asks"), [((3.0, 4.0, 4.0), False), ((2.0, 3.0, 4.0), True), ((3.0, 3.0, 5.0), True)]
)
def test_runs_that_read_the_answer_differently(levels, asks):
    assert (("low_agreement", "language") in codes(complete(levels))) is asks


def test_a_large_stated_error_asks_for_a_person():
    assert ("low_agreement", "language") in codes(complete((3.0,), sem=1.2))
    assert codes(complete((3.0,), sem=0.8)) == []


def test_words_and_measurements_may_differ_without_alarm():
    card = card_of(
        judgement("psychological", 5.0, sem=0.1),
        judgement("psychological", 1.0, sem=0.1, judge=RULES),
        profile="standard",
        scope="words",
    )
    assert ("low_agreement", "psychological") not in codes(card)


def test_insufficient_criteria_are_named_with_their_reason():
    card = card_of(judgement("language", None, reason=WHY))
    reasons = {r.criterion: r for r in review_reasons(card)}
    assert reasons["language"].code == "low_coverage"
    assert WHY.text.en in reasons["language"].text.en
    assert WHY.text.ko in reasons["language"].text.ko


@pytest.mark.parametrize("code", [NO_VALUES, NO_KEYWORDS])
def test_what_the_opening_does_not_state_is_a_reason_with_its_remedy(code):
    lacking = Insufficiency(code, WHY.text)
    (reason,) = (
        r for r in review_reasons(card_of(judgement("language", None, reason=lacking))) if r.criterion == "language"
    )
    assert reason.code == code
    assert "Write them down and evaluate again" in reason.text.en
    assert "다시 평가" in reason.text.ko


def test_what_was_not_asked_for_is_no_reason():
    card = card_of(judgement("language", 3.0, sem=0.1), profile="standard", scope="words")
    assert ("low_coverage", "nonverbal") not in codes(card)
    assert ("low_coverage", "cognitive") in codes(card)  # words were asked for and it was not judged


def test_a_score_on_little_observation():
    seen = (Measure("present_share", 1.0, "share", coverage=0.3),)
    card = card_of(judgement("nonverbal", 4.0, sem=0.1, judge=RULES, components=seen), profile="standard")
    assert ("low_coverage", "nonverbal") in codes(card)


@pytest.mark.parametrize("code", ["not_speaking_face", "other_face", "repeated_picture"])
def test_a_measured_face_that_does_not_speak_is_a_reason_of_its_own(code):
    why = Insufficiency(code, WHY.text)
    reasons = {
        r.criterion: r for r in review_reasons(card_of(judgement("nonverbal", None, reason=why), profile="standard"))
    }
    assert reasons["nonverbal"].code == code
    assert reasons["nonverbal"].text == WHY.text


@pytest.mark.parametrize("where", ["transcript", "judgement", "flags"])
def test_suspected_injection_from_any_source_is_one_reason(where):
    flag = (Flag("injection_suspected", "warning"),)
    card = complete(flags=flag) if where == "judgement" else complete()
    found = codes(
        card,
        transcript=speech("hello", flags=flag if where == "transcript" else ()),
        flags=flag if where == "flags" else (),
    )
    assert found == [("injection_suspected", None)]


def test_integrity_signals_are_information_only():
    flags = (Flag("other_voice"), Flag("other_face"), Flag("reading_like_gaze"))
    assert codes(complete(), transcript=speech("hello", flags=flags), flags=flags) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"language": "fr"}, "unsupported_language"),
        ({"probability": 0.6}, "low_confidence"),
        ({"coverage": 0.6}, "low_word_coverage"),
    ],
)
def test_doubtful_transcripts(changes, code):
    assert codes(complete(), transcript=speech("hello", **changes)) == [(code, None)]


def in_languages(*spoken, language="ko"):
    """A transcript of utterances of 5 s each, one after the other: (role, language)."""
    said = tuple(
        Utterance(f"u{n}", role, role, "말", 6.0 * n, 6.0 * n + 5.0, language=name)
        for n, (role, name) in enumerate(spoken)
    )
    return Transcript("speech", language, 0.95, said)


@pytest.mark.parametrize(
    ("transcript", "found"),
    [
        (in_languages(("candidate", "ko"), ("candidate", "en")), ["several_languages"]),
        (in_languages(("candidate", "en"), ("candidate", "ko"), language="en"), ["several_languages"]),
        (in_languages(("candidate", "ko"), ("interviewer", "en")), []),
        (in_languages(*[("candidate", "ko")] * 10, ("candidate", "en")), []),
        (in_languages(*[("candidate", "ko")] * 10, *[("candidate", "en")] * 2), ["several_languages"]),
        (in_languages(("candidate", "ko"), ("candidate", "ko")), []),
    ],
)
def test_a_second_language_of_the_candidate_is_a_reason_that_names_its_times(transcript, found):
    reasons = review_reasons(complete(), transcript=transcript)
    assert [r.code for r in reasons] == found
    assert all("0:0" in r.text.en or "1:0" in r.text.en for r in reasons)
    assert all(r.text.ko.endswith("다.") for r in reasons)


def test_what_was_left_out_for_its_language_is_a_reason_with_its_place():
    flag = Flag("language_left_out", "warning", {"seconds": 9.0}, (Interval(61.0, 70.0, "ja"),))
    (reason,) = review_reasons(complete(), transcript=speech("hello", flags=(flag,)))
    assert reason.code == "language_left_out"
    assert "1:01-1:10" in reason.text.ko
    assert "1:01-1:10" in reason.text.en


def test_sound_that_was_not_read_is_a_reason():
    flag = Flag("sound_not_read", "warning", {"seconds": 31.2})
    (reason,) = review_reasons(complete(), transcript=speech("hello", flags=(flag,)))
    assert reason.code == "sound_not_read"
    assert "31 s" in reason.text.en
    assert "31초" in reason.text.ko


def test_any_reason_makes_a_human_decision_required():
    card = complete((1.0, 5.0))
    assert with_review(card, review_reasons(card)).human_decision_required
    assert with_review(card, review_reasons(card)).review[0].code == "low_agreement"
    assert OFFLINE in card.judges


def test_a_profile_can_ask_for_a_person_for_every_card():
    card = card_of(*(judgement(c, 3.0) for c in ("language", "psychological", "cognitive", "job_fit")))
    codes = {name: [r.code for r in review_reasons(card, profile=load_profile(name))] for name in ("kr", "standard")}
    assert codes == {"kr": ["policy"], "standard": []}
