"""How measures are distributed over many recordings, and how much each criterion moves the total."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from statistics import correlation, fmean, quantiles

from include.interview.records import Measure, Measurements, Record, Scorecard

PERCENTILES = (5, 20, 50, 80, 95)
"""Percentiles that are given: what a curve from 1 to 5 may be set by."""
CEILING_LEVEL = 4.7
"""Level from which a scored measure counts as being at its ceiling."""
LEAST_RECORDINGS = 10
"""Recordings below which no reliability is given."""
LEAST_PARTS = 4
"""Parts of a recording (utterances, blocks) with a value of their own, without which it has no two halves."""
LEAST_CARDS = 3
"""Complete cards below which no share of variance is given."""


class Distribution(Record, frozen=True):
    """One measure over recordings.

    `values`: in ascending order, of the recordings that have one. `withheld`: reasons and how many recordings have no
    value for each. `percentiles`: at `PERCENTILES`, by linear interpolation; empty without values. `ceiling`: share of
    `values` at `CEILING_LEVEL` or above on the measure's curve; None when it is not scored. `reliability`: that of
    `odd_even`; None where parts have no values of their own or recordings are too few.
    """

    name: str
    channel: str
    unit: str
    values: tuple[float, ...]
    withheld: dict[str, int]
    percentiles: tuple[float, ...]
    ceiling: float | None = None
    reliability: float | None = None


def odd_even(measures: Sequence[Measure]) -> float | None:
    """Odd–even reliability of one measure over recordings, stepped up to full length (Spearman 1910, Brown 1910).

    Of each recording the mean over its odd parts and that over its even ones; r is their correlation over recordings,
    and 2 r / (1 + r) the reliability. None below `LEAST_RECORDINGS` recordings of `LEAST_PARTS` parts each, or where
    either half does not vary.
    """
    halves: list[tuple[float, float]] = []
    for measure in measures:
        valued = sorted((i for i in measure.intervals if i.value is not None), key=lambda i: i.start_s)
        parts = [i.value for i in valued if i.value is not None]
        if measure.value is not None and len(parts) >= LEAST_PARTS:
            halves.append((fmean(parts[::2]), fmean(parts[1::2])))
    if len(halves) < LEAST_RECORDINGS or any(len({pair[k] for pair in halves}) == 1 for k in (0, 1)):
        return None
    r = correlation([one for one, _ in halves], [other for _, other in halves])
    return 2 * r / (1 + r) if r > -1 else None


def percentiles(values: Sequence[float]) -> tuple[float, ...]:
    """`values` at `PERCENTILES`, by linear interpolation between order statistics; () without values."""
    if len(values) < 2:
        return tuple(values) * len(PERCENTILES)
    cuts = quantiles(values, n=100, method="inclusive")
    return tuple(cuts[p - 1] for p in PERCENTILES)


def distributions(
    recordings: Iterable[tuple[Sequence[Measurements], str]], level: Callable[[str, float, str], float | None]
) -> tuple[Distribution, ...]:
    """The distribution of every measure over `recordings`, in order of appearance.

    Args:
        recordings: the measurements of each, and its language.
        level: the level of a measure's value in a language on its curve, None for a measure that is not scored.
    """
    found: dict[tuple[str, str], list[tuple[Measure, str]]] = {}
    for measurements, language in recordings:
        for channel in measurements:
            for measure in channel.measures:
                found.setdefault((channel.channel, measure.name), []).append((measure, language))
    return tuple(_distribution(channel, name, seen, level) for (channel, name), seen in found.items())


def _distribution(
    channel: str, name: str, seen: list[tuple[Measure, str]], level: Callable[[str, float, str], float | None]
) -> Distribution:
    known = [(m.value, language) for m, language in seen if m.value is not None]
    withheld: dict[str, int] = {}
    for measure, _ in seen:
        if measure.value is None:
            reason = measure.reason or "not_measured"
            withheld[reason] = withheld.get(reason, 0) + 1
    levels = [level(name, value, language) for value, language in known]
    scored = [x for x in levels if x is not None]
    values = tuple(sorted(value for value, _ in known))
    ceiling = fmean(x >= CEILING_LEVEL for x in scored) if scored else None
    reliability = odd_even([m for m, _ in seen])
    return Distribution(name, channel, seen[0][0].unit, values, withheld, percentiles(values), ceiling, reliability)


def variance_shares(cards: Sequence[Scorecard]) -> dict[str, float]:
    """Criterion -> its share of the total's variance over complete `cards` of one stage: w · cov(x, T) / var(T).

    T is the sum of the criteria's points, so that the shares sum to 1. {} with fewer than `LEAST_CARDS` complete cards,
    or when all have the same total. Criteria that any of them lacks are left out with its points.
    """
    complete = [card for card in cards if card.status == "complete"]
    if len(complete) < LEAST_CARDS:
        return {}
    points: dict[str, list[float]] = {}
    for card in complete:
        for line in card.criteria:
            if line.points is not None:
                points.setdefault(line.criterion, []).append(line.points)
    points = {name: found for name, found in points.items() if len(found) == len(complete)}
    totals = [math.fsum(row) for row in zip(*points.values(), strict=True)]
    mean = fmean(totals)
    variance = math.fsum((t - mean) ** 2 for t in totals)
    if variance <= 0:
        return {}
    return {
        name: math.fsum((x - fmean(found)) * (t - mean) for x, t in zip(found, totals, strict=True)) / variance
        for name, found in points.items()
    }
