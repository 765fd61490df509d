"""Who speaks when within a few seconds, by pyannote's segmentation-3.0.

Plaquet & Bredin 2023, "Powerset multi-class cross entropy loss for neural speaker diarization". The network is a
PyanNet (SincNet, Ravanelli & Bengio 2018; four BiLSTMs).

The network is rebuilt here from its published weights, so that a live process needs no `import pyannote.audio`
(12 s of processor time); a test holds its output to pyannote's own.
"""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from include.perception.speech.models import ModelUnavailable

LOCAL_SPEAKERS = 3
"""Speakers one window may hold."""
_AT_ONCE = 2
_MIN_HZ = 50.0
_MIN_BAND_HZ = 50.0
_STRIDE = 10
_POOL = 3
_FEATURES, _HIDDEN, _LAYERS = 60, 128, 4
_BANK = "sincnet.conv1d.0.filterbank."


class SegmentationConfig(msgspec.Struct, frozen=True, kw_only=True):
    """`soft`: probabilities of speakers, instead of the likeliest set of them as zeros and ones."""

    soft: bool = False


def powerset() -> np.ndarray:
    """Which speakers each class of the network means: float32 of shape (7, 3), from nobody to each pair."""
    sets = [s for size in range(_AT_ONCE + 1) for s in combinations(range(LOCAL_SPEAKERS), size)]
    mapping = np.zeros((len(sets), LOCAL_SPEAKERS), np.float32)
    for row, members in enumerate(sets):
        mapping[row, list(members)] = 1.0
    return mapping


_POWERSET = powerset()


def multilabel(log_probabilities: np.ndarray, *, soft: bool) -> np.ndarray:
    """Speakers' activity, float32 of shape (frames, 3), from the classes' log probabilities of shape (frames, 7)."""
    if soft:
        activity: np.ndarray = np.exp(log_probabilities) @ _POWERSET
    else:
        activity = _POWERSET[log_probabilities.argmax(axis=1)]
    return activity


class Segmentation:
    """The network with one thread; its calls may come from several threads at once.

    Raises:
        ModelUnavailable: the file is missing or holds something else.
    """

    def __init__(self, path: Path, config: SegmentationConfig | None = None) -> None:
        import torch

        self._config = config or SegmentationConfig()
        self._torch = torch
        torch.set_num_threads(1)
        self._weights = weights = _weights_of(path)
        try:
            self._filters = self._sinc_filters()
            self._lstm = torch.nn.LSTM(_FEATURES, _HIDDEN, _LAYERS, batch_first=True, bidirectional=True).eval()
            self._lstm.load_state_dict({k[5:]: v for k, v in weights.items() if k.startswith("lstm.")})
        except (KeyError, RuntimeError) as error:
            raise ModelUnavailable(path.name, "does not hold the segmentation network") from error

    def __call__(self, sound: np.ndarray) -> np.ndarray:
        """Activity of up to three speakers: float32 of shape (frames, 3) from float32 sound in [-1, 1) (grid.py)."""
        return multilabel(self.log_probabilities(sound), soft=self._config.soft)

    def log_probabilities(self, sound: np.ndarray) -> np.ndarray:
        """The network's own output, float32 of shape (frames, 7)."""
        with self._torch.inference_mode():
            scores = self._network(self._torch.from_numpy(np.ascontiguousarray(sound))[None, None])
        found: np.ndarray = scores[0].numpy()
        return found

    def _network(self, x: Any) -> Any:
        f, w = self._torch.nn.functional, self._weights

        def normed(x: Any, name: str) -> Any:
            return f.instance_norm(x, weight=w[f"sincnet.{name}.weight"], bias=w[f"sincnet.{name}.bias"])

        x = f.conv1d(normed(x, "wav_norm1d"), self._filters, stride=_STRIDE).abs()
        x = f.leaky_relu(normed(f.max_pool1d(x, _POOL), "norm1d.0"))
        for layer in (1, 2):
            x = f.conv1d(x, w[f"sincnet.conv1d.{layer}.weight"], w[f"sincnet.conv1d.{layer}.bias"])
            x = f.leaky_relu(normed(f.max_pool1d(x, _POOL), f"norm1d.{layer}"))
        x, _ = self._lstm(x.transpose(1, 2))
        for layer in (0, 1):
            x = f.leaky_relu(f.linear(x, w[f"linear.{layer}.weight"], w[f"linear.{layer}.bias"]))
        return f.log_softmax(f.linear(x, w["classifier.weight"], w["classifier.bias"]), dim=-1)

    def _sinc_filters(self) -> Any:
        """The learned band-passes as 80 filters of 251 taps: 40 even, then 40 odd (Pariente et al. 2020)."""
        torch = self._torch
        low = _MIN_HZ + self._weights[_BANK + "low_hz_"].abs()
        high = (low + _MIN_BAND_HZ + self._weights[_BANK + "band_hz_"].abs()).clamp(_MIN_HZ, 8_000.0)
        half, window = self._weights[_BANK + "n_"], self._weights[_BANK + "window_"]
        at_low, at_high, band = low @ half, high @ half, high - low
        even = (at_high.sin() - at_low.sin()) / (half / 2) * window
        odd = (at_low.cos() - at_high.cos()) / (half / 2) * window
        cosines = torch.cat([even, 2 * band, even.flip(1)], dim=1)
        sines = torch.cat([odd, torch.zeros_like(band), -odd.flip(1)], dim=1)
        return (torch.cat([cosines, sines]) / (2 * band.repeat(2, 1)))[:, None]


class _StandIn:
    """Takes the place of a class that only describes the training task."""

    def __init__(self, *_: object) -> None:
        pass


def _weights_of(path: Path) -> dict[str, Any]:
    """The checkpoint's tensors by name.

    The file also names classes of pyannote: stand-ins take their place, nothing of the file is executed.

    Raises:
        ModelUnavailable: the file is missing or cannot be read.
    """
    import torch
    from torch import serialization

    try:
        named = serialization.get_unsafe_globals_in_checkpoint(str(path))
        stand_ins = [(type(name, (_StandIn,), {}), name) for name in named if name.startswith("pyannote.")]
        with serialization.safe_globals([*stand_ins, torch.torch_version.TorchVersion]):
            weights: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)["state_dict"]
    except FileNotFoundError as error:
        raise ModelUnavailable(path.name) from error
    except Exception as error:  # any damage of a pickle inside a zip
        raise ModelUnavailable(path.name, "cannot be read") from error
    return weights
