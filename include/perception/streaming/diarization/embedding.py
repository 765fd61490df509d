"""Voice prints of a window's local speakers, from the frames in which they are heard alone.

Coria et al. 2021 weigh the frames of statistics pooling by an overlapped-speech penalty. The ONNX network takes no
weights, so the same penalty selects frames instead, which also costs less: only a speaker's own speech is computed.
"""

from __future__ import annotations

import msgspec
import numpy as np

from include.perception.speech.wespeaker import VoicePrints, filterbank
from include.perception.streaming.diarization import frames

_FEATURE_HOP = 160
_FEATURE_FIELD = 400


class EmbeddingConfig(msgspec.Struct, frozen=True, kw_only=True):
    """`gamma`, `beta`: exponent and softmax temperature of the overlapped-speech penalty (Coria et al. 2021).

    `least_weight`: penalised activity from which a frame is used. `least_s`: clean speech an embedding needs.
    `most_s`: newest clean speech that is used. `refresh_s`: clean speech an embedding has not seen before it is made
    anew; windows overlap by nine tenths, and so do their embeddings. `least_shared`: share of the clean speech, then
    and now, that the last window's print must have in common with this one's to be taken for the same speaker's.
    """

    gamma: float = 3.0
    beta: float = 10.0
    least_weight: float = 0.5
    least_s: float = 0.5
    most_s: float = 3.0
    refresh_s: float = 1.0
    least_shared: float = 0.5


def overlap_penalty(activity: np.ndarray, gamma: float, beta: float) -> np.ndarray:
    """Weight of each frame for each speaker, shape as `activity` (frames, speakers): low where others speak too."""
    scaled = np.exp(beta * (activity - activity.max(axis=1, keepdims=True)))
    alone = scaled / scaled.sum(axis=1, keepdims=True)
    weights: np.ndarray = (activity**gamma) * (alone**gamma)
    return weights


class VoicePrint(msgspec.Struct, frozen=True, eq=False):
    """Unit-length embedding (float32, shape (256,)) of the frames `frames` (sorted, on the stream's grid)."""

    embedding: np.ndarray
    frames: np.ndarray


class WindowVoice(msgspec.Struct, frozen=True, eq=False):
    """One local speaker's voice print; `fresh` when it was made from this window's sound."""

    print: VoicePrint
    fresh: bool


class Embedding:
    """Voice prints window by window. Remembers the last window's, so that nine tenths of them need not be made anew."""

    def __init__(self, voice_prints: VoicePrints, config: EmbeddingConfig | None = None) -> None:
        self._voice_prints = voice_prints
        self._config = config or EmbeddingConfig()
        self.last: list[VoicePrint] = []

    def __call__(
        self, sound: np.ndarray, first: int, activity: np.ndarray
    ) -> tuple[list[WindowVoice | None], list[VoicePrint]]:
        """One voice per column of `activity` (frames, speakers), None where a speaker is hardly heard alone.

        Args:
            sound: the window's sound, float32 in [-1, 1).
            first: the window's first frame on the stream's grid.
            activity: segmentation's answer.

        Returns:
            The voices, and what to make `last` of once the window is taken in.
        """
        config = self._config
        usable = overlap_penalty(activity, config.gamma, config.beta) >= config.least_weight
        features: np.ndarray | None = None
        voices: list[WindowVoice | None] = []
        for local in range(activity.shape[1]):
            clean = np.flatnonzero(usable[:, local]) + first
            if len(clean) * frames.FRAME_S < config.least_s:
                voices.append(None)
                continue
            known = self._reusable(clean, first)
            if known is not None:
                voices.append(WindowVoice(known, fresh=False))
                continue
            features = filterbank(sound) if features is None else features
            newest = clean[-round(config.most_s / frames.FRAME_S) :]
            embedding = self._voice_prints.of_features(_rows(features, newest - first))
            voices.append(WindowVoice(VoicePrint(embedding, clean), fresh=True))
        return voices, [voice.print for voice in voices if voice is not None]

    def _reusable(self, clean: np.ndarray, first: int) -> VoicePrint | None:
        """The last window's print of the same speech, if little was added since and little was taken away."""
        for known in self.last:
            inside = known.frames[known.frames >= first]
            shared = len(np.intersect1d(clean, inside, assume_unique=True))
            unheard = (len(clean) - shared) * frames.FRAME_S
            if unheard < self._config.refresh_s and shared >= self._config.least_shared * max(len(clean), len(inside)):
                return known
        return None


def _rows(features: np.ndarray, chosen_frames: np.ndarray) -> np.ndarray:
    """The 10 ms features that lie in frames of 17 ms, their mean over the speaker removed."""
    centres = np.arange(len(features)) * _FEATURE_HOP + _FEATURE_FIELD / 2
    nearest = np.clip(np.round((centres - frames.FIELD / 2) / frames.HOP).astype(int), 0, None)
    chosen = features[np.isin(nearest, chosen_frames)]
    value: np.ndarray = chosen - chosen.mean(axis=0)
    return value
