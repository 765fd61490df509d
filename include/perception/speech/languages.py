"""Which language is spoken where: decided per stretch of speech, so that nothing is recognised in another language.

Whisper's own detection (Radford et al. 2022, https://arxiv.org/abs/2212.04356) on each stretch. A stretch is speech
between pauses; what is shorter than `LEAST_S` says too little about its language and joins its nearer neighbour, so
that a term of another language inside a sentence stays where it was said.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import msgspec
import numpy as np

from include.interview.records import Interval
from include.interview.scoring.sufficiency import LANGUAGES
from include.perception.speech import recognition as rec
from include.perception.speech.models import SpeechModels
from include.perception.speech.packing import pieces_of
from include.perception.speech.waveform import SAMPLE_RATE, Waveform

CERTAIN_LANGUAGE = 0.5
"""Probability below which a recording's language is uncertain, and another language than ours is not believed: weak
Korean is easily taken for something else."""
CHANGED = 0.95
"""Probability of a language against the recording's (the two alone) from which a stretch is of that language. Measured
on cuts of 2 s of read Korean: English gets up to 0.79 by mistake; on cuts of 3 s of either language: up to 0.55."""
FOREIGN = 0.9
"""Probability among all languages from which a stretch is of one that is neither Korean nor English."""
LEAST_S = 2.0
"""Seconds of speech below which a stretch's language is not asked for: of cuts of 1.5 s one in four is mistaken."""
LEAST_FOREIGN_S = 3.0
"""The same for a language that is neither Korean nor English: what is taken for one is left out."""
PART_S = 6.0
"""Longest stretch. What is longer is cut at its least speech-like moment: of two voices that follow each other without
a pause, each has its own."""
RATHER_OURS = 1 / 3
"""Share of the speech in Korean or English from which a recording mostly in a third language counts as one of ours."""
_ENCODED_S = 0.2
"""Silence behind a stretch in the encoder."""
_FRAMES_PER_S = 100
_SAMPLE_S = 1 / SAMPLE_RATE


@dataclass(frozen=True)
class Stretch:
    """Speech of one language: `intervals` on the recording's timeline in seconds, in order."""

    intervals: tuple[Interval, ...]
    language: str = ""

    @property
    def seconds(self) -> float:
        """Summed length of the intervals in seconds."""
        return sum(i.end_s - i.start_s for i in self.intervals)


@dataclass(frozen=True)
class Spoken:
    """Languages (ISO 639) of a recording.

    `main`: the one most is spoken in; `probability`: its mean probability where it is spoken, None where it was given;
    `known`: the mean probabilities of Korean and English over everything. `stretches`: everything that is said, in
    order.
    """

    main: str
    probability: float | None
    known: dict[str, float]
    stretches: tuple[Stretch, ...]

    @property
    def supported(self) -> bool:
        """True when the main language is Korean or English."""
        return self.main in LANGUAGES

    @property
    def left_out(self) -> tuple[Stretch, ...]:
        """What is of another language than Korean and English, in a recording that is of one of these."""
        return tuple(s for s in self.stretches if self.supported and s.language not in LANGUAGES)

    @property
    def read(self) -> tuple[tuple[Interval, str], ...]:
        """What is to be recognised: stretches of speech in order, each with its language, uncut where that is one."""
        left_out = self.left_out
        found: list[tuple[Interval, str]] = []
        for interval, language in ((i, s.language) for s in self.stretches if s not in left_out for i in s.intervals):
            if found and found[-1][1] == language and interval.start_s - found[-1][0].end_s < _SAMPLE_S:
                found[-1] = msgspec.structs.replace(found[-1][0], end_s=interval.end_s), language
            else:
                found.append((interval, language))
        return tuple(found)


def cut(speech: Sequence[Interval], probabilities: np.ndarray, samples: int) -> tuple[Stretch, ...]:
    """Stretches of at least `LEAST_S` where there is so much, whole intervals of speech or their parts.

    Args:
        speech: disjoint intervals in seconds, in order.
        probabilities: speech probability per 32 ms frame, float (frames,), which says where to cut what is too long.
        samples: length of the recording at 16 kHz.
    """
    parts = [
        Interval(p.speech_start / SAMPLE_RATE, p.speech_end / SAMPLE_RATE, "speech")
        for p in pieces_of(speech, probabilities, samples, PART_S)
    ]
    groups = [Stretch((part,)) for part in parts if part.end_s > part.start_s]
    while len(groups) > 1:
        short = [k for k, group in enumerate(groups) if group.seconds < LEAST_S]
        if not short:
            break
        _, k = min((gap, k) for k in short for gap, k in _borders(groups, k))
        groups[k : k + 2] = [Stretch(groups[k].intervals + groups[k + 1].intervals)]
    return tuple(groups)


def _borders(groups: Sequence[Stretch], k: int) -> list[tuple[float, int]]:
    """(pause in seconds, index of the earlier group) at both ends of group `k`."""
    firsts = [n for n in (k - 1, k) if 0 <= n < len(groups) - 1]
    return [(groups[n + 1].intervals[0].start_s - groups[n].intervals[-1].end_s, n) for n in firsts]


def decide(stretches: Sequence[Stretch], tables: Sequence[dict[str, float]], given: str | None = None) -> Spoken:
    """The language of each stretch.

    A stretch has the recording's main language unless another one is certain (`CHANGED`, `FOREIGN`).

    Args:
        stretches: at least one.
        tables: probability of each language, per stretch.
        given: the main language, where it is known.
    """
    weights = np.array([s.seconds for s in stretches])
    mean = {name: float(np.average([t[name] for t in tables], weights=weights)) for name in tables[0]}
    main = given or _most_probable(mean, CERTAIN_LANGUAGE)
    found = [_language(s, t, main) for s, t in zip(stretches, tables, strict=True)]
    if given is None:
        main, found = _settled(main, found, weights)
    own = np.array([name == main for name in found])
    probability = (
        None if given else float(np.average([t[main] for t in tables], weights=weights * (own if own.any() else 1)))
    )
    told = tuple(Stretch(s.intervals, name) for s, name in zip(stretches, found, strict=True))
    return Spoken(main, probability, {name: mean[name] for name in LANGUAGES}, told)


def _most_probable(mean: dict[str, float], least: float) -> str:
    best = max(sorted(mean), key=lambda name: mean[name])
    return best if mean[best] >= least else max(LANGUAGES, key=lambda name: mean[name])


def _language(stretch: Stretch, table: dict[str, float], main: str) -> str:
    best = max(sorted(table), key=lambda name: table[name])
    if best in LANGUAGES:
        certain = table[best] >= max(CERTAIN_LANGUAGE, CHANGED * (table[best] + table[main]))
        return best if certain and stretch.seconds >= LEAST_S else main
    return best if table[best] >= FOREIGN and stretch.seconds >= LEAST_FOREIGN_S else main


def _settled(main: str, found: list[str], weights: np.ndarray) -> tuple[str, list[str]]:
    """The main language again, once each stretch has its own: the one most is spoken in, rather one of ours."""
    spoken = {name: float(weights[[n == name for n in found]].sum()) for name in dict.fromkeys(found)}
    ours = [name for name in LANGUAGES if spoken.get(name)]
    if main not in LANGUAGES and sum(spoken[name] for name in ours) < RATHER_OURS * float(weights.sum()):
        return main, found
    return (max(ours, key=lambda name: spoken[name]) if ours else main), found


def spoken_languages(
    waveform: Waveform,
    speech: Sequence[Interval],
    probabilities: np.ndarray,
    models: SpeechModels,
    given: str | None = None,
) -> Spoken:
    """The language of every stretch of `speech` (at least one interval), heard by Whisper's encoder.

    Args:
        probabilities: speech probability per 32 ms frame, float (frames,).
        given: the main language, where it is known.

    Raises:
        ModelUnavailable: a weight file is missing.
    """
    stretches = cut(speech, probabilities, len(waveform.samples))
    whisper = models.whisper

    def table(stretch: Stretch) -> dict[str, float]:
        sound = np.concatenate([waveform.window(i.start_s, i.end_s) for i in stretch.intervals])
        frames = min(rec.SHORT_FRAMES, 2 * round((len(sound) / SAMPLE_RATE + _ENCODED_S) * _FRAMES_PER_S / 2))
        return rec.languages(whisper, rec.encode(whisper, [rec.features(whisper, sound, frames)]))[0]

    with ThreadPoolExecutor(models.cores) as pool:
        return decide(stretches, list(pool.map(table, stretches)), given)
