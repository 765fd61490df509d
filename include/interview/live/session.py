"""What a live session is, and what it leaves behind."""

from __future__ import annotations

from typing import Literal

import msgspec

from include.interview.live.wire import SpeakerRole, Track
from include.interview.records import Flag, QuestionMark, Record, Scorecard, Stage, Transcript, Word

QUIET_DBFS = -46.0
"""Mean level of an utterance below which a listener strains: 20 dB below usual speech at a headset (-26 dBFS,
ITU-T P.56 active speech level)."""


def utterance_id(track: Track, start_ms: int) -> str:
    """The id of an utterance of a live interview: the track's first letter, then its start in ms.

    The start is on the session's clock; for example "c55120". Live and offline recognition both make ids so, and
    the same sound gets the same one.
    """
    return f"{track[0]}{start_ms}"


OVER = ("ended", "handed_over")
"""States of a session that was held."""


class LiveSession(Record, frozen=True):
    """A live interview. Its id is the id of the interview it becomes.

    `interviewer_id`: the account that leads it; `panel`: further accounts that conduct it, in the order they joined.
    `microphones`: "shared" is one microphone in the room (one channel: diarized; two: one per person), sent by the
    interviewer's socket; "separate": each socket sends its own person's voice.
    """

    id: str
    stage: Stage
    interviewer_id: str
    candidate_id: str
    opening_id: str
    profile: str
    language: Literal["ko", "en"]
    microphones: Literal["shared", "separate"]
    state: Literal["created", "live", "ending", "ended", "handed_over"]
    created_at: str
    consent_id: str | None = None
    dag_run_id: str | None = None
    scorecard_id: str | None = None
    panel: tuple[str, ...] = ()

    @property
    def interviewers(self) -> tuple[str, ...]:
        """The accounts that conduct it, who leads first."""
        return (self.interviewer_id, *self.panel)


class LiveUtterance(Record, frozen=True):
    """A final utterance as it is known now: text fixed, speaker possibly corrected. Times in session seconds."""

    id: str
    track: Track
    text: str
    start_s: float
    end_s: float
    words: tuple[Word, ...]
    speaker: str
    role: SpeakerRole
    language: str
    confidence: float
    voice: LiveVoice | None = None


class LiveVoice(Record, frozen=True):
    """Prosody of one utterance: median pitch, its spread and the intensity range. None where not measurable."""

    f0_hz: float | None = None
    f0_sd_semitones: float | None = None
    intensity_db: float | None = None
    intensity_range_db: float | None = None


class SoundQuality(msgspec.Struct, frozen=True):
    """Technical quality of an utterance's sound: says something of the microphone, nothing of the person.

    `level_dbfs`: mean level of its speech in dB below full scale. `clipped`: samples reach full scale.
    """

    level_dbfs: float
    clipped: bool

    @property
    def state(self) -> Literal["clipped", "quiet", "good"]:
        """Which hint it calls for; "quiet" is below `QUIET_DBFS`."""
        return "clipped" if self.clipped else "quiet" if self.level_dbfs < QUIET_DBFS else "good"


class LiveGap(Record, frozen=True):
    """Sound that was never received, in session seconds."""

    track: Track
    start_s: float
    end_s: float
    cause: str


class LiveNote(Record, frozen=True):
    """An interviewer's note. `author`: the account that wrote it on a panel; empty where one conducts the interview."""

    text: str
    at_s: float
    author: str = ""


class LiveRecording(Record, frozen=True):
    """One track's stored sound and where it begins on the session's clock."""

    track: Track
    media_id: str
    start_s: float
    duration_s: float
    channels: int = 1


class LiveRecord(Record, frozen=True):
    """Everything a finished live session leaves: kept as an encrypted artifact beside the recordings.

    `corrected`: ids of the utterances whose speaker the interviewer put right; the offline evaluation respects them.
    `corrected_alone`: those of them that were put right one by one, which says nothing about the rest of their voice.
    """

    session: LiveSession
    transcript: Transcript
    marks: tuple[QuestionMark, ...]
    gaps: tuple[LiveGap, ...]
    notes: tuple[LiveNote, ...]
    recordings: tuple[LiveRecording, ...]
    card: Scorecard
    flags: tuple[Flag, ...] = ()
    corrected: tuple[str, ...] = ()
    corrected_alone: tuple[str, ...] = ()
