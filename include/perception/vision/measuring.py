"""Constructors of measures: a number with its coverage, or no number and the reason."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from include.interview.assessment.measures import channel_measures, measure_spec
from include.interview.records import Channel, Flag, Interval, Measure, Measurements
from include.perception.vision.detectors import ENGINE

MIN_COVERAGE = 0.3
"""Share of the recording on which something must have been observed before a number is given for all of it."""

MIN_OBSERVED_S = 2.0
"""Seconds of observation below which a share or rate is chance."""


def measured(
    name: str,
    value: float,
    *,
    coverage: float,
    n: int,
    confidence: float | None = None,
    intervals: tuple[Interval, ...] = (),
) -> Measure:
    """A measure with a value in the registry's unit.

    Raises:
        NotFound: no measure has this name.
    """
    return Measure(name, float(value), measure_spec(name).unit, coverage, confidence, n, None, intervals)


def withheld(name: str, reason: str, *, coverage: float = 0.0, n: int = 0) -> Measure:
    """A measure without a value; `reason` is a stable code.

    Raises:
        NotFound: no measure has this name.
    """
    return Measure(name, None, measure_spec(name).unit, coverage, None, n, reason)


def too_little(coverage: float, observed_s: float) -> str | None:
    """The reason for giving no number ("too_short" or "low_coverage"), or None when enough was observed.

    `coverage` is in [0, 1], `observed_s` in seconds.
    """
    if observed_s < MIN_OBSERVED_S:
        return "too_short"
    return "low_coverage" if coverage < MIN_COVERAGE else None


def channel_of(
    channel: Channel,
    coverage: float,
    measures: Collection[Measure],
    refused: Collection[str],
    flags: tuple[Flag, ...] = (),
) -> Measurements:
    """The `measures` as the record of `channel`, with a flag `policy_refused` that names the `refused` ones.

    `coverage` is the share of the recording, in [0, 1], on which the channel could be observed.
    """
    names: dict[str, Any] = {spec.name: 1.0 for spec in channel_measures(channel) if spec.name in refused}
    if names:
        flags += (Flag("policy_refused", "info", names),)
    return Measurements(channel, coverage, tuple(measures), flags, ENGINE)


def refused_channel(channel: Channel) -> Measurements:
    """A channel that the policy profile does not allow: nothing was computed."""
    names = {spec.name: 1.0 for spec in channel_measures(channel)}
    return Measurements(channel, 0.0, (), (Flag("policy_refused", "info", names),), ENGINE)


def unobservable_channel(channel: Channel, reason: str, refused: Collection[str]) -> Measurements:
    """A channel allowed but without anything to look at: every measure is withheld with `reason`."""
    measures = [withheld(spec.name, reason) for spec in channel_measures(channel) if spec.name not in refused]
    return channel_of(channel, 0.0, measures, refused, (Flag(reason, "warning"),))
