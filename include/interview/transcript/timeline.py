"""One timeline for an interview of several recordings: pure functions that shift and join.

Recordings lie end to end; `Recording.offset_s` is where each begins. A measure of the whole interview is the mean of
its recordings' values, weighted by the observed time (duration × coverage), which is exact for shares and for rates
per unit of time; totals (listed in `SUMMED`) are added up.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from include.interview.records import (
    Flag,
    Interval,
    Measure,
    Measurements,
    QuestionMark,
    Recording,
    Transcript,
    Utterance,
    Word,
)

SUMMED = frozenset({"duration_s", "words", "seen_s"})
"""Measures that add up over recordings instead of averaging."""


def locate(recordings: Sequence[Recording], time_s: float) -> tuple[Recording, float]:
    """The recording that holds interview time `time_s`, and the seconds inside that recording.

    Times before the first or after the last recording belong to the nearest one.

    Raises:
        ValueError: there are no recordings.
    """
    if not recordings:
        raise ValueError("An interview without recordings has no timeline.")
    ordered = sorted(recordings, key=lambda r: r.offset_s)
    holder = ordered[0]
    for recording in ordered:
        if recording.offset_s <= time_s:
            holder = recording
    return holder, max(0.0, time_s - holder.offset_s)


def lay_out(durations_s: Sequence[float]) -> tuple[float, ...]:
    """Offsets in seconds of recordings with these durations (seconds), laid end to end; the first is 0."""
    offsets, at = [], 0.0
    for duration in durations_s:
        offsets.append(at)
        at += duration
    return tuple(offsets)


def question_marks(marks: Sequence[QuestionMark], recordings: Sequence[Recording]) -> tuple[QuestionMark, ...]:
    """The starts of the questions: the given marks, else the starts of recordings that answer one question each."""
    if marks:
        return tuple(marks)
    return tuple(QuestionMark(r.question_id, r.offset_s) for r in recordings if r.question_id is not None)


def shift_interval(interval: Interval, by_s: float) -> Interval:
    """The same interval, `by_s` seconds later."""
    return msgspec.structs.replace(interval, start_s=interval.start_s + by_s, end_s=interval.end_s + by_s)


def shift_flag(flag: Flag, by_s: float) -> Flag:
    """The same flag with its intervals `by_s` seconds later."""
    return msgspec.structs.replace(flag, intervals=tuple(shift_interval(i, by_s) for i in flag.intervals))


def shift_measurements(measurements: Measurements, by_s: float) -> Measurements:
    """The same measurements with every interval `by_s` seconds later."""
    return msgspec.structs.replace(
        measurements,
        measures=tuple(
            msgspec.structs.replace(m, intervals=tuple(shift_interval(i, by_s) for i in m.intervals))
            for m in measurements.measures
        ),
        flags=tuple(shift_flag(f, by_s) for f in measurements.flags),
    )


def _shift_word(word: Word, by_s: float) -> Word:
    return msgspec.structs.replace(word, start_s=word.start_s + by_s, end_s=word.end_s + by_s)


def shift_utterance(utterance: Utterance, by_s: float) -> Utterance:
    """The same utterance, `by_s` seconds later; a typed one (no times) is returned as it is."""
    if utterance.start_s is None or utterance.end_s is None:
        return utterance
    return msgspec.structs.replace(
        utterance,
        start_s=utterance.start_s + by_s,
        end_s=utterance.end_s + by_s,
        words=tuple(_shift_word(w, by_s) for w in utterance.words),
    )


def _join_measure(parts: Sequence[tuple[float, Measure]], total_s: float) -> Measure:
    """One measure over recordings of `total_s` altogether; each part comes with its recording's duration in seconds.

    Without any value the first reason stands, with the coverage that was reached.
    """
    first = parts[0][1]
    known = [(duration * m.coverage, m) for duration, m in parts if m.value is not None]
    intervals = tuple(i for _, m in parts for i in m.intervals)
    observed = sum(weight for weight, _ in known)
    if not known or (observed <= 0 and first.name not in SUMMED):
        reached = sum(duration * m.coverage for duration, m in parts)
        reason = next((m.reason for _, m in parts if m.reason is not None), None)
        coverage = reached / total_s if total_s > 0 else 0.0
        n = sum(m.n for _, m in parts)
        return msgspec.structs.replace(first, value=None, coverage=coverage, n=n, reason=reason, intervals=intervals)
    coverage = observed / total_s if total_s > 0 else 0.0
    values = [(weight, m.value) for weight, m in known if m.value is not None]
    summed = sum(v for _, v in values)
    value = summed if first.name in SUMMED else sum(w * v for w, v in values) / observed
    confidences = [m.confidence for _, m in known if m.confidence is not None]
    return msgspec.structs.replace(
        first,
        value=value,
        coverage=coverage,
        confidence=min(confidences) if confidences else None,
        n=sum(m.n for _, m in known),
        reason=None,
        intervals=intervals,
    )


def join_measurements(parts: Sequence[tuple[Recording, Measurements]]) -> Measurements:
    """One channel over all recordings of an interview, on the interview's timeline.

    Args:
        parts: one entry per recording, all of the same channel, times still local to each recording.

    Raises:
        ValueError: `parts` is empty or mixes channels.
    """
    if not parts or len({m.channel for _, m in parts}) != 1:
        raise ValueError("Only measurements of one channel can be joined, and at least one.")
    if len(parts) == 1:
        recording, only = parts[0]
        return shift_measurements(only, recording.offset_s)
    shifted = [(r.duration_s, shift_measurements(m, r.offset_s)) for r, m in parts]
    total = sum(duration for duration, _ in shifted)
    names = list(dict.fromkeys(measure.name for _, m in shifted for measure in m.measures))
    joined = []
    for name in names:
        present = [(duration, found) for duration, m in shifted if (found := m.get(name)) is not None]
        joined.append(_join_measure(present, total))
    coverage = sum(d * m.coverage for d, m in shifted) / total if total > 0 else 0.0
    return Measurements(
        channel=shifted[0][1].channel,
        coverage=coverage,
        measures=tuple(joined),
        flags=tuple(f for _, m in shifted for f in m.flags),
        engine=shifted[0][1].engine,
    )


def _weighted(parts: Sequence[tuple[float, float | None]]) -> float | None:
    known = [(w, v) for w, v in parts if v is not None]
    weight = sum(w for w, _ in known)
    return sum(w * v for w, v in known) / weight if weight > 0 else None


def join_transcripts(parts: Sequence[tuple[Recording, Transcript]]) -> Transcript:
    """One transcript over all recordings: utterances renumbered, times on the interview's timeline.

    The language is that of the recording with most speech. Speaker labels stay local to a recording (prefixed by its
    index) unless there is only one recording.

    Raises:
        ValueError: `parts` is empty.
    """
    if not parts:
        raise ValueError("There is no transcript to join.")
    utterances: list[Utterance] = []
    for recording, transcript in parts:
        for utterance in transcript.utterances:
            moved = shift_utterance(utterance, recording.offset_s)
            speaker = moved.speaker if len(parts) == 1 else f"{recording.index}.{moved.speaker}"
            utterances.append(msgspec.structs.replace(moved, id=f"u{len(utterances) + 1:04d}", speaker=speaker))
    main = max(parts, key=lambda part: part[1].speech_s or 0.0)[1]
    speech = [(t.speech_s or 0.0) for _, t in parts]
    return Transcript(
        source=main.source,
        language=main.language,
        language_probability=main.language_probability,
        utterances=tuple(utterances),
        duration_s=sum(r.duration_s for r, _ in parts),
        speech_s=sum(speech),
        coverage=_weighted([(s, t.coverage) for s, (_, t) in zip(speech, parts, strict=True)]),
        confidence=_weighted([(s, t.confidence) for s, (_, t) in zip(speech, parts, strict=True)]),
        engine=main.engine,
        flags=tuple(shift_flag(f, r.offset_s) for r, t in parts for f in t.flags),
    )
