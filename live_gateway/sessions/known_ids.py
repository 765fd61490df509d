"""What an interviewer's message may name: utterances, speakers, questions and times that this session has."""

from __future__ import annotations

from include.interview.live import wire
from live_gateway.sessions.handle import SessionHandle

PAGE = 500
"""Durable events read at once."""
NOTE_AHEAD_MS = 5_000
"""How far a note's time may lie ahead of the session's clock: the client's own clock is no better than its network."""
Named = wire.Finalize | wire.SpeakerAssign | wire.QuestionAction | wire.Note


class KnownIds:
    """The ids of one session, read from its events as far as they are asked for."""

    def __init__(self, handle: SessionHandle) -> None:
        self._handle = handle
        self._seq = 0
        self._speakers: dict[str, str] = {}
        """Utterance -> its speaker as known now."""
        self._suggested: set[str] = set()
        self._prepared: frozenset[str] | None = None

    async def refusal(self, message: Named) -> wire.ErrorMessage | None:
        """Why `message` is not taken; None when all that it names is there.

        Raises:
            ServiceFailure: Redis or the database is away.
        """
        if isinstance(message, wire.Note):
            return self._late(message)
        if isinstance(message, wire.SpeakerAssign):
            await self._look()
            known = self._speakers if message.scope == "utterance" else set(self._speakers.values())
            if message.source not in known:
                if message.scope == "utterance":
                    return _error("utterance_unknown", "No final of this session has this id.")
                return _error("speaker_unknown", "No final of this session is by a speaker of this label now.")
        if isinstance(message, wire.QuestionAction) and not await self._asks(message.id):
            return _error("question_unknown", "No question of this session, suggested or prepared, has this id.")
        return None

    def _late(self, note: wire.Note) -> wire.ErrorMessage | None:
        if note.at_ms <= self._handle.now_ms() + NOTE_AHEAD_MS:
            return None
        return _error(
            "note_in_the_future", "The note's time lies after the session's present; see session_ms of ready."
        )

    async def _asks(self, question: str) -> bool:
        if self._prepared is None:
            self._prepared = await self._handle.question_ids()
        if question in self._prepared:
            return True
        await self._look()
        if question in self._suggested:
            return True
        self._prepared = await self._handle.question_ids()  # they may have been prepared meanwhile
        return question in self._prepared

    async def _look(self) -> None:
        """Read the events that came since the last look."""
        while page := await self._handle.store.read_events(self._seq, PAGE):
            for event in page:
                if isinstance(event, wire.TranscriptFinal):
                    self._speakers[event.utt] = event.speaker
                elif isinstance(event, wire.SpeakerUpdate):
                    self._speakers |= dict.fromkeys((u for u in event.utts if u in self._speakers), event.speaker)
                elif isinstance(event, wire.QuestionSuggested):
                    self._suggested.add(event.id)
            self._seq = page[-1].seq


def _error(code: str, message: str) -> wire.ErrorMessage:
    return wire.ErrorMessage(code=code, message=message)
