"""What the steps of the interview flow hand to each other: records stored as encrypted artifacts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec

from include.interview.case import Case
from include.interview.entities import ArtifactRef, Interview, MediaObject
from include.interview.errors import BadInput
from include.interview.live.comparison import TranscriptComparison
from include.interview.live.wire import Track
from include.interview.media import MediaFacts
from include.interview.records import (
    Flag,
    Interval,
    Judgement,
    Measurements,
    QuestionMark,
    Record,
    Recording,
    Scorecard,
    Transcript,
)
from include.interview.transcript.timeline import lay_out, question_marks
from include.storage import Stores
from tasks.evaluation.context import StepContext

T = TypeVar("T", bound=Record)

DELIVERY_STEP = "delivery"
"""The step whose output describes voice and tone of the answers, where a stage has it."""


class ValidatedRecording(Record, frozen=True):
    """A stored recording that passed all checks, with what probing found."""

    media: MediaObject
    facts: MediaFacts


class ValidatedInterview(Record, frozen=True):
    """All recordings of an interview in order, and the documents that came with it."""

    recordings: tuple[ValidatedRecording, ...]
    documents: tuple[MediaObject, ...]

    def laid_out(self) -> tuple[Recording, ...]:
        """The recordings on the interview's timeline, end to end."""
        offsets = lay_out([one.facts.duration_s for one in self.recordings])
        return tuple(
            Recording(one.media.id, index, offset, one.facts.duration_s, one.media.question_id)
            for index, (one, offset) in enumerate(zip(self.recordings, offsets, strict=True))
        )


class Thumbnail(Record, frozen=True):
    """A small JPEG and the interview time it shows, in seconds."""

    time_s: float
    jpeg: bytes


class PreparedRecording(Record, frozen=True):
    """One recording on the timeline. `audio` names the 16 kHz mono PCM artifact; None without an audio track.

    `flags` are remarks on its sound, in the recording's own time; the speech step hands them on. `track`: whose voice
    it is, where the recording of a live interview tells.
    """

    recording: Recording
    media: MediaObject
    facts: MediaFacts
    audio: ArtifactRef | None
    flags: tuple[Flag, ...] = ()
    track: Track | None = None


class PreparedInterview(Record, frozen=True):
    """The interview's timeline with decoded audio.

    Of a live interview: `marks` are the questions asked in the session and `live` the artifact of its `LiveRecord`;
    its tracks lie beside each other, not end to end, and two may be channels of one recording.
    """

    recordings: tuple[PreparedRecording, ...]
    documents: tuple[MediaObject, ...]
    marks: tuple[QuestionMark, ...] = ()
    live: ArtifactRef | None = None

    def questions(self, interview: Interview) -> tuple[QuestionMark, ...]:
        """When each question starts, from the session, the intake, or the recordings that answer one each."""
        return question_marks(self.marks or interview.marks, [one.recording for one in self.recordings])

    @property
    def duration_s(self) -> float:
        """Where the last recording ends on the interview's timeline, in seconds."""
        return max((r.recording.offset_s + r.recording.duration_s for r in self.recordings), default=0.0)


class SpeechOutput(Record, frozen=True):
    """Transcript with speakers, fluency from words, where voice was active, and the prepared interview it is of."""

    media: ArtifactRef
    transcript: Transcript
    fluency: Measurements
    voice_activity: tuple[Interval, ...]


class VisionOutput(Record, frozen=True):
    """Measurements of every visual channel the profile allows, and a few pictures for the report.

    `people`: of each recording the encoded tracks of its people, the measured one first; none where the profile refuses
    the face.
    """

    measurements: tuple[Measurements, ...]
    thumbnails: tuple[Thumbnail, ...] = ()
    people: tuple[tuple[bytes, ...], ...] = ()


class VoiceOutput(Record, frozen=True):
    """Encoded prosody tracks, one per recording (None without audio or when the profile refuses voice)."""

    tracks: tuple[bytes | None, ...]


class ComparedTranscripts(Record, frozen=True):
    """How the live transcript of an interview differs from the offline one."""

    transcript: TranscriptComparison


class JudgedGroup(Record, frozen=True):
    """The judgements of one group of criteria, in the rubric's order."""

    judgements: tuple[Judgement, ...]


class PreparedCase(Record, frozen=True):
    """The case that is judged, and what its card and report say beside it.

    `sources`: the card's inputs by name. `recordings`: each recording once, in order; `marks`: when each question
    starts, in seconds of the interview. `vision`: the output whose pictures a report shows; None where nobody was
    filmed. `live`: the record of the live session, where there was one.
    """

    case: Case
    sources: dict[str, str]
    recordings: tuple[Recording, ...]
    marks: tuple[QuestionMark, ...]
    vision: ArtifactRef | None = None
    live: ArtifactRef | None = None


class ScoredInterview(Record, frozen=True):
    """The card, and the stored case that it is of."""

    card: Scorecard
    case: ArtifactRef


def encode(record: Record) -> bytes:
    """MessagePack bytes of `record`."""
    return msgspec.msgpack.encode(record)


def load(stores: Stores, ref: ArtifactRef, kind: type[T]) -> T:
    """The record of type `kind` stored under `ref`.

    Raises:
        BadInput: the artifact holds something else, for example of another pipeline version.
    """
    try:
        return msgspec.msgpack.decode(stores.artifacts.read(ref), type=kind)
    except msgspec.DecodeError as error:
        raise BadInput(
            f"Artifact {ref.id} does not hold a {kind.__name__}.", "Clear the run and start it again."
        ) from error


def save(
    context: StepContext, step: str, inputs: Sequence[ArtifactRef | str], make: Callable[[], Record]
) -> ArtifactRef:
    """The ref of `step`'s output for `inputs`; `make()` is run and its record stored only where none is stored yet.

    Raises:
        NotFound: no such interview, or erased. ServiceFailure: storage or database. And what `make` raises.
    """
    return context.stores.artifacts.run(context.interview_id, step, inputs, lambda: encode(make()))
