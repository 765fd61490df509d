"""Words to utterances: word times trimmed to speech, cuts at pauses, sentence ends and changes of speaker."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from include.interview.records import Interval, Utterance, Word
from include.perception.speech.vad import overlap_s

BREAK_S = 0.8
"""A pause after which a new utterance begins: turn gaps are mostly shorter (Stivers et al. 2009, PNAS 106:10587),
so a longer one separates thoughts as well as turns."""
MAX_UTTERANCE_S = 30.0
"""An utterance without any pause or sentence end is cut here, so that evidence stays findable."""
_SENTENCE_END = re.compile(r"[.?!。？！][\"'”’)\]]*$")
_ABBREVIATION = re.compile(r"^(mr|mrs|ms|dr|prof|st|vs|etc|e\.g|i\.e|[a-z])\.$", re.IGNORECASE)
_UNSPACED = ("zh", "ja", "th", "lo", "my", "yue")
"""Languages written without spaces, which Whisper's tokenizer splits by characters."""
_MIN_WORD_S = 0.04
_DECIMALS = 3


@dataclass(frozen=True)
class SpokenWord:
    """A word, who said it, and in which language (ISO 639)."""

    word: Word
    speaker: str
    language: str


def trim_to_speech(words: Sequence[Word], speech: Sequence[Interval]) -> list[Word]:
    """Words without the silence that cross-attention leaves in them: each keeps its longest voiced part.

    Whisper's alignment gives pauses to the neighbouring words, which would hide them from fluency. A word that
    meets no detected speech keeps its times.
    """
    starts = np.array([i.start_s for i in speech])
    trimmed = []
    previous_end = 0.0
    for word in words:
        first = max(0, int(np.searchsorted(starts, word.start_s, side="right")) - 1)
        best = (word.start_s, word.end_s)
        longest = 0.0
        for interval in speech[first:]:
            if interval.start_s >= word.end_s:
                break
            start, end = max(word.start_s, interval.start_s), min(word.end_s, interval.end_s)
            if end - start > longest and end - start >= _MIN_WORD_S:
                longest, best = end - start, (start, end)
        start = round(max(best[0], previous_end), _DECIMALS)
        end = round(max(best[1], start), _DECIMALS)
        trimmed.append(Word(word.text, start, end, round(word.probability, 4)))
        previous_end = end
    return trimmed


def cut(words: Sequence[SpokenWord]) -> list[list[SpokenWord]]:
    """Groups of consecutive words of one speaker and language without a long pause, ended by sentence punctuation."""
    groups: list[list[SpokenWord]] = []
    for spoken in words:
        if not groups or _breaks(groups[-1], spoken):
            groups.append([])
        groups[-1].append(spoken)
    return groups


def _breaks(group: Sequence[SpokenWord], following: SpokenWord) -> bool:
    last = group[-1]
    text = last.word.text
    return (
        (last.speaker, last.language) != (following.speaker, following.language)
        or following.word.start_s - last.word.end_s >= BREAK_S
        or following.word.end_s - group[0].word.start_s > MAX_UTTERANCE_S
        or bool(_SENTENCE_END.search(text) and not _ABBREVIATION.match(text))
    )


def utterances(
    words: Sequence[SpokenWord], role_of: Callable[[str], str] = lambda _: "unknown"
) -> tuple[Utterance, ...]:
    """Utterances u0001, u0002 … in order of time; confidence is the mean word probability."""
    out = []
    for number, group in enumerate(cut(words), start=1):
        said, language = tuple(s.word for s in group), group[0].language
        out.append(
            Utterance(
                id=f"u{number:04d}",
                speaker=group[0].speaker,
                role=role_of(group[0].speaker),  # type: ignore[arg-type]
                text=("" if language in _UNSPACED else " ").join(w.text for w in said),
                start_s=said[0].start_s,
                end_s=said[-1].end_s,
                words=said,
                language=language,
                confidence=round(sum(w.probability for w in said) / len(said), 4),
            )
        )
    return tuple(out)


def coverage(words: Sequence[Word], speech: Sequence[Interval], bridge_s: float = 0.25) -> float | None:
    """Share of detected speech that has words; gaps under `bridge_s` between words count as spoken.

    None when there is no speech.
    """
    voiced = sum(i.end_s - i.start_s for i in speech)
    if voiced <= 0:
        return None
    covered = 0.0
    stretch: list[float] | None = None
    for word in words:
        if stretch is not None and word.start_s - stretch[1] < bridge_s:
            stretch[1] = max(stretch[1], word.end_s)
            continue
        if stretch is not None:
            covered += overlap_s(stretch[0], stretch[1], speech)
        stretch = [word.start_s, word.end_s]
    if stretch is not None:
        covered += overlap_s(stretch[0], stretch[1], speech)
    return round(min(1.0, covered / voiced), 4)
