"""The candidate's own stream of durable messages, numbered without gaps, made from the session's events alone.

Over one microphone nobody knows whose an utterance is while it is spoken: its words are sent when they become the
candidate's, and taken back when they turn out to be somebody else's. The same events give the same messages with the
same numbers on every replica, so that a candidate can resume anywhere and sees from a number that is missing that a
message was lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from include.interview.live import wire
from live_gateway.socket.visibility import OWN, share_of

EPOCH_SUFFIX = "-candidate"
"""Of the epoch that a candidate is told: its numbers are no others' numbers, nor those of servers before 2026-12."""


class CandidateStream:
    """What the candidate was sent of one session; give it every event, in order, once."""

    def __init__(self) -> None:
        self.last = 0
        """The number of the last message."""
        self._written: dict[str, int] = {}
        """Utterance -> number of its final among the session's events."""
        self._held: set[str] = set()
        """Utterances whose words the candidate has."""

    @classmethod
    def of(cls, events: Sequence[wire.Durable]) -> tuple[CandidateStream, list[wire.Durable]]:
        """The stream after all of a session's `events` so far, and its messages."""
        stream = cls()
        finals = {event.seq: event for event in events if isinstance(event, wire.TranscriptFinal)}
        return stream, [message for event in events for message in stream.take(event, finals)]

    def needs(self, event: wire.Durable) -> list[int]:
        """Numbers of the finals whose words `take` will send with this event."""
        if not isinstance(event, wire.SpeakerUpdate) or event.role != OWN:
            return []
        return [self._written[utt] for utt in event.utts if utt in self._written and utt not in self._held]

    def take(self, event: wire.Durable, finals: Mapping[int, wire.TranscriptFinal]) -> list[wire.Durable]:
        """The messages to the candidate that follow from `event`, numbered; `finals` by number, as `needs` says."""
        if isinstance(event, wire.TranscriptFinal):
            self._written.setdefault(event.utt, event.seq)
            if event.role == OWN:
                self._held.add(event.utt)
        if isinstance(event, wire.SpeakerUpdate):
            return [self._numbered(message) for message in self._reattributed(event, finals)]
        share = share_of("candidate", event)
        return [] if share is None else [self._numbered(share)]

    def present(self, messages: Sequence[wire.Durable]) -> list[wire.Durable]:
        """Of all messages so far those that still hold: no words that were taken back, and not that they were."""
        return [
            message
            for message in messages
            if not isinstance(message, wire.TranscriptRetracted)
            and not (isinstance(message, wire.TranscriptFinal) and message.utt not in self._held)
        ]

    def _numbered(self, message: wire.Durable) -> wire.Durable:
        self.last += 1
        return replace(message, seq=self.last)

    def _reattributed(
        self, event: wire.SpeakerUpdate, finals: Mapping[int, wire.TranscriptFinal]
    ) -> list[wire.Durable]:
        known = [utt for utt in event.utts if utt in self._held]
        if event.role != OWN:
            self._held.difference_update(known)
            return [wire.TranscriptRetracted(utts=known)] if known else []
        given = [finals[number] for number in self.needs(event)]
        self._held.update(final.utt for final in given)
        messages: list[wire.Durable] = [replace(event, utts=known)] if known else []
        return messages + [replace(final, speaker=event.speaker, role=event.role) for final in given]
