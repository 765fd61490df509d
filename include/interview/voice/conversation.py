"""Who spoke how much, and where two people spoke at once, from the times of a transcript."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from include.interview.records import Record, Transcript, Utterance
from include.interview.transcript.answers import BACKCHANNELS
from include.interview.transcript.text import fold, words
from include.interview.voice.records import Overlap, OverlapKind, TalkShare

RUN_GAP_S = 0.25
"""Words of one speaker closer together than this are one run of speech (Goldman-Eisler 1968)."""
LEAST_OVERLAP_S = 0.2
"""Shorter overlaps are the ordinary precision of taking turns (Heldner & Edlund 2010: 40 % of all changes overlap
a little) and of word times."""


class _Run(Record, frozen=True):
    speaker: str
    start_s: float
    end_s: float
    text: str


def talk_shares(transcript: Transcript) -> tuple[TalkShare, ...]:
    """Seconds of speech, share of all speech and turns of each speaker, in order of appearance.

    Empty for transcripts without times. A turn is a series of utterances without another speaker between them.
    """
    timed = [u for u in transcript.utterances if u.start_s is not None and u.end_s is not None]
    spoken: dict[str, float] = {}
    roles = {u.speaker: u.role for u in timed}
    for u in timed:
        spoken[u.speaker] = spoken.get(u.speaker, 0.0) + sum(r.end_s - r.start_s for r in _runs_of(u))
    turns = dict.fromkeys(spoken, 0)
    for speaker, _ in groupby(timed, key=lambda u: u.speaker):
        turns[speaker] += 1
    whole = sum(spoken.values())
    return tuple(
        TalkShare(speaker, roles[speaker], round(s, 3), round(s / whole, 4) if whole else 0.0, turns[speaker])
        for speaker, s in spoken.items()
    )


def overlaps(transcript: Transcript) -> tuple[Overlap, ...]:
    """Where a speaker began while another was speaking, for at least `LEAST_OVERLAP_S`, in order of time.

    A transcript of one microphone gives each moment to one speaker and so shows few of them; separate tracks show all.
    """
    runs = sorted((run for u in transcript.utterances for run in _runs_of(u)), key=lambda run: (run.start_s, run.end_s))
    found: list[Overlap] = []
    for index, run in enumerate(runs):
        for later in runs[index + 1 :]:
            if later.start_s >= run.end_s - LEAST_OVERLAP_S:
                break
            end = min(run.end_s, later.end_s)
            if later.speaker != run.speaker and end - later.start_s >= LEAST_OVERLAP_S:
                found.append(Overlap(later.start_s, end, later.speaker, run.speaker, _kind(run, later)))
    return tuple(sorted(found, key=lambda o: (o.start_s, o.end_s)))


def _kind(first: _Run, second: _Run) -> OverlapKind:
    said = words(fold(second.text))
    if said and "?" not in second.text and all(word in BACKCHANNELS for word in said):
        return "backchannel"
    return "within" if second.end_s <= first.end_s else "takes_floor"


def _runs_of(u: Utterance) -> list[_Run]:
    if u.start_s is None or u.end_s is None:
        return []
    parts: Sequence[tuple[float, float, str]] = [(w.start_s, w.end_s, w.text) for w in u.words] or [
        (u.start_s, u.end_s, u.text)
    ]
    runs: list[_Run] = []
    for start, end, text in parts:
        if runs and start - runs[-1].end_s < RUN_GAP_S:
            last = runs.pop()
            runs.append(_Run(u.speaker, last.start_s, max(last.end_s, end), f"{last.text} {text}"))
        else:
            runs.append(_Run(u.speaker, start, end, text))
    return runs
