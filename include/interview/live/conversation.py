"""The session as feedback knows it: utterances with their present speakers, questions, and what was told already.

Pure. Everything but prosody is rebuilt from the durable events by `apply`, which also sees the events that feedback
itself writes: what a new owner restores is what the old one knew.
"""

from __future__ import annotations

import math

import msgspec

from include.interview.live.finals import record_of, utterance_of
from include.interview.live.session import LiveUtterance
from include.interview.live.wire import (
    SAMPLE_RATE,
    AudioGap,
    Durable,
    Feedback,
    QuestionActed,
    QuestionSuggested,
    ScoreUpdate,
    SpeakerRole,
    SpeakerUpdate,
    SpeechDiscarded,
    SpeechEnd,
    SpeechStart,
    TranscriptFinal,
)
from include.interview.records import Flag, Opening, QuestionMark, Transcript
from include.interview.transcript.answers import answers_of

ENGINE = "live"


class Conversation:
    """What was said and told in one session."""

    def __init__(self, language: str, opening: Opening) -> None:
        self._language, self._opening = language, opening
        self._said: dict[str, LiveUtterance] = {}
        self._early: dict[str, SpeakerUpdate] = {}
        """Speakers of utterances that are not final yet."""
        self.acted: dict[str, QuestionActed] = {}
        self.suggested: dict[str, QuestionSuggested] = {}
        self.scores: dict[str, ScoreUpdate] = {}
        """The last update per criterion."""
        self.emitted: dict[tuple[str, str, str], Feedback] = {}
        """(audience, kind, value) → the last feedback of this sort."""
        self.latest: dict[tuple[str, str], Feedback] = {}
        """(audience, kind) → the last feedback of this kind."""
        self.speaking: set[str] = set()
        self.now_ms = 0
        self.heard_ms = 0
        """When somebody was last heard."""
        self.changes = 0
        """Rises with everything that may change a judgement."""
        self._gaps: dict[tuple[str, int], float] = {}

    # ------------------------------------------------------------ in

    def add(self, utterance: LiveUtterance) -> None:
        """A final utterance; what was found out about its speaker meanwhile stays."""
        early = self._early.pop(utterance.id, None)
        if early is not None:
            utterance = msgspec.structs.replace(utterance, speaker=early.speaker, role=early.role)
        known = self._said.get(utterance.id)
        if known is not None:
            utterance = msgspec.structs.replace(utterance, speaker=known.speaker, role=known.role)
        self._said[utterance.id] = utterance
        self.speaking.discard(utterance.id)
        self._heard(round(utterance.end_s * 1000))
        self.changes += 1

    def apply(self, event: Durable) -> None:
        """Any durable event, those of feedback itself included. Applying one twice changes nothing."""
        if isinstance(event, TranscriptFinal):
            if event.utt not in self._said:
                self.add(utterance_of(event))
        elif isinstance(event, SpeakerUpdate):
            self._relabel(event)
        elif isinstance(event, QuestionActed):
            self.now_ms = max(self.now_ms, event.at_ms)
            if event.id not in self.acted:
                self.changes += event.action == "used"
                self.acted[event.id] = event
        elif isinstance(event, QuestionSuggested):
            self.suggested[event.id] = event
        elif isinstance(event, ScoreUpdate):
            self.scores[event.criterion] = event
        elif isinstance(event, Feedback):
            self.emitted[event.audience, event.kind, str(event.value)] = event
            self.latest[event.audience, event.kind] = event
        else:
            self._sound(event)

    def _heard(self, at_ms: int) -> None:
        self.now_ms, self.heard_ms = max(self.now_ms, at_ms), max(self.heard_ms, at_ms)

    def _sound(self, event: Durable) -> None:
        if isinstance(event, SpeechStart):
            self._heard(event.at_ms)
            if event.utt not in self._said:
                self.speaking.add(event.utt)
        elif isinstance(event, SpeechEnd):
            self._heard(event.at_ms)
            self.speaking.discard(event.utt)
        elif isinstance(event, SpeechDiscarded):
            self.speaking.discard(event.utt)
        elif isinstance(event, AudioGap):
            seconds = (event.end_sample - event.start_sample) / SAMPLE_RATE
            self._gaps[event.track, event.start_sample] = seconds

    def _relabel(self, event: SpeakerUpdate) -> None:
        for utt in event.utts:
            known = self._said.get(utt)
            if known is None:
                self._early[utt] = event
            elif (known.speaker, known.role) != (event.speaker, event.role):
                self._said[utt] = msgspec.structs.replace(known, speaker=event.speaker, role=event.role)
                self.changes += 1

    # ------------------------------------------------------------ out

    def utterance(self, utt: str) -> LiveUtterance | None:
        """The utterance of this id, if it is final."""
        return self._said.get(utt)

    def utterances(self, role: SpeakerRole | None = None) -> list[LiveUtterance]:
        """All utterances (of `role`) in the order in which they began."""
        found = [u for u in self._said.values() if role is None or u.role == role]
        return sorted(found, key=lambda u: (u.start_s, u.end_s, u.id))

    def transcript(self) -> Transcript:
        """Everything said so far, with the speakers as known now."""
        said = self.utterances()
        words = [w.probability for u in said for w in u.words]
        flags: tuple[Flag, ...] = ()
        if self._gaps:
            flags = (Flag("audio_gap", "warning", {"seconds": round(sum(self._gaps.values()), 2)}),)
        return Transcript(
            source="speech",
            language=self._language,
            language_probability=None,
            utterances=tuple(record_of(u) for u in said),
            duration_s=max([self.now_ms / 1000, *(u.end_s for u in said)]) if said else None,
            speech_s=sum(u.end_s - u.start_s for u in said) if said else None,
            confidence=math.fsum(words) / len(words) if words else None,
            engine=ENGINE,
            flags=flags,
        )

    def marks(self, asked: dict[str, str] | None = None) -> tuple[QuestionMark, ...]:
        """Where each question begins, once at least one is known to have been asked; () before.

        Known are questions that the interviewer marked as used, and those of `asked`: utterance id → question of the
        opening that was recognised in it. The other turns in which the interviewer asks are marked too, under the id
        of the utterance: a few marks alone would put all answers between them into one. A click shortly before or
        after the question is moved to where the question begins.
        """
        used = sorted((e.at_ms / 1000, e.id) for e in self.acted.values() if e.action == "used")
        asked = asked or {}
        if not used and not asked:
            return ()
        marks: list[QuestionMark] = []
        turns = self._turns()
        for begins, ends, utt, asking in turns:
            known = [id_ for at, id_ in used if at < ends]
            used = [(at, id_) for at, id_ in used if at >= ends]
            recognised = [asked[u] for u in asking if u in asked]
            chosen = known[-1:] or recognised[-1:] or [utt]
            marks.append(QuestionMark(chosen[0], begins))
        last = turns[-1][1] if turns else 0.0
        marks += [QuestionMark(id_, max(at, last)) for at, id_ in used]
        return tuple(marks)

    def _turns(self) -> list[tuple[float, float, str, tuple[str, ...]]]:
        """(start of the question, end of its answer, id of the asking utterance, ids of all that asked) per answer."""
        transcript = self.transcript()
        order = {u.id: n for n, u in enumerate(transcript.utterances)}
        found: list[tuple[float, float, str, tuple[str, ...]]] = []
        reached = 0
        for answer in answers_of(transcript, (), self._opening):
            first, last = answer.utterances[0], answer.utterances[-1]
            asking = [u for u in transcript.utterances[reached : order[first.id]] if u.role == "interviewer"]
            reached = order[last.id] + 1
            if asking:
                ids = tuple(u.id for u in asking)
                found.append((asking[0].start_s or 0.0, last.end_s or 0.0, asking[0].id, ids))
        return found

    def open_suggestions(self) -> list[QuestionSuggested]:
        """Suggestions that nobody used or put away."""
        return [s for s in self.suggested.values() if s.id not in self.acted]
