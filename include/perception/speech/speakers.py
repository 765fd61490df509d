"""Assignment of recognised words to speaker turns."""

from __future__ import annotations

from collections.abc import Sequence

from include.interview.records import Interval, Word
from include.perception.speech.utterances import SpokenWord

ISLAND_S = 0.4
"""A single word shorter than this inside another speaker's running speech is a boundary error, not a turn."""
_RUNNING_GAP_S = 0.3


def speaker_of(word: Word, turns: Sequence[Interval]) -> str:
    """The label of the turn that overlaps `word` most, or of the nearest turn in time."""
    middle = (word.start_s + word.end_s) / 2

    def closeness(turn: Interval) -> tuple[float, float]:
        overlap = min(word.end_s, turn.end_s) - max(word.start_s, turn.start_s)
        distance = max(turn.start_s - middle, middle - turn.end_s, 0.0)
        return (max(overlap, 0.0), -distance)

    return max(turns, key=closeness).kind


def join(words: Sequence[Word], languages: Sequence[str], turns: Sequence[Interval]) -> list[SpokenWord]:
    """Words, each with its language, with their speakers S1, S2 … numbered by first appearance in the words."""
    labels = [speaker_of(w, turns) for w in words]
    for i in range(1, len(words) - 1):
        before, word, after = words[i - 1], words[i], words[i + 1]
        running = word.start_s - before.end_s < _RUNNING_GAP_S and after.start_s - word.end_s < _RUNNING_GAP_S
        if labels[i - 1] == labels[i + 1] != labels[i] and running and word.end_s - word.start_s < ISLAND_S:
            labels[i] = labels[i - 1]
    names = {label: f"S{n}" for n, label in enumerate(dict.fromkeys(labels), start=1)}
    return [
        SpokenWord(word, names[label], language) for word, label, language in zip(words, labels, languages, strict=True)
    ]
