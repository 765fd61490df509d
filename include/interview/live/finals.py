"""A final utterance and its one wire encoding. In seconds inside, in whole milliseconds on the wire."""

from __future__ import annotations

from include.interview.live.session import LiveUtterance
from include.interview.live.wire import Track, TranscriptFinal, WireWord
from include.interview.records import Utterance, Word

TRACK_OF: dict[str, Track] = {"i": "interviewer", "c": "candidate", "r": "room"}
"""First letter of an utterance's id (`utterance_id`) → its track."""
DECIMALS = 3
"""Of probabilities on the wire."""


def event_of(utterance: LiveUtterance) -> TranscriptFinal:
    """The durable event of a final: times rounded to ms, probabilities to `DECIMALS` places."""
    words = [
        WireWord(w.text, round(w.start_s * 1000), round(w.end_s * 1000), round(w.probability, DECIMALS))
        for w in utterance.words
    ]
    return TranscriptFinal(
        utt=utterance.id,
        text=utterance.text,
        words=words,
        speaker=utterance.speaker,
        role=utterance.role,
        start_ms=round(utterance.start_s * 1000),
        end_ms=round(utterance.end_s * 1000),
        language=utterance.language,
        confidence=round(utterance.confidence, DECIMALS),
    )


def utterance_of(event: TranscriptFinal) -> LiveUtterance:
    """The final that an event holds; its track is told by its id."""
    return LiveUtterance(
        id=event.utt,
        track=TRACK_OF.get(event.utt[:1], "room"),
        text=event.text,
        start_s=event.start_ms / 1000,
        end_s=event.end_ms / 1000,
        words=tuple(Word(w.text, w.start_ms / 1000, w.end_ms / 1000, w.p) for w in event.words),
        speaker=event.speaker,
        role=event.role,
        language=event.language,
        confidence=event.confidence,
    )


def record_of(u: LiveUtterance) -> Utterance:
    """The final as a line of a transcript: the same, without its track."""
    return Utterance(u.id, u.speaker, u.role, u.text, u.start_s, u.end_s, u.words, u.language, u.confidence)
