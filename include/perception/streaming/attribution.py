"""Who said what, as it is known now: by microphone, diarization, asking and answering, or the interviewer's word.

Pure; `state` and the durable events rebuild it, so that another replica goes on with the same opinions.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from include.interview.live.finals import record_of, utterance_of
from include.interview.live.wire import (
    Durable,
    SpeakerAssign,
    SpeakerRole,
    SpeakerUpdate,
    Track,
    TranscriptFinal,
)
from include.interview.records import Utterance
from include.perception.speech.roles import roles

UNKNOWN = "unknown"
"""Label before diarization has told speakers apart."""
ROOM: Track = "room"


class _Line(msgspec.Struct):
    """One utterance: `label` is the microphone's or the diarizer's, `fixed` what the interviewer said.

    Without its words' times, which nothing here asks for: a long session has thousands.
    """

    utterance: Utterance
    label: str
    fixed: SpeakerRole | None = None
    shown: tuple[str, SpeakerRole] = (UNKNOWN, "unknown")


def _line(utterance: Utterance, label: str, fixed: SpeakerRole | None = None) -> _Line:
    return _Line(msgspec.structs.replace(utterance, words=()), label, fixed)


class SpeakerState(msgspec.Struct, frozen=True):
    """A book without the texts: utterance → label, and what was found out or said about labels."""

    labels: dict[str, str] = {}
    fixed: dict[str, SpeakerRole] = {}
    early: dict[str, str] = {}
    roles: dict[str, SpeakerRole] = {}
    aliases: dict[str, SpeakerRole] = {}


class SpeakerAttribution:
    """Speakers of one session's utterances.

    Args:
        panel: several people conduct the interview, so whoever is not the candidate is an interviewer.
    """

    def __init__(self, *, panel: bool = False) -> None:
        self._panel = panel
        self._lines: dict[str, _Line] = {}
        self._early: dict[str, str] = {}
        """Labels of utterances that were told apart before their words were final."""
        self._roles: dict[str, SpeakerRole] = {}
        """Of the diarizer's labels, by who asks and who answers."""
        self._aliases: dict[str, SpeakerRole] = {}
        """Labels that the interviewer has named."""

    def heard(self, utterance: Utterance, track: Track, label: str | None) -> tuple[str, SpeakerRole]:
        """Speaker and role of a new final; `label` is the diarizer's, where the track is a room's."""
        known = track if track != ROOM else label or self._early.pop(utterance.id, UNKNOWN)
        line = self._lines[utterance.id] = _line(utterance, known)
        line.shown = self._seen(line)
        return line.shown

    def diarized(self, utts: Iterable[str], label: str) -> list[SpeakerUpdate]:
        """These utterances of a room were said by `label`; what the interviewer has said stays."""
        for utt in utts:
            if utt in self._lines:
                self._lines[utt].label = label
            else:
                self._early[utt] = label
        return self._changes("diarization")

    def assign(self, order: SpeakerAssign) -> list[SpeakerUpdate]:
        """The interviewer says who spoke: this wins over whatever is found out later."""
        if order.scope == "utterance":
            if order.source in self._lines:
                self._lines[order.source].fixed = order.to
        else:
            labels = {line.label for line in self._lines.values() if line.shown[0] == order.source}
            for label in labels - {UNKNOWN}:
                self._aliases[label] = order.to
            for line in self._lines.values():
                if line.shown[0] == order.source and (line.fixed is not None or line.label == UNKNOWN):
                    line.fixed = order.to
        return [msgspec.structs.replace(update, scope=order.scope) for update in self._changes("correction")]

    def settle_roles(self) -> list[SpeakerUpdate]:
        """Who asks and who answers among a room's voices; nobody is named while that is undecided."""
        voices = [
            msgspec.structs.replace(line.utterance, speaker=line.label)
            for line in self._lines.values()
            if line.label != UNKNOWN and line.utterance.id.startswith(ROOM[0])
        ]
        voices.sort(key=lambda utterance: utterance.start_s or 0.0)
        found = roles(voices)
        if len(found) > 1 and "candidate" in found.values():
            self._roles.update(found)
        return self._changes("role")

    def label_of(self, utt: str) -> tuple[str, SpeakerRole]:
        """Speaker and role of an utterance as last emitted; unknown for one never heard."""
        line = self._lines.get(utt)
        return (UNKNOWN, "unknown") if line is None else line.shown

    def knows(self, utt: str) -> bool:
        """Whether this utterance is final."""
        return utt in self._lines

    def state(self) -> SpeakerState:
        """What a checkpoint keeps; texts are in the durable events."""
        return SpeakerState(
            labels={utt: line.label for utt, line in self._lines.items()},
            fixed={utt: line.fixed for utt, line in self._lines.items() if line.fixed is not None},
            early=dict(self._early),
            roles=dict(self._roles),
            aliases=dict(self._aliases),
        )

    def restore(self, state: SpeakerState, events: Iterable[Durable]) -> None:
        """Become the book whose `state` was kept, with the texts of the session's durable `events`."""
        self._early, self._roles, self._aliases = dict(state.early), dict(state.roles), dict(state.aliases)
        for event in events:
            if not isinstance(event, TranscriptFinal):
                continue
            label = state.labels.get(event.utt, event.speaker)
            line = _line(record_of(utterance_of(event)), label, state.fixed.get(event.utt))
            line.shown = self._seen(line)
            self._lines[event.utt] = line

    def _seen(self, line: _Line) -> tuple[str, SpeakerRole]:
        if line.fixed is not None:
            return line.fixed, line.fixed
        if line.label in self._aliases:
            alias = self._aliases[line.label]
            return alias, alias
        if line.label in ("interviewer", "candidate"):
            return line.label, line.label  # type: ignore[return-value]
        return line.label, self._role_of(line.label)

    def _role_of(self, label: str) -> SpeakerRole:
        role = self._roles.get(label, "unknown")
        if self._panel and role == "unknown" and label != UNKNOWN and self._candidate_known():
            return "interviewer"
        return role

    def _candidate_known(self) -> bool:
        """Whether a voice of the room is known to be the candidate's."""
        return "candidate" in self._roles.values() or "candidate" in self._aliases.values()

    def _changes(self, cause: str) -> list[SpeakerUpdate]:
        """One update per speaker whose utterances are seen otherwise than before."""
        changed: dict[tuple[str, SpeakerRole], list[str]] = {}
        for utt, line in self._lines.items():
            seen = self._seen(line)
            if seen != line.shown:
                line.shown = seen
                changed.setdefault(seen, []).append(utt)
        return [
            SpeakerUpdate(utts=utts, speaker=speaker, role=role, cause=cause)  # type: ignore[arg-type]
            for (speaker, role), utts in changed.items()
        ]
