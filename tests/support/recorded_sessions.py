"""Live sessions as a gateway leaves them, made from recordings at test time: a record, its live card, and the sound."""

from __future__ import annotations

import uuid
import wave
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from include.interview.assessment.openings import general_opening
from include.interview.assessment.policy import load_profile
from include.interview.assessment.rubric import opening_rubric
from include.interview.case import Case
from include.interview.live.session import LiveGap, LiveNote, LiveRecord, LiveSession, utterance_id
from include.interview.live.wire import SAMPLE_RATE, SocketRole, Track
from include.interview.records import Opening, QuestionMark, Role, Scorecard, Transcript, Utterance, Word
from include.interview.scoring.review import with_review
from include.interview.stages import LiveStage
from include.interview.transcript.answers import answers_of
from include.settings import Settings
from include.storage import Stores
from tasks.evaluation.judge_and_score import judge_case, score_case
from tasks.live.handover import SenderAudio, hand_over
from tests.support.installation import CONSENT, NAME

NOTE = "Quixotic note of the interviewer"
CHUNK_FRAMES = 1600
SILENCE_S = 1.0
"""Synthetic voices are separated by digital silence of at least this length."""


def chunks(path: Path, frames: int = CHUNK_FRAMES) -> Iterator[bytes]:
    """The samples of a WAV file as a gateway would read them back: 100 ms at a time."""
    with wave.open(str(path), "rb") as sound:
        while block := sound.readframes(frames):
            yield block


def frames_of(path: Path) -> int:
    with wave.open(str(path), "rb") as sound:
        assert sound.getframerate() == SAMPLE_RATE
        return sound.getnframes()


def sender(
    path: Path, tracks: tuple[Track, ...], role: SocketRole = "interviewer", start_s: float = 0.0
) -> SenderAudio:
    """What one socket sent: the whole of a WAV file."""
    return SenderAudio(role, tracks, start_s, frames_of(path), lambda: chunks(path))


def spoken_stretches(path: Path, channel: int) -> list[tuple[float, float]]:
    """Where a channel of synthetic speech is not silent, in seconds."""
    with wave.open(str(path), "rb") as sound:
        samples = np.frombuffer(sound.readframes(sound.getnframes()), "<i2").reshape(-1, sound.getnchannels())
    loud = np.flatnonzero(samples[:, channel])
    cuts = np.flatnonzero(np.diff(loud) > SILENCE_S * SAMPLE_RATE)
    starts, ends = np.append(loud[0], loud[cuts + 1]), np.append(loud[cuts], loud[-1])
    return [(float(a / SAMPLE_RATE), float(b / SAMPLE_RATE)) for a, b in zip(starts, ends, strict=True)]


def said(track: Track, role: Role, text: str, start_s: float, end_s: float, *, speaker: str = "") -> Utterance:
    """An utterance as a live session writes it down, its words spread evenly."""
    texts = text.split()
    step = (end_s - start_s) / len(texts)
    words = tuple(
        Word(w, round(start_s + n * step, 3), round(start_s + (n + 1) * step, 3), 0.9) for n, w in enumerate(texts)
    )
    return Utterance(
        utterance_id(track, round(start_s * 1000)),
        speaker or role,
        role,
        text,
        start_s,
        end_s,
        words,
        language="en",
        confidence=0.9,
    )


def transcript_of(utterances: Sequence[Utterance], duration_s: float) -> Transcript:
    ordered = tuple(sorted(utterances, key=lambda u: u.start_s or 0.0))
    return Transcript(
        source="speech",
        language="en",
        language_probability=None,
        utterances=ordered,
        duration_s=duration_s,
        speech_s=sum((u.end_s or 0.0) - (u.start_s or 0.0) for u in ordered),
        coverage=1.0,
        confidence=0.9,
        engine="live",
    )


def live_card(
    session: LiveSession,
    transcript: Transcript,
    marks: Sequence[QuestionMark],
    settings: Settings,
    opening: Opening | None = None,
) -> Scorecard:
    """The card a session ends with, judged from the live transcript."""
    from include.perception.fluency import measure_fluency

    opening = opening or general_opening()
    case = Case(
        interview_id=session.id,
        stage=session.stage,
        language=transcript.language,
        opening=opening,
        rubric=opening_rubric(session.stage, opening),
        profile=load_profile(session.profile),
        transcript=transcript,
        answers=answers_of(transcript, marks, opening),
        measurements=(measure_fluency(transcript),),
    )
    return score_case(case, judge_case(case, case.criteria, settings), inputs={})


def open_session(
    stores: Stores,
    *,
    profile: str = "standard",
    microphones: str = "shared",
    name: str = NAME,
    contact: str | None = None,
    stage: LiveStage = "practical",
    opening: Opening | None = None,
    candidate_id: str | None = None,
) -> LiveSession:
    """A live interview of a new candidate (or the one of this id), consented and ready to be held."""
    opening = opening or general_opening()
    stores.openings.put(opening)
    candidate_id = candidate_id or stores.candidates.create(name, contact).id
    interview = stores.interviews.create(stores.applications.ensure(candidate_id, opening.id), stage, profile, "en")
    stores.consents.grant(candidate_id, interview.id, load_profile(profile).purposes, CONSENT)
    return LiveSession(
        id=interview.id,
        stage=stage,
        interviewer_id=str(uuid.uuid4()),
        candidate_id=candidate_id,
        opening_id=opening.id,
        profile=profile,
        language="en",
        microphones=microphones,  # type: ignore[arg-type]
        state="ended",
        created_at="2026-11-24T09:00:00+00:00",
    )


def record_of(
    session: LiveSession,
    transcript: Transcript,
    settings: Settings,
    *,
    marks: tuple[QuestionMark, ...] = (),
    gaps: tuple[LiveGap, ...] = (),
    corrected: tuple[str, ...] = (),
    opening: Opening | None = None,
) -> LiveRecord:
    """What the session leaves, but for its recordings. No rule asks for a person, although no voice was measured."""
    card = with_review(live_card(session, transcript, marks, settings, opening), ())
    return LiveRecord(session, transcript, marks, gaps, (LiveNote(NOTE, 1.0),), (), card, corrected=corrected)


def two_channel_session(
    stores: Stores,
    settings: Settings,
    path: Path,
    texts: Sequence[tuple[str, str]],
    *,
    opening: Opening | None = None,
    **more: Any,
) -> LiveRecord:
    """The synthetic session of `texts` (question, answer), handed over with a declared gap."""
    session = open_session(stores, opening=opening, **more)
    utterances = []
    for channel, role in enumerate(("interviewer", "candidate")):
        for (start, end), pair in zip(spoken_stretches(path, channel), texts, strict=True):
            utterances.append(said(role, role, pair[channel], start, end))  # type: ignore[arg-type]
    duration = frames_of(path) / SAMPLE_RATE
    record = record_of(
        session,
        transcript_of(utterances, duration),
        settings,
        gaps=(LiveGap("candidate", 1.0, 1.4, "client"),),
        opening=opening,
    )
    hand_over(stores, record, [sender(path, ("interviewer", "candidate"))])
    return record
