"""Two microphones in one room hear both people: each word is given to whoever is louder where it was said, once.

Nobody's gain is known. So the difference in level of the two tracks is taken where words were heard, and its two usual
values are found, one while each person speaks (two means; the borders lie between them). A delay between the
microphones of up to 30 ms is a small part of a word and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

import msgspec
import numpy as np

from include.interview.records import Flag, Interval, Transcript, Word
from include.interview.transcript.text import fold
from include.perception.speech.transcription import SpeechResult
from include.perception.speech.utterances import SpokenWord, coverage, utterances
from include.perception.speech.vad import total_s
from include.perception.speech.waveform import SAMPLE_RATE, Waveform

FRAME = 320
"""Samples (20 ms) per level."""
SMOOTHING = 7
"""Frames (140 ms) over which a level is the mean: longer than the delay between two microphones."""
LEAST_APART_DB = 6.0
"""Distance of the two usual differences below which the tracks cannot be told apart by their levels. With crosstalk k
dB below the voice in both microphones they lie 2 k apart, so this is a crosstalk of -3 dB."""
OTHERS, DOUBTFUL = 0.25, 0.5
"""Where a word lies between the other person's usual difference (0) and the own one (1): below the first it is the
other's; below the second it is where the other's track has the same word."""
NEAR_S = 0.3
"""How far apart the same word may lie on two tracks: the aligner's error, and the delay."""
AROUND_S, QUIET = 0.5, 0.05
"""Around a word that has less than this share of the power beside it, of both tracks, its neighbours are looked at."""
ALIKE = 0.6
"""Likeness (0 to 1) of two spellings from which they are one word: the quieter copy is heard with errors."""
LEAST_WORDS = 4
"""Words on each track below which nothing is compared."""
_AROUND = round(2 * AROUND_S * SAMPLE_RATE / FRAME)
_Told = tuple[Word, str]
"""A word and its language."""
_FLOOR = 1e-8
"""Power added to both levels, of full scale 1: -80 dB, below any room."""


@dataclass(frozen=True)
class HeardTrack:
    """A person's own track: what was heard on it, its sound, and where it begins in session seconds."""

    result: SpeechResult
    waveform: Waveform
    offset_s: float


@dataclass
class _Side:
    """One track while it is sorted out: words with language, times in session seconds."""

    track: HeardTrack
    levels: np.ndarray
    words: list[_Told] = field(default_factory=list)


def without_crosstalk(tracks: Mapping[str, HeardTrack]) -> dict[str, SpeechResult]:
    """The results of two people's own tracks, each with the words of its own person only.

    A word that the other person said goes there, unless it was heard there already. Unchanged are other numbers of
    tracks, and two that carry no crosstalk. Flags: `crosstalk` (words taken away, and their places), and
    `crosstalk_unclear` where both tracks have the same words and their levels do not tell whose they are.
    """
    results = {name: track.result for name, track in tracks.items()}
    if len(tracks) != 2:
        return results
    (first, one), (second, other) = ((name, _side(track)) for name, track in tracks.items())
    if min(len(one.words), len(other.words)) < LEAST_WORDS:
        return results
    low, high = usual_differences([_difference(w, one, other) for side in (one, other) for w, _ in side.words])
    if high - low < LEAST_APART_DB:
        doubled = tuple(
            Interval(w.start_s, w.end_s, "word") for w, _ in one.words if _same(w, [x for x, _ in other.words])
        )
        if len(doubled) < LEAST_WORDS:
            return results
        return {name: _flagged(r, "crosstalk_unclear", doubled, tracks[name].offset_s) for name, r in results.items()}

    def own(word: Word) -> float:
        """0 while `other` speaks, 1 while `one` does."""
        return (_difference(word, one, other) - low) / (high - low)

    kept_one, gone_one = _sorted(one, other, own)
    kept_other, gone_other = _sorted(other, one, lambda word: 1.0 - own(word))
    if not gone_one and not gone_other:
        return results
    share = _frames_of(one, other, low, high)
    return {
        first: _rebuilt(one, kept_one + _missing(gone_other, kept_one), gone_one, share),
        second: _rebuilt(other, kept_other + _missing(gone_one, kept_other), gone_other, 1.0 - share),
    }


def usual_differences(differences: Sequence[float]) -> tuple[float, float]:
    """The two means around which `differences` (dB) lie, the lower first (Lloyd 1982, in one dimension)."""
    values = np.asarray(differences, np.float64)
    low, high = np.percentile(values, 10), np.percentile(values, 90)
    for _ in range(50):
        upper = values > (low + high) / 2
        if upper.all() or not upper.any():
            break
        moved = values[~upper].mean(), values[upper].mean()
        if moved == (low, high):
            break
        low, high = moved
    return float(low), float(high)


def levels(waveform: Waveform, offset_s: float) -> np.ndarray:
    """Mean power per 20 ms of session time, smoothed: float64 (frames,), of full scale 1."""
    before = round(offset_s * SAMPLE_RATE / FRAME)
    found = [np.zeros(max(0, before))]
    for _, block in waveform.blocks(60.0):
        whole = np.pad(block.astype(np.float64), (0, -len(block) % FRAME)).reshape(-1, FRAME)
        found.append((whole**2).mean(axis=1))
    power = np.concatenate(found)
    return np.convolve(power, np.ones(SMOOTHING) / SMOOTHING, "same") if len(power) >= SMOOTHING else power


def _side(track: HeardTrack) -> _Side:
    made = _Side(track, levels(track.waveform, track.offset_s))
    for u in track.result.transcript.utterances:
        made.words += [(_moved(w, track.offset_s), u.language) for w in u.words]
    return made


def _moved(word: Word, by_s: float) -> Word:
    return msgspec.structs.replace(word, start_s=word.start_s + by_s, end_s=word.end_s + by_s)


def _difference(word: Word, one: _Side, other: _Side) -> float:
    """Level of `one` over that of `other` while `word` is said, in dB.

    A word without sound of its own, which the aligner laid into a pause, goes with what is around it.
    """
    mine, theirs = (_power(side.levels, word, 0.0) for side in (one, other))
    wide = [_power(side.levels, word, AROUND_S) for side in (one, other)]
    if mine + theirs < QUIET * sum(wide):
        mine, theirs = wide
    return float(10 * np.log10((mine + _FLOOR) / (theirs + _FLOOR)))


def _power(power: np.ndarray, word: Word, around_s: float) -> float:
    """Mean of the levels `power` from `around_s` before `word` to `around_s` after it."""
    first = max(0, int((word.start_s - around_s) * SAMPLE_RATE / FRAME))
    last = max(first + 1, int((word.end_s + around_s) * SAMPLE_RATE / FRAME))
    return float(power[first:last].sum()) / (last - first)


def _frames_of(one: _Side, other: _Side, low: float, high: float) -> np.ndarray:
    """Per 20 ms where the difference lies between `low` (0) and `high` (1), with what is around: float64 (frames,)."""
    n = max(len(one.levels), len(other.levels), _AROUND)
    mine, theirs = (np.pad(side.levels, (0, n - len(side.levels))) for side in (one, other))
    mine, theirs = (np.convolve(power, np.ones(_AROUND) / _AROUND, "same") for power in (mine, theirs))
    found: np.ndarray = (10 * np.log10((mine + _FLOOR) / (theirs + _FLOOR)) - low) / (high - low)
    return found


def _sorted(side: _Side, other: _Side, own: Callable[[Word], float]) -> tuple[list[_Told], list[_Told]]:
    """The words of `side` that are its person's, and those that are the other's."""
    theirs = [w for w, _ in other.words]
    kept: list[_Told] = []
    gone: list[_Told] = []
    for word, language in side.words:
        share = own(word)
        others = share < OTHERS or (share < DOUBTFUL and _same(word, theirs))
        (gone if others else kept).append((word, language))
    return kept, gone


def _same(word: Word, words: Sequence[Word]) -> bool:
    """True when `words` has this word at this time."""
    text = fold(word.text)
    near = (w for w in words if w.start_s < word.end_s + NEAR_S and w.end_s > word.start_s - NEAR_S)
    return any(SequenceMatcher(None, text, fold(w.text)).ratio() >= ALIKE for w in near)


def _missing(gone: Sequence[_Told], kept: Sequence[_Told]) -> list[_Told]:
    """Those of the words `gone` from the other track that `kept` does not overlap by more than half."""
    return [
        (word, language)
        for word, language in gone
        if sum(max(0.0, min(w.end_s, word.end_s) - max(w.start_s, word.start_s)) for w, _ in kept)
        <= 0.5 * (word.end_s - word.start_s)
    ]


def _rebuilt(side: _Side, words: Sequence[_Told], gone: Sequence[_Told], own: np.ndarray) -> SpeechResult:
    """The track's result with `words` (session seconds) in place of what was heard; speech of the other left out."""
    track = side.track
    told = sorted(((_moved(w, -track.offset_s), name) for w, name in words), key=lambda pair: pair[0].start_s)
    speech = tuple(part for i in track.result.vad for part in _own_parts(i, own, track.offset_s))
    before = track.result.transcript
    speakers = {u.speaker: u.role for u in before.utterances}
    speaker = next(iter(speakers))
    said = utterances([SpokenWord(w, speaker, name) for w, name in told], lambda _: speakers[speaker])
    transcript = msgspec.structs.replace(
        before,
        utterances=said,
        speech_s=round(total_s(speech), 3),
        coverage=coverage([w for w, _ in told], speech),
        confidence=round(sum(w.probability for w, _ in told) / len(told), 4) if told else None,
    )
    result = SpeechResult(transcript, track.result.voices, track.result.vad)
    places = tuple(Interval(w.start_s, w.end_s, "word") for w, _ in gone)
    return _flagged(result, "crosstalk", places, track.offset_s) if places else result


def _own_parts(interval: Interval, own: np.ndarray, offset_s: float) -> list[Interval]:
    """The parts of a stretch of speech (seconds of the track) in which the track's own person is the louder one."""
    step = FRAME / SAMPLE_RATE
    first = max(0, int((interval.start_s + offset_s) / step))
    mine = own[first : int((interval.end_s + offset_s) / step) + 1] >= DOUBTFUL
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mine, [False]]).astype(int)))
    begins = [((first + a) * step - offset_s, (first + b) * step - offset_s) for a, b in edges.reshape(-1, 2)]
    return [
        Interval(max(float(a), interval.start_s), min(float(b), interval.end_s), interval.kind, interval.value)
        for a, b in begins
        if min(b, interval.end_s) > max(a, interval.start_s)
    ]


def _flagged(result: SpeechResult, code: str, words: Sequence[Interval], offset_s: float) -> SpeechResult:
    severity = "warning" if code == "crosstalk_unclear" else "info"
    places = tuple(Interval(i.start_s - offset_s, i.end_s - offset_s, i.kind) for i in words)
    flag = Flag(code, severity, {"words": float(len(places))}, places)  # type: ignore[arg-type]
    transcript: Transcript = msgspec.structs.replace(result.transcript, flags=(*result.transcript.flags, flag))
    return SpeechResult(transcript, result.voices, result.vad)
