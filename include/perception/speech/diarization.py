"""Who spoke when: pyannote.audio 4 with segmentation-3.0, WeSpeaker and VBx clustering.

Bredin 2023, https://doi.org/10.21437/Interspeech.2023-105. Imported only when a second voice is plausible: the
import alone costs more than ten seconds.
"""

from __future__ import annotations

import os
import sys
import types
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from include.interview.errors import TriviewError
from include.interview.records import Interval
from include.perception.speech.waveform import SAMPLE_RATE, Waveform

SEGMENTATION_STEP = 0.25
"""Step of the 10 s segmentation window as a share of it: half the time of 0.1 for 0.3 points of error rate."""
PARAMETERS = {"segmentation": {"min_duration_off": 0.0}, "clustering": {"threshold": 0.6, "Fa": 0.07, "Fb": 0.8}}
"""VBx parameters of pyannote's community-1 pipeline."""
_RIVAL_NAMES = ("pyannote", "speechbrain", "nvidia")
"""pyannote chooses the loader of an embedding by these words in its path."""


@dataclass(frozen=True)
class VoiceCount:
    """How many people speak in a recording, as far as it is known from elsewhere; None where it is not.

    Several voices of a few sentences each are taken for one unless it is known that there are more: of six people with
    5 to 16 s each four were told apart, and all six once told that there are six.
    """

    least: int | None = None
    most: int | None = None


@dataclass(frozen=True)
class Turns:
    """Speaker turns in seconds, in order of time; each interval's `kind` is the speaker's label.

    `exclusive` has no overlaps.
    """

    all: tuple[Interval, ...]
    exclusive: tuple[Interval, ...]

    @property
    def speakers(self) -> tuple[str, ...]:
        """Labels in order of first appearance."""
        return tuple(dict.fromkeys(t.kind for t in self.all))


def ensure_torchaudio() -> None:
    """Make `import torchaudio` work where its compiled extension cannot be loaded (CPU-only torch).

    pyannote uses its pure Python parts only (Kaldi features), so a stand-in for the extension module suffices;
    it reports honestly that the extension is absent.
    """
    try:
        import torchaudio
    except OSError:
        for name in [n for n in sys.modules if n.split(".")[0] == "torchaudio"]:
            del sys.modules[name]
        absent: Any = types.ModuleType("torchaudio._extension")
        absent._IS_TORCHAUDIO_EXT_AVAILABLE = False
        absent._IS_ALIGN_AVAILABLE = False
        absent._check_cuda_version = lambda: None
        absent.fail_if_no_align = lambda function: function
        sys.modules["torchaudio._extension"] = absent
        import torchaudio  # noqa: F401


class _FeatureNames:
    """Session whose input pyannote calls `feats`, whatever this file calls it."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._name = session.get_inputs()[0].name
        self._output = session.get_outputs()[0].name

    def run(self, output_names: list[str], input_feed: dict[str, Any]) -> Any:
        del output_names
        return self._session.run([self._output], {self._name: input_feed["feats"]})


class Diarizer:
    """pyannote's speaker diarization pipeline, loaded from local files only, telemetry off.

    Raises:
        TriviewError: the models lie in a folder whose path pyannote would take for another embedding's name.
    """

    def __init__(self, segmentation: Path, voice_prints: Path, plda: Path, cores: int) -> None:
        path = str(voice_prints)
        if any(name in path.lower() for name in _RIVAL_NAMES):
            raise TriviewError(
                f"Speaker separation cannot load models from a folder whose path contains {_RIVAL_NAMES}.",
                "Set TRIVIEW_MODELS to another folder.",
            )
        os.environ["PYANNOTE_METRICS_ENABLED"] = "0"
        ensure_torchaudio()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import torch
            from pyannote.audio import Model
            from pyannote.audio.pipelines import SpeakerDiarization

            model: Any = Model.from_pretrained(str(segmentation))
            self._torch = torch
            torch.set_num_threads(cores)
            self._pipeline = SpeakerDiarization(
                segmentation=model,
                segmentation_step=SEGMENTATION_STEP,
                embedding=path,
                plda=str(plda),
                clustering="VBxClustering",
                segmentation_batch_size=4,
                embedding_batch_size=4,
            )
        embedding = self._pipeline._embedding
        embedding.session_ = _FeatureNames(embedding.session_)
        self._pipeline.instantiate(PARAMETERS)

    def __call__(self, waveform: Waveform, voices: VoiceCount | None = None) -> Turns:
        """Speaker turns of a whole recording in seconds; labels are meaningless beyond it.

        Args:
            voices: how many there are, where that is known; None: as many as are found.
        """
        known = voices or VoiceCount()
        sound = self._torch.from_numpy(waveform.slice(0, len(waveform.samples)))[None]
        with warnings.catch_warnings(), self._torch.inference_mode():
            warnings.simplefilter("ignore")
            given = {"waveform": sound, "sample_rate": SAMPLE_RATE}
            found: Any = self._pipeline(given, min_speakers=known.least, max_speakers=known.most)
        return Turns(_intervals(found.speaker_diarization), _intervals(found.exclusive_speaker_diarization))


def _intervals(annotation: Any) -> tuple[Interval, ...]:
    turns = [Interval(float(s.start), float(s.end), str(label)) for s, _, label in annotation.itertracks(True)]
    return tuple(sorted(turns, key=lambda t: (t.start_s, t.end_s)))
