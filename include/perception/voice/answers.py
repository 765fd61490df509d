"""The voice of each answer in windows of about five seconds: pace, pauses, pitch range, level, rhythm, latency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from include.interview.records import Answer, Interval, Transcript, Word
from include.interview.transcript.syllables import syllables
from include.interview.voice.records import SpokenAnswer, VoiceMeasure, VoiceWindow
from include.perception.fluency.timing import ANSWER_BREAK_S, LONG_PAUSE_S, PAUSE_S, latencies
from include.perception.voice.measures import OCTAVE, RANGE_PERCENTILES, semitones
from include.perception.voice.rhythm import interval_runs, npvi, syllable_nuclei
from include.perception.voice.tracks import STEP_S, ProsodyTracks

WINDOW_S = 5.0
"""Seconds of an answer from which a window is complete: some fifteen syllables, enough for a rate and a range."""
LEAST_WINDOW_S = 3.0
"""A shorter rest at the end of an answer, or before a break, is no window."""
LEAST_VOICED_S = 1.0
"""Voiced seconds of a window below which pitch range and variation of level are not given."""


@dataclass(frozen=True)
class _Span:
    """Words of one window and where it ends: at the first word of the next, or at its own last word."""

    words: tuple[Word, ...]
    end_s: float

    @property
    def start_s(self) -> float:
        return self.words[0].start_s

    @property
    def seconds(self) -> float:
        return self.end_s - self.start_s


@dataclass(frozen=True)
class _Sound:
    """The candidate's frames of a recording: pitch in Hz (0 where unvoiced or a tracking error), level, nuclei."""

    f0: np.ndarray
    level: np.ndarray
    nuclei: np.ndarray


def measure_answers(
    answers: Sequence[Answer], transcript: Transcript, tracks: ProsodyTracks
) -> tuple[SpokenAnswer, ...]:
    """Every answer that has words with times, in order, measured on the prosody of the same timeline.

    Args:
        answers: the candidate's, of this transcript.
        transcript: with all speakers: a window never spans another person's turn.
        tracks: of the whole interview (`join_tracks` for several recordings).
    """
    timed = [(answer, words) for answer in answers if (words := _words(answer))]
    sound = _sound(tracks, [w for _, words in timed for w in words])
    waited = {i.end_s: i.value for i in latencies(transcript)}
    others = [(u.start_s, u.end_s) for u in transcript.utterances if u.role != "candidate" and u.start_s is not None]
    return tuple(_measured(answer, words, sound, waited, others) for answer, words in timed)


def _words(answer: Answer) -> list[Word]:
    return sorted((w for u in answer.utterances for w in u.words), key=lambda w: (w.start_s, w.end_s))


def _measured(
    answer: Answer,
    words: Sequence[Word],
    sound: _Sound,
    waited: dict[float, float | None],
    others: Sequence[tuple[float | None, float | None]],
) -> SpokenAnswer:
    stretches = _unbroken(words, others)
    gaps = [gap for stretch in stretches for gap in _gaps(stretch, stretch[-1].end_s)]
    whole = sum(max(w.end_s for w in stretch) - stretch[0].start_s for stretch in stretches)
    first = answer.utterances[0]
    spans = [span for stretch in stretches for span in _spans(stretch)]
    return SpokenAnswer(
        answer_id=first.id,
        start_s=words[0].start_s,
        end_s=max(w.end_s for w in words),
        windows=tuple(_window(span, sound) for span in spans),
        latency_s=waited.get(first.start_s) if first.start_s is not None else None,
        speech_rate=round(sum(syllables(w.text) for w in words) / whole, 3) if whole > 0 else None,
        long_pauses=tuple(g for g in gaps if (g.value or 0.0) >= LONG_PAUSE_S),
    )


def _unbroken(words: Sequence[Word], others: Sequence[tuple[float | None, float | None]]) -> list[list[Word]]:
    """Words divided where five seconds are silent or somebody else speaks between two of them."""
    parts: list[list[Word]] = [[words[0]]]
    for word in words[1:]:
        last = parts[-1][-1].end_s
        spoken = any(s is not None and e is not None and s < word.start_s and e > last for s, e in others)
        if word.start_s - last >= ANSWER_BREAK_S or (spoken and word.start_s - last >= PAUSE_S):
            parts.append([])
        parts[-1].append(word)
    return parts


def _spans(words: Sequence[Word]) -> list[_Span]:
    spans: list[_Span] = []
    held: list[Word] = []
    for word in words:
        if held and word.start_s - held[0].start_s >= WINDOW_S:
            spans.append(_Span(tuple(held), word.start_s))
            held = []
        held.append(word)
    last = _Span(tuple(held), max(w.end_s for w in held))
    return [*spans, last] if last.seconds >= LEAST_WINDOW_S else spans


def _gaps(words: Sequence[Word], end_s: float) -> list[Interval]:
    """Pauses of at least 250 ms between the words, and between the last one and `end_s`."""
    found = []
    reached = words[0].end_s
    for start, end in [*((w.start_s, w.end_s) for w in words[1:]), (end_s, end_s)]:
        if start - reached >= PAUSE_S:
            found.append(Interval(reached, start, "pause", round(start - reached, 3)))
        reached = max(reached, end)
    return found


def _window(span: _Span, sound: _Sound) -> VoiceWindow:
    paused = sum(g.value or 0.0 for g in _gaps(span.words, span.end_s))
    values: dict[VoiceMeasure, float] = {"pause_share": round(paused / span.seconds, 4)}
    count = sum(syllables(w.text) for w in span.words)
    if count and span.seconds > paused:
        values["articulation_rate"] = round(count / (span.seconds - paused), 3)
    part = slice(round(span.start_s / STEP_S), round(span.end_s / STEP_S))
    f0, level = sound.f0[part], sound.level[part]
    voiced = f0 > 0
    seconds = float(voiced.sum()) * STEP_S
    if seconds >= LEAST_VOICED_S:
        low, high = np.percentile(f0[voiced], RANGE_PERCENTILES)
        values["f0_range"] = round(float(semitones(np.array([high]), float(low))[0]), 3)
        values["intensity_variation"] = round(float(np.std(level[voiced])), 3)
    inside = sound.nuclei[(sound.nuclei >= span.start_s) & (sound.nuclei < span.end_s)]
    rhythm = npvi(interval_runs(inside))
    if rhythm is not None:
        values["rhythm_npvi"] = round(rhythm, 2)
    return VoiceWindow(span.start_s, span.end_s, round(seconds, 2), values)


def _sound(tracks: ProsodyTracks, words: Sequence[Word]) -> _Sound:
    speech = np.zeros(tracks.frames, bool)
    for word in words:
        speech[round(word.start_s / STEP_S) : round(word.end_s / STEP_S)] = True
    f0 = np.where(speech, tracks.f0_hz, 0.0)
    if (f0 > 0).any():
        middle = float(np.median(f0[f0 > 0]))
        near = np.zeros(len(f0), bool)
        near[f0 > 0] = np.abs(semitones(f0[f0 > 0], middle)) <= OCTAVE
        f0 = np.where(near, f0, 0.0)  # further away are doubled and halved periods
    return _Sound(f0, tracks.intensity_db, syllable_nuclei(tracks, speech))
