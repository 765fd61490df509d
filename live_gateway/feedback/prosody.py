"""Prosody of the candidate's utterances, measured only where profile and consent allow it."""

from __future__ import annotations

from collections.abc import Set

import numpy as np

from include.interview.assessment.policy import Profile
from include.interview.live.session import LiveVoice
from include.interview.records import Stage
from tasks.live.card import require_prosody


def prosody_of(profile: Profile, consents: Set[str], stage: Stage, pcm: np.ndarray) -> LiveVoice:
    """Pitch and level of one utterance of the candidate. Blocking: run it in a thread.

    Args:
        profile, consents, stage: of the session; the policy is checked at every call.
        pcm: int16 of shape (n,), 16 kHz mono.

    Raises:
        PolicyRefusal: the profile infers nothing from the sound of a voice.
        ConsentMissing: the candidate did not consent to emotion analysis.
    """
    from include.perception.voice import utterance_voice

    require_prosody(profile, consents, stage)
    return utterance_voice(pcm)
