"""The speech models of one process: loaded when first used, kept warm, shared by threads."""

from __future__ import annotations

import threading
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from include.interview.errors import TriviewError

if TYPE_CHECKING:
    from include.perception.speech.diarization import Diarizer
    from include.perception.speech.wespeaker import VoicePrints

WHISPER = "whisper-base"
SEGMENTATION = "diarization/segmentation-3.0/pytorch_model.bin"
VOICE_PRINTS = "diarization/wespeaker/speaker_verification.onnx"
PLDA = "diarization/plda"
_WHISPER_FILES = ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt")
_PLDA_FILES = ("plda.npz", "xvec_transform.npz")


class ModelUnavailable(TriviewError):
    """A weight file is missing or cannot be loaded; the message names the file and the command that fetches it."""

    code = "model_unavailable"

    def __init__(self, name: str, why: str = "is missing") -> None:
        super().__init__(f"The model file {name} {why}.", "Run: ./triview models fetch")


class SpeechModels:
    """The speech models of one process: Whisper (int8), Silero VAD, WeSpeaker and pyannote.

    Args:
        models_dir: folder laid out as the model registry says.
        cores: CPU cores the recogniser may use. It decodes `cores` windows at a time with one thread each, which
            is faster than one window on all cores (measured on two cores: real-time factor 0.026 against 0.034).
    """

    def __init__(self, models_dir: Path, cores: int = 2) -> None:
        self.models_dir = models_dir
        self.cores = max(1, cores)
        self._lock = threading.RLock()

    def file(self, name: str) -> Path:
        """The path of the weight file `name` in the models folder.

        Raises:
            ModelUnavailable: it is not there.
        """
        path = self.models_dir / name
        if not path.is_file():
            raise ModelUnavailable(name)
        return path

    @cached_property
    def _whisper(self) -> Any:
        for part in _WHISPER_FILES:
            self.file(f"{WHISPER}/{part}")
        from faster_whisper import WhisperModel

        try:
            return WhisperModel(
                str(self.models_dir / WHISPER),
                device="cpu",
                compute_type="int8",
                cpu_threads=1,
                num_workers=self.cores,
                local_files_only=True,
            )
        except (RuntimeError, ValueError) as error:
            raise ModelUnavailable(f"{WHISPER}/model.bin", "cannot be loaded") from error

    @property
    def whisper(self) -> Any:
        """`faster_whisper.WhisperModel`: its CTranslate2 model, tokenizer and feature extractor are called directly.

        Raises:
        ModelUnavailable: a weight file is missing or cannot be loaded.
        """
        with self._lock:
            return self._whisper

    @cached_property
    def _vad(self) -> Any:
        from faster_whisper.vad import get_vad_model

        return get_vad_model().session

    @property
    def vad(self) -> Any:
        """ONNX session of Silero VAD v6 as shipped by faster-whisper."""
        with self._lock:
            return self._vad

    @cached_property
    def _voice_prints(self) -> VoicePrints:
        from include.perception.speech.wespeaker import VoicePrints

        return VoicePrints(self.file(VOICE_PRINTS))

    @property
    def voice_prints(self) -> VoicePrints:
        """WeSpeaker embeddings without torch, for the cheap question whether there is more than one voice.

        Raises:
        ModelUnavailable: a weight file is missing or cannot be loaded.
        """
        with self._lock:
            return self._voice_prints

    @cached_property
    def _diarizer(self) -> Diarizer:
        for part in _PLDA_FILES:
            self.file(f"{PLDA}/{part}")
        segmentation, voice_prints = self.file(SEGMENTATION), self.file(VOICE_PRINTS)
        from include.perception.speech.diarization import Diarizer

        return Diarizer(segmentation, voice_prints, self.models_dir / PLDA, self.cores)

    @property
    def diarizer(self) -> Diarizer:
        """pyannote.audio pipeline: importing it costs 12 to 18 s of CPU, so only where a second voice is plausible.

        Raises:
        ModelUnavailable: a weight file is missing or cannot be loaded.
        """
        with self._lock:
            return self._diarizer
