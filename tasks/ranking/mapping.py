"""Openings in as many groups as one Airflow task can be mapped over."""

from __future__ import annotations

from collections.abc import Sequence

MOST_MAPPED = 1_000
"""Airflow maps one task over 1,024 values at the most (core.max_map_length), and fails the run above."""


def mapped_groups(opening_ids: Sequence[str], most: int = MOST_MAPPED) -> list[list[str]]:
    """The openings in their order, each a group of its own, or in `most` groups when there are more."""
    groups = min(len(opening_ids), most)
    return [list(opening_ids[group::groups]) for group in range(groups)]
