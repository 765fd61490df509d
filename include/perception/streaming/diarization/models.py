"""The two networks of live diarization, shared by all streams of a process."""

from __future__ import annotations

import numpy as np

from include.perception.speech.models import SEGMENTATION, SpeechModels
from include.perception.streaming.diarization import frames
from include.perception.streaming.diarization.segmentation import Segmentation, SegmentationConfig

_WARM_S = 2.0


class DiarizationModels:
    """Loads the networks (3 to 5 s, nearly all of it `import torch`).

    Raises:
        ModelUnavailable: a weight file is missing or damaged.
    """

    def __init__(self, models: SpeechModels, segmentation: SegmentationConfig | None = None) -> None:
        self.voice_prints = models.voice_prints
        self.segmentation = Segmentation(models.file(SEGMENTATION), segmentation)

    def warm(self) -> None:
        """Run both once, so that the first stream does not wait for their memory."""
        noise = np.random.default_rng(0).standard_normal(round(_WARM_S * frames.SAMPLE_RATE)).astype(np.float32) * 0.01
        self.segmentation(noise)
        self.voice_prints(noise)
