"""Where a voice differs from the same person's own first minutes, with the chance of a false pointer held.

Nobody is compared with anybody else. The unit is a window of about five seconds; the first two minutes of the
person's own speech are the baseline, and each later answer's windows are compared with the baseline's by rank. All
comparisons of an interview share one budget: each is made at `EXPECTED_FALSE` divided by their number, so that on a
voice that does not change the expected number of false pointers in a whole interview is at most `EXPECTED_FALSE`,
however the measures depend on each other; windows that follow each other closely must not be too alike (see there). A
pointer also needs a distance of `LEAST_Z`, so that long answers do not
make small differences look large. tests/include/interview/voice/test_deviation.py simulates it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

from include.interview.records import Record
from include.interview.voice.measures import VOICE_MEASURES
from include.interview.voice.rank_test import dependence, one_against_others_p, rank_sum_p
from include.interview.voice.records import (
    AnswerVoice,
    ComparedValue,
    Direction,
    SpokenAnswer,
    VoiceAnalysis,
    VoiceBaseline,
    VoiceMeasure,
    VoicePointer,
    VoiceWindow,
)

BASELINE_S = 120.0
"""Seconds of a person's own speech that make the baseline."""
LEAST_BASELINE_S = 90.0
"""Seconds below which there is no baseline: a dozen windows say too little about a person's own spread."""
LEAST_BASELINE_VOICED_S = 30.0
"""Voiced seconds in it below which there is none: a whispering or badly recorded voice."""
LEAST_BASELINE_WINDOWS = 12
"""Windows in which a measure must be known to have a baseline."""
LEAST_ANSWER_WINDOWS = 3
"""Windows of an answer below which it is not compared."""
LEAST_OTHER_LATENCIES = 6
"""Other answers with a latency below which a latency is not compared: the first minutes alone hold too few."""
EXPECTED_FALSE = 0.5
"""Pointers expected by chance, at most, in a whole interview of an unchanging voice. Simulated
(docs/scoring.md): 0.15 where neighbouring windows are independent, 0.30 where they correlate by .4 in answers of half a
minute and 0.42 in those of a minute; at .6 it is 0.57 and the bound is broken."""
LEAST_Z = 1.0
"""Distance in robust standard deviations of a single window below which nothing is pointed at."""
MAD_TO_SD = 1.4826
"""Median absolute deviation of a normal distribution to its standard deviation."""
_LEAST_LATENCY_S = 0.05
"""Latencies are compared as logarithms; answers that begin at once count as this."""


class _Comparison(Record, frozen=True):
    answer: SpokenAnswer
    value: ComparedValue
    windows: tuple[VoiceWindow, ...]


def analyse_voice(answers: Sequence[SpokenAnswer]) -> VoiceAnalysis:
    """Every answer beside the person's own baseline, with the pointers; see the module for how chance is held.

    `answers`: all of one person, in order. Without a baseline only what is measured stands in the analysis
    (`reason` "no_baseline").
    """
    windows = [w for answer in answers for w in answer.windows]
    first = _first_minutes(windows)
    baseline = VoiceBaseline(
        round(sum(w.seconds for w in first), 3), round(sum(w.voiced_s for w in first), 3), len(first)
    )
    if baseline.seconds < LEAST_BASELINE_S or baseline.voiced_s < LEAST_BASELINE_VOICED_S:
        said = tuple(_described(answer, (), {}) for answer in answers)
        return VoiceAnalysis(said, baseline=baseline, reason="no_baseline")
    compared: dict[str, list[_Comparison]] = {}
    reasons: dict[str, dict[VoiceMeasure, str]] = {}
    for answer in answers:
        compared[answer.answer_id], reasons[answer.answer_id] = _compare(answer, first, answers)
    tests = sum(len(found) for found in compared.values())
    level = EXPECTED_FALSE / tests if tests else 0.0
    return VoiceAnalysis(
        answers=tuple(_described(a, [c.value for c in compared[a.answer_id]], reasons[a.answer_id]) for a in answers),
        pointers=tuple(
            _pointer(c)
            for found in compared.values()
            for c in found
            if c.value.p <= level and abs(c.value.robust_z) >= LEAST_Z
        ),
        baseline=baseline,
        tests=tests,
        expected_false=EXPECTED_FALSE if tests else 0.0,
    )


def _first_minutes(windows: Sequence[VoiceWindow]) -> list[VoiceWindow]:
    first: list[VoiceWindow] = []
    seconds = 0.0
    for window in windows:
        if seconds >= BASELINE_S:
            break
        first.append(window)
        seconds += window.seconds
    return first


def _compare(
    answer: SpokenAnswer, first: Sequence[VoiceWindow], answers: Sequence[SpokenAnswer]
) -> tuple[list[_Comparison], dict[VoiceMeasure, str]]:
    found: list[_Comparison] = []
    reasons: dict[VoiceMeasure, str] = {}
    later = tuple(w for w in answer.windows if not first or w.start_s >= first[-1].end_s)
    for measure in VOICE_MEASURES:
        one = _latency(answer, answers) if measure == "latency" else _windowed(measure, answer, later, first)
        if isinstance(one, str):
            reasons[measure] = one
        else:
            found.append(one)
    return found, reasons


def _windowed(
    measure: VoiceMeasure, answer: SpokenAnswer, later: Sequence[VoiceWindow], first: Sequence[VoiceWindow]
) -> _Comparison | str:
    before = [w.values[measure] for w in first if measure in w.values]
    known = tuple(w for w in later if measure in w.values)
    after = [w.values[measure] for w in known]
    if not later:
        return "baseline" if answer.windows else "too_short"
    if len(before) < LEAST_BASELINE_WINDOWS:
        return "not_measured"
    if len(after) < LEAST_ANSWER_WINDOWS:
        return "too_short" if len(later) < LEAST_ANSWER_WINDOWS else "not_measured"
    z = robust_z(median(after), before)
    if z is None:
        return "no_spread"
    p = rank_sum_p(before, after, dependence(before))
    value = ComparedValue(measure, round(median(after), 4), round(median(before), 4), round(z, 3), p, len(after))
    return _Comparison(answer, value, known)


def _latency(answer: SpokenAnswer, answers: Sequence[SpokenAnswer]) -> _Comparison | str:
    if answer.latency_s is None:
        return "not_measured"
    others = [a.latency_s for a in answers if a.latency_s is not None and a.answer_id != answer.answer_id]
    if len(others) < LEAST_OTHER_LATENCIES:
        return "too_few_answers"
    logs = [math.log(max(s, _LEAST_LATENCY_S)) for s in others]
    own = math.log(max(answer.latency_s, _LEAST_LATENCY_S))
    z = robust_z(own, logs)
    if z is None:
        return "no_spread"
    value = ComparedValue(
        "latency", round(answer.latency_s, 3), round(median(others), 3), round(z, 3), one_against_others_p(own, logs), 1
    )
    return _Comparison(answer, value, ())


def robust_z(value: float, baseline: Sequence[float]) -> float | None:
    """Distance of `value` from the baseline's median in robust standard deviations; None when it has no spread."""
    middle = median(baseline)
    spread = MAD_TO_SD * median(abs(x - middle) for x in baseline)
    return (value - middle) / spread if spread > 0.0 else None


def _pointer(found: _Comparison) -> VoicePointer:
    """Where to listen: the window that shows it most; for a latency the end of the question and the first words."""
    value, answer = found.value, found.answer
    higher = value.robust_z > 0
    start, end = max(0.0, answer.start_s - value.value), answer.start_s
    if found.windows:
        sign = 1.0 if higher else -1.0
        window = max(found.windows, key=lambda w: sign * w.values[value.measure])
        start, end = window.start_s, window.end_s
    direction: Direction = "higher" if higher else "lower"
    return VoicePointer(
        answer.answer_id, value.measure, direction, value.value, value.baseline, value.robust_z, start, end
    )  # fmt: skip


def _described(
    answer: SpokenAnswer, compared: Sequence[ComparedValue], reasons: dict[VoiceMeasure, str]
) -> AnswerVoice:
    return AnswerVoice(
        answer_id=answer.answer_id,
        start_s=answer.start_s,
        end_s=answer.end_s,
        compared=tuple(compared),
        not_compared=reasons,
        distance=round(median(abs(c.robust_z) for c in compared), 3) if compared else None,
        latency_s=answer.latency_s,
        speech_rate=answer.speech_rate,
        long_pauses=answer.long_pauses,
    )
