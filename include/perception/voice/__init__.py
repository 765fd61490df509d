"""Pitch and intensity of the candidate's speech: described, never judged as emotion or confidence."""

from __future__ import annotations

from include.perception.voice.baseline import with_shifts
from include.perception.voice.live import measure_live_voice, utterance_voice
from include.perception.voice.measures import measure_voice
from include.perception.voice.prosody import prosody_tracks
from include.perception.voice.tracks import ProsodyTracks

__all__ = ["ProsodyTracks", "measure_live_voice", "measure_voice", "prosody_tracks", "utterance_voice", "with_shifts"]
