from __future__ import annotations

import pytest

from include.interview.assessment.measures import channel_measures
from include.interview.records import Measurements, Role, Transcript, Utterance, Word
from include.perception.fluency import measure_fluency

pytestmark = pytest.mark.unit


def said(number: int, role: Role, text: str, times: list[tuple[float, float]]) -> Utterance:
    words = tuple(Word(t, a, b, 0.9) for t, (a, b) in zip(text.split(), times, strict=True))
    return Utterance(f"u{number:04d}", role[:1], role, text, words[0].start_s, words[-1].end_s, words, "ko", 0.9)


def spoken(*utterances: Utterance, duration: float = 60.0, language: str = "ko") -> Transcript:
    return Transcript("speech", language, 1.0, utterances, duration, 20.0, 0.95, 0.9)


def value(found: Measurements, name: str) -> float | None:
    measure = found.get(name)
    assert measure is not None
    return measure.value


def interview() -> Transcript:
    """Question until 2.0; answer 2.5-12.5 s: ten words of 0.6 s, gaps 0.2 (seven), 1.4 and 1.2 s; 40 syllables."""
    times, at = [], 2.5
    for gap in (0.2, 0.2, 0.2, 1.4, 0.2, 0.2, 0.2, 1.2, 0.2, 0.0):
        times.append((at, at + 0.6))
        at += 0.6 + gap
    question = said(1, "interviewer", "자기소개 부탁드립니다.", [(0.0, 0.8), (1.0, 2.0)])
    answer = said(2, "candidate", " ".join(["어", "저는네글"] + ["네글자말"] * 8), times)
    return spoken(question, answer, duration=20.0)


def test_rates_and_pauses_by_hand() -> None:
    found = measure_fluency(interview())
    total = 10 * 0.6 + 7 * 0.2 + 1.4 + 1.2
    assert value(found, "words") == 10
    assert value(found, "speech_rate_syl_s") == pytest.approx(37 / total, abs=1e-3)
    assert value(found, "articulation_rate_syl_s") == pytest.approx(37 / (total - 2.6), abs=1e-3)
    assert value(found, "pause_share") == pytest.approx(2.6 / total, abs=1e-3)
    assert value(found, "mean_pause_s") == pytest.approx(1.3, abs=1e-3)
    assert value(found, "long_pauses_per_min") == pytest.approx(2 * 60 / total, abs=1e-2)
    assert value(found, "response_latency_s") == pytest.approx(0.5)
    assert value(found, "speaking_time_share") == pytest.approx(total / 20, abs=1e-3)
    long = found.get("long_pauses_per_min")
    assert long is not None
    assert [i.value for i in long.intervals] == pytest.approx([1.4, 1.2])


def test_fillers_carry_their_time_and_a_low_confidence() -> None:
    fillers = measure_fluency(interview()).get("fillers_per_min")
    assert fillers is not None
    assert fillers.n == 1
    assert [(i.start_s, i.end_s) for i in fillers.intervals] == [(2.5, 3.1)]
    assert fillers.confidence is not None
    assert fillers.confidence < 0.5


def test_silence_between_answers_is_no_pause() -> None:
    one = said(1, "candidate", "하나 둘 셋", [(0.0, 1.0), (1.1, 2.0), (2.1, 3.0)])
    two = said(2, "candidate", "하나 둘 셋", [(15.0, 16.0), (16.1, 17.0), (17.1, 18.0)])
    found = measure_fluency(spoken(one, two))
    assert value(found, "pause_share") == 0.0
    mean = found.get("mean_pause_s")
    assert mean is not None
    assert (mean.value, mean.reason) == (None, "no_pauses")


def test_typed_transcripts_keep_what_words_alone_can_tell() -> None:
    text = "I worked with the team and um we we built a tool for the customers because they asked for it every week."
    typed = Transcript("text", "en", None, (Utterance("u1", "Interviewee", "candidate", text),))
    found = measure_fluency(typed)
    assert value(found, "words") == 22
    assert value(found, "filler_share") == pytest.approx(1 / 22, abs=1e-4)
    assert value(found, "repetitions_per_100w") == pytest.approx(100 / 22, abs=1e-3)
    assert {m.name: m.reason for m in found.measures if m.value is None} == {
        "speech_rate_syl_s": "no_timing", "articulation_rate_syl_s": "no_timing", "pause_share": "no_timing",
        "long_pauses_per_min": "no_timing", "mean_pause_s": "no_timing", "fillers_per_min": "no_timing",
        "response_latency_s": "no_timing", "speaking_time_share": "no_timing", "mattr": "too_few_words",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("transcript", "reason"),
    [
        (spoken(), "no_words"),
        (spoken(said(1, "unknown", "누구의 말", [(0.0, 1.0), (1.0, 2.0)])), "candidate_unknown"),
    ],
)
def test_without_candidate_words_there_are_no_numbers(transcript: Transcript, reason: str) -> None:
    assert {(m.value, m.reason) for m in measure_fluency(transcript).measures} == {(None, reason)}


def test_another_language_keeps_only_what_needs_no_language() -> None:
    times = [(i * 0.5, i * 0.5 + 0.4) for i in range(24)]
    found = measure_fluency(spoken(said(1, "candidate", "wort " * 23 + "wort", times), language="de"))
    assert {m.name for m in found.measures if m.reason == "language_unsupported"} == {
        "speech_rate_syl_s", "articulation_rate_syl_s", "fillers_per_min", "filler_share", "mattr",
        "repetitions_per_100w",
    }  # fmt: skip
    assert value(found, "words") == 24
    assert value(found, "pause_share") == 0.0


def test_every_measure_of_the_registry_is_answered_in_its_unit() -> None:
    found = measure_fluency(interview())
    assert [(m.name, m.unit) for m in found.measures] == [(s.name, s.unit) for s in channel_measures("fluency")]
    assert all((m.value is None) == (m.reason is not None) for m in found.measures)


def test_the_error_of_the_pace_is_the_jackknife_over_utterances() -> None:
    # Three utterances of four syllables in 1, 1 and 2 s: 12 syllables in 4 s; leaving one out gives 8/3, 8/3 and 8/2.
    question = said(1, "interviewer", "네.", [(0.0, 0.5)])
    answers = [
        said(k + 2, "candidate", "네글자말", [(at, at + s)]) for k, (at, s) in enumerate(((1, 1), (3, 1), (5, 2)))
    ]
    pace = measure_fluency(spoken(question, *answers)).get("articulation_rate_syl_s")
    assert pace is not None
    mean = (8 / 3 + 8 / 3 + 4) / 3
    expected = (2 / 3 * (2 * (8 / 3 - mean) ** 2 + (4 - mean) ** 2)) ** 0.5
    assert pace.error == pytest.approx(expected, abs=1e-4)
    alone = measure_fluency(interview()).get("articulation_rate_syl_s")
    assert alone is not None
    assert alone.error is None
