"""Who speaks, told while they speak: online speaker diarization by diart's method, in small modules.

Coria et al. 2021, "Overlap-aware low-latency online speaker diarization", https://arxiv.org/abs/2109.06483. Cheap to
import; models load with `DiarizationModels`.
"""

from __future__ import annotations

from include.perception.streaming.diarization.models import DiarizationModels
from include.perception.streaming.diarization.online import Changed, DiarizerConfig, OnlineDiarizer, Work

__all__ = ["Changed", "DiarizationModels", "DiarizerConfig", "OnlineDiarizer", "Work"]
