"""Models and judges of a process: loaded on first use, then shared by all its steps."""

from __future__ import annotations

import functools
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from include.settings import JudgeSettings, Settings

if TYPE_CHECKING:
    from include.judgement import Judge
    from include.perception.speech import SpeechModels
    from include.perception.vision import Detectors

_LOADING = threading.Lock()


class Engines:
    """The recogniser, the detectors and the judge, each loaded on first use.

    One instance per process and configuration of models: see `engines`.
    """

    def __init__(self, models_dir: Path, cores: int, judge: JudgeSettings) -> None:
        self._models_dir = models_dir
        self._cores = cores
        self._judge_settings = judge
        self._speech: SpeechModels | None = None
        self._detectors: Detectors | None = None
        self._judge: Judge | None = None

    @property
    def speech(self) -> SpeechModels:
        """The models for speech: recogniser, voice activity detector and diarization."""
        with _LOADING:
            if self._speech is None:
                from include.perception.speech import SpeechModels

                self._speech = SpeechModels(self._models_dir, self._cores)
            return self._speech

    @property
    def detectors(self) -> Detectors:
        """The detectors of face, body and hands."""
        with _LOADING:
            if self._detectors is None:
                from include.perception.vision import Detectors

                self._detectors = Detectors(self._models_dir)
            return self._detectors

    @property
    def judge(self) -> Judge:
        """The configured judge; no other takes its place when it fails."""
        with _LOADING:
            if self._judge is None:
                from include.judgement import open_judge

                self._judge = open_judge(self._judge_settings)
            return self._judge


def engines(settings: Settings) -> Engines:
    """The engines of this process for `settings`: the same ones for equal models, cores and judge."""
    return _engines(settings.models_dir, settings.cores, settings.judge)


@functools.cache
def _engines(models_dir: Path, cores: int, judge: JudgeSettings) -> Engines:
    return Engines(models_dir, cores, judge)
