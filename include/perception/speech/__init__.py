"""Speech recognition and diarization: who said what and when. Cheap to import; models load on first use."""

from __future__ import annotations

from include.perception.speech.models import ModelUnavailable, SpeechModels
from include.perception.speech.transcription import SpeechResult, transcribe
from include.perception.speech.waveform import SAMPLE_RATE, Waveform, open_waveform

__all__ = ["SAMPLE_RATE", "ModelUnavailable", "SpeechModels", "SpeechResult", "Waveform", "open_waveform", "transcribe"]
