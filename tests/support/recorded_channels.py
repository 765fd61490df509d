"""A live session that was held and handed over with the sound of both sockets."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from include.interview.assessment.policy import load_profile
from include.interview.live.session import LiveRecord
from include.interview.live.wire import SAMPLE_RATE
from include.interview.stages import LiveStage
from include.storage import Stores
from tasks.live.handover import SenderAudio, hand_over
from tests.support.reviewed_sessions import live_card_of

SECONDS = 2.0
LATER_S = 1.5
"""When the candidate's sound begins on the session's clock."""


def tone_pieces(pitch_hz: float, seconds: float = SECONDS) -> Iterator[bytes]:
    """A tone as 16 kHz s16le, a tenth of a second at a time."""
    times = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    samples = (8000 * np.sin(2 * np.pi * pitch_hz * times)).astype("<i2")
    for piece in np.split(samples, round(10 * seconds)):
        yield piece.tobytes()


def recorded_session(
    stores: Stores,
    interviewer_id: str,
    candidate_id: str,
    opening_id: str,
    stage: LiveStage = "practical",
    seconds: float = SECONDS,
) -> str:
    """The id of a session with a consenting candidate whose two tones are stored, one recording for each."""
    session = stores.live_sessions.create(
        interviewer_id=interviewer_id, candidate_id=candidate_id, opening_id=opening_id, profile="standard",
        language="en", microphones="separate", stage=stage,
    )  # fmt: skip
    stores.consents.grant(candidate_id, session.id, load_profile("standard").purposes, "2026-11")
    card, transcript = live_card_of(session)
    stores.live_sessions.set_state(session.id, "handed_over")
    samples = int(seconds * SAMPLE_RATE)
    sound = [
        SenderAudio("interviewer", ("interviewer",), 0.0, samples, lambda: tone_pieces(220.0, seconds)),
        SenderAudio("candidate", ("candidate",), LATER_S, samples, lambda: tone_pieces(440.0, seconds)),
    ]
    hand_over(stores, LiveRecord(session, transcript, (), (), (), (), card), sound)
    return session.id
