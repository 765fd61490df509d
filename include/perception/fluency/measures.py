"""The fluency channel: every measure of the candidate's words, with or without times."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

from include.interview.assessment.measures import channel_measures
from include.interview.records import Interval, Measure, Measurements, Transcript, Utterance
from include.interview.scoring.presence import own_speech, seconds_of
from include.interview.transcript.syllables import syllables
from include.interview.transcript.text import words
from include.perception.fluency.diversity import mattr, repetitions
from include.perception.fluency.fillers import fillers
from include.perception.fluency.lexicon import tokens
from include.perception.fluency.timing import LONG_PAUSE_S, Stretch, latencies, stretches

ENGINE = "words (kiwipiepy, English rules)"
LEAST_ANSWER_S = 5.0
"""Seconds of answering below which rates are not given."""
LEAST_WORDS = 20
"""Words below which shares and counts per 100 words are not given."""
FILLER_CONFIDENCE = 0.4
"""Recognised speech under-reports fillers: Whisper was trained on edited transcripts and drops many of them."""
_KNOWN_LANGUAGES = ("ko", "en")
_LANGUAGE_BOUND = frozenset(
    ("speech_rate_syl_s", "articulation_rate_syl_s", "fillers_per_min", "filler_share", "mattr", "repetitions_per_100w")
)
_TIMED = frozenset(
    (
        "speech_rate_syl_s", "articulation_rate_syl_s", "pause_share", "long_pauses_per_min", "mean_pause_s",
        "fillers_per_min", "response_latency_s", "speaking_time_share",
    )
)  # fmt: skip


def measure_fluency(transcript: Transcript) -> Measurements:
    """All fluency measures of the candidate, in the registry's order.

    A measure that cannot be given has value None and a reason: no_words, candidate_unknown, no_timing (typed
    transcripts), language_unsupported, too_few_words, too_little_speech, no_question_heard, no_pauses.
    """
    said = [u for u in transcript.utterances if u.role == "candidate"]
    timed = transcript.source == "speech" and any(u.start_s is not None for u in said)
    values = _word_measures(said, transcript)
    if timed:
        values |= _time_measures(said, transcript)
    measures = tuple(
        _given(spec.name, spec.unit, values, _refusal(spec.name, said, timed, transcript), transcript)
        for spec in channel_measures("fluency")
    )
    coverage = transcript.coverage if transcript.coverage is not None else (1.0 if said else 0.0)
    return Measurements("fluency", coverage, measures, engine=ENGINE)


_Value = Measure | str
"""A measure, or the reason why there is none."""


def _refusal(name: str, said: Sequence[Utterance], timed: bool, transcript: Transcript) -> str | None:
    if not said:
        return "candidate_unknown" if transcript.utterances else "no_words"
    if name in _TIMED and not timed:
        return "no_timing"
    if name in _LANGUAGE_BOUND and transcript.language not in _KNOWN_LANGUAGES:
        return "language_unsupported"
    return None


def _given(name: str, unit: str, values: dict[str, _Value], refusal: str | None, transcript: Transcript) -> Measure:
    found: _Value = refusal or values.get(name, "not_measured")
    coverage = transcript.coverage if transcript.coverage is not None else 1.0
    if isinstance(found, str):
        return Measure(name, None, unit, coverage, reason=found)
    confidence = found.confidence if found.confidence is not None else transcript.confidence
    return Measure(name, found.value, unit, coverage, confidence, found.n, None, found.intervals, found.error)


def _measure(
    name: str,
    value: float,
    n: int,
    intervals: Sequence[Interval] = (),
    confidence: float | None = None,
    error: float | None = None,
) -> Measure:
    return Measure(name, round(value, 4), "", confidence=confidence, n=n, intervals=tuple(intervals), error=error)


def _word_measures(said: Sequence[Utterance], transcript: Transcript) -> dict[str, _Value]:
    language = transcript.language
    count = sum(len(words(u.text)) for u in said)
    found: dict[str, _Value] = {"words": _measure("words", float(count), count)}
    if language not in _KNOWN_LANGUAGES:
        return found
    vocabulary = [t for u in said for t in tokens(u.text, _language(u, transcript))]
    diversity = mattr(vocabulary)
    found["mattr"] = "too_few_words" if diversity is None else _measure("mattr", diversity, len(vocabulary))
    if count < LEAST_WORDS:
        return found | {"filler_share": "too_few_words", "repetitions_per_100w": "too_few_words"}
    # Joined over utterances of one answer a restart may cross a sentence; within one it is certain.
    again = [(u, repetitions(u.text)) for u in said]
    total = sum(n for _, n in again)
    where = [_whole(u, "repetition", float(n)) for u, n in again if n and u.start_s is not None]
    found["repetitions_per_100w"] = _measure("repetitions_per_100w", 100.0 * total / count, total, where)
    filled = sum(f.words for u in said for f in fillers(u.text, _language(u, transcript)))
    trust = FILLER_CONFIDENCE if transcript.source == "speech" else None
    found["filler_share"] = _measure("filler_share", filled / count, filled, _filler_places(said, transcript), trust)
    return found


def _time_measures(said: Sequence[Utterance], transcript: Transcript) -> dict[str, _Value]:
    answers = stretches(transcript)
    total = sum(a.seconds for a in answers)
    found: dict[str, _Value] = dict(_latency(transcript))
    spoken = sum((u.end_s or 0.0) - (u.start_s or 0.0) for u in said)
    found["speaking_time_share"] = (
        _measure("speaking_time_share", min(1.0, spoken / transcript.duration_s), len(said))
        if transcript.duration_s
        else "no_timing"
    )
    rates = ("speech_rate_syl_s", "articulation_rate_syl_s", "pause_share", "long_pauses_per_min", "mean_pause_s")
    if total < LEAST_ANSWER_S:
        return found | dict.fromkeys((*rates, "fillers_per_min"), "too_little_speech")
    found |= _pauses(answers, total)
    if transcript.language in _KNOWN_LANGUAGES:
        found |= _rates(said, answers, total)
        places = _filler_places(said, transcript)
        per_minute = 60.0 * len(places) / total
        found["fillers_per_min"] = _measure("fillers_per_min", per_minute, len(places), places, FILLER_CONFIDENCE)
    return found


def _pauses(answers: Sequence[Stretch], total: float) -> dict[str, _Value]:
    pauses = [p for a in answers for p in a.pauses]
    lengths = [p.value or 0.0 for p in pauses]
    long = [p for p in pauses if (p.value or 0.0) >= LONG_PAUSE_S]
    return {
        "pause_share": _measure("pause_share", sum(lengths) / total, len(pauses), pauses),
        "long_pauses_per_min": _measure("long_pauses_per_min", 60.0 * len(long) / total, len(long), long),
        "mean_pause_s": _measure("mean_pause_s", sum(lengths) / len(lengths), len(lengths)) if lengths else "no_pauses",
    }


def _rates(said: Sequence[Utterance], answers: Sequence[Stretch], total: float) -> dict[str, _Value]:
    count = sum(syllables(u.text) for u in said)
    silent = sum(p.value or 0.0 for a in answers for p in a.pauses)
    per_utterance = [
        _whole(u, "utterance", round(syllables(u.text) / (u.end_s - u.start_s), 3))
        for u in said
        if u.start_s is not None and u.end_s is not None and u.end_s > u.start_s
    ]
    return {
        "speech_rate_syl_s": _measure("speech_rate_syl_s", count / total, count, per_utterance),
        "articulation_rate_syl_s": _measure(
            "articulation_rate_syl_s", count / max(total - silent, 0.1), count, error=_pace_error(said)
        ),
    }


def _pace_error(said: Sequence[Utterance]) -> float | None:
    """Standard error of the articulation rate in syllables per second: jackknife over utterances (Efron & Stein 1981).

    None with fewer than two utterances that have times.
    """
    spans = [(syllables(u.text), seconds_of(own_speech((u,)))) for u in said]
    timed = [(count, seconds) for count, seconds in spans if seconds > 0]
    if len(timed) < 2:
        return None
    counts, lengths = sum(c for c, _ in timed), sum(s for _, s in timed)
    without = [(counts - c) / (lengths - s) for c, s in timed]
    mean = sum(without) / len(without)
    return round(math.sqrt((len(without) - 1) / len(without) * sum((w - mean) ** 2 for w in without)), 4)


def _latency(transcript: Transcript) -> dict[str, _Value]:
    found = latencies(transcript)
    if not found:
        return {"response_latency_s": "no_question_heard"}
    middle = median(i.value or 0.0 for i in found)
    return {"response_latency_s": _measure("response_latency_s", middle, len(found), found)}


def _whole(u: Utterance, kind: str, value: float) -> Interval:
    return Interval(u.start_s or 0.0, u.end_s or 0.0, kind, value)


def _language(u: Utterance, transcript: Transcript) -> str:
    """The language of `u`, where it is one whose words are known, else the transcript's."""
    return u.language if u.language in _KNOWN_LANGUAGES else transcript.language


def _filler_places(said: Sequence[Utterance], transcript: Transcript) -> list[Interval]:
    """One interval per filler: the time of the word it begins in (nothing for utterances without times)."""
    places = []
    for u in said:
        if u.start_s is None:
            continue
        for filler in fillers(u.text, _language(u, transcript)):
            start, end = _time_at(u, filler.start, filler.end)
            places.append(Interval(start, end, "filler"))
    return places


def _time_at(u: Utterance, first: int, last: int) -> tuple[float, float]:
    position = 0
    inside = []
    for word in u.words:
        end = position + len(word.text)
        if position < last and end > first:
            inside.append(word)
        position = end + 1
    if not inside:
        return u.start_s or 0.0, u.end_s or 0.0
    return inside[0].start_s, inside[-1].end_s
