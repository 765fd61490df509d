"""Voice prints: WeSpeaker ResNet34 embeddings (https://arxiv.org/abs/2210.17016) without torch.

Only used to ask whether one voice or several are heard, and inside diarization: never to identify anybody, and
never stored.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from include.perception.speech.waveform import SAMPLE_RATE

_FRAME = 400
_SHIFT = 160
_FFT = 512
_MELS = 80
_LOW_HZ = 20.0
_PREEMPHASIS = 0.97
_INT16_SCALE = 32_768.0


def _mel(hz: np.ndarray | float) -> np.ndarray:
    return 1127.0 * np.log1p(np.asarray(hz, dtype=np.float64) / 700.0)


def _mel_bank() -> np.ndarray:
    """Kaldi's triangular filters: float64 of shape (80, 257)."""
    edges = np.linspace(_mel(_LOW_HZ), _mel(SAMPLE_RATE / 2), _MELS + 2)
    bins = _mel(np.arange(_FFT // 2 + 1) * SAMPLE_RATE / _FFT)
    left, centre, right = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    up, down = (bins - left) / (centre - left), (right - bins) / (right - centre)
    bank = np.maximum(0.0, np.minimum(up, down))
    bank[:, -1] = 0.0
    value: np.ndarray = bank
    return value


_BANK = _mel_bank()
_WINDOW = np.hamming(_FRAME)


def filterbank(sound: np.ndarray) -> np.ndarray:
    """Kaldi log-mel filterbank, mean-normalised: float32 of shape (frames, 80) from float32 sound in [-1, 1).

    Same definition as kaldi's compute-fbank-feats with 25/10 ms, hamming window, 80 bins, no dither and no energy.
    """
    count = 1 + (len(sound) - _FRAME) // _SHIFT
    index = np.arange(_FRAME)[None, :] + _SHIFT * np.arange(count)[:, None]
    frames = sound.astype(np.float64)[index] * _INT16_SCALE
    frames -= frames.mean(axis=1, keepdims=True)
    shifted = np.hstack([frames[:, :1], frames[:, :-1]])
    power = np.abs(np.fft.rfft((frames - _PREEMPHASIS * shifted) * _WINDOW, _FFT)) ** 2
    logs = np.log(np.maximum(power @ _BANK.T, np.finfo(np.float32).eps))
    value: np.ndarray = (logs - logs.mean(axis=0)).astype(np.float32)
    return value


class VoicePrints:
    """The embedding network in an ONNX session with one thread."""

    def __init__(self, path: Path) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session: Any = onnxruntime.InferenceSession(
            str(path), sess_options=options, providers=["CPUExecutionProvider"]
        )
        self._input = self._session.get_inputs()[0].name

    def __call__(self, sound: np.ndarray) -> np.ndarray:
        """Unit-length embedding of at least 0.5 s of speech: float32 of shape (256,)."""
        return self.of_features(filterbank(sound))

    def of_features(self, features: np.ndarray) -> np.ndarray:
        """Unit-length embedding, float32 of shape (256,), of rows of `filterbank` (frames of one voice)."""
        found = np.asarray(self._session.run(None, {self._input: features[None]})[0][0], np.float32)
        return found / np.linalg.norm(found)
