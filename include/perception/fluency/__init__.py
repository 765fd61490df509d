"""Fluency from words: rates, pauses, fillers, diversity and repetitions. Cheap to import."""

from __future__ import annotations

from include.perception.fluency.lexicon import tokens
from include.perception.fluency.measures import measure_fluency

__all__ = ["measure_fluency", "tokens"]
