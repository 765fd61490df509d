"""Simultaneous critical values for pairwise comparisons of estimates with known standard errors.

Every value is a quantile of a maximum over pairs, simulated under normal errors (a parametric bootstrap). The maximum
over all pairs is found without visiting them: with columns in ascending order of their standard error, a pair can
only be the largest if its upper member is a running maximum and its lower member a running minimum.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.stats import binom, norm

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Scale = Callable[[Floats, Floats], Floats]

LEVEL = 0.95
"""Simultaneous confidence of all statements about one opening."""
DRAWS = 2_000
"""Simulated openings behind a critical value."""
CERTAINTY = 0.99
"""The critical value is the upper 99 % limit of the simulated quantile, so that simulating never weakens `LEVEL`."""
BLOCK = 1 << 21
"""Largest number of simulated values held at once (16 MiB)."""
BINS = 8
"""Groups of similar standard errors that a row's maximum is bounded by."""
SEED_VERSION = b"triview.rank.1"


def studentised(first: Floats, second: Floats) -> Floats:
    """Standard error of the difference of two independent estimates: the scale of the exact form."""
    return np.asarray(np.sqrt(np.square(first) + np.square(second)))


def interval_sum(first: Floats, second: Floats) -> Floats:
    """Sum of two standard errors: intervals estimate ± c·SEM are apart when the difference exceeds c times this."""
    return first + second


def seed_of(sems: Floats) -> int:
    """The seed of an opening's simulation, from its standard errors in ascending order.

    Nothing else enters, so that a better score of one candidate meets the same simulated errors as before.
    """
    digest = hashlib.sha256(SEED_VERSION + np.ascontiguousarray(sems, dtype="<f8").tobytes())
    return int.from_bytes(digest.digest()[:8], "little")


def error_blocks(sems: Floats, draws: int = DRAWS) -> Iterator[Floats]:
    """Simulated errors, in blocks of shape (draws of the block, len(sems)); the same numbers whatever the block size.

    Openings of up to `BLOCK / DRAWS` candidates share their standard normal errors, which are drawn once a process:
    the error distribution of each is the same as with draws of its own, and its numbers depend on nothing but it.

    Args:
        sems: ascending; the columns have these standard deviations.
    """
    if draws <= DRAWS and DRAWS * len(sems) <= BLOCK:
        yield np.ascontiguousarray((_standard_errors()[: len(sems), :draws] * sems[:, None]).T)
        return
    generator = np.random.Generator(np.random.PCG64(seed_of(sems)))
    rows = max(1, min(draws, BLOCK // max(1, len(sems))))
    for start in range(0, draws, rows):
        block = generator.standard_normal((min(rows, draws - start), len(sems)))
        block *= sems
        yield block


@cache
def _standard_errors() -> Floats:
    """Standard normal values, read only, shape (`BLOCK / DRAWS` candidates, `DRAWS`): the first rows serve any size."""
    seed = int.from_bytes(hashlib.sha256(SEED_VERSION).digest()[:8], "little")
    block = np.random.Generator(np.random.PCG64(seed)).standard_normal((BLOCK // DRAWS, DRAWS))
    block.flags.writeable = False
    return block


def quantile_rank(draws: int, level: float = LEVEL, certainty: float = CERTAINTY) -> int:
    """Position (1 = smallest) in `draws` sorted values of the upper `certainty` limit of the `level` quantile.

    A distribution-free limit from the binomial distribution of the number of values below the quantile.
    """
    return min(draws, int(_binomial_limit(draws, level, certainty)) + 1)


@cache
def _binomial_limit(draws: int, level: float, certainty: float) -> float:
    return float(binom.ppf(certainty, draws, level))


def sidak_half_width(count: int, level: float = LEVEL) -> float:
    """Half width, in standard errors, of intervals that all cover their `count` independent values with `level`."""
    return float(norm.ppf((1.0 + level ** (1.0 / count)) / 2.0))


def largest_differences(errors: Floats, sems: Floats, scale: Scale) -> Floats:
    """Per row of `errors` the largest of (eᵢ - eⱼ) / scale(SEMᵢ, SEMⱼ) over all pairs, shape (rows,); never below 0.

    Args:
        errors: shape (rows, n), columns in ascending order of `sems`.
        scale: not decreasing in either argument.
    """
    high, high_sems = _records(errors, sems)
    low, low_sems = _records(-errors, sems)
    difference = high[:, :, None] + low[:, None, :]
    divisor = scale(high_sems[:, :, None], low_sems[:, None, :])
    ratio = np.divide(difference, divisor, out=np.zeros_like(difference), where=divisor > 0.0)
    return np.asarray(ratio.reshape(len(errors), -1).max(axis=1, initial=0.0))


def difference_bounds(errors: Floats, sems: Floats, scale: Scale) -> Floats:
    """Lower and upper bounds of `largest_differences`, shape (2, rows), from extremes of groups of similar errors."""
    starts = np.unique(np.linspace(0, len(sems), BINS, endpoint=False).astype(np.int64))
    last = np.append(starts[1:], len(sems)) - 1
    high = np.maximum.reduceat(errors, starts, axis=1)
    low = np.minimum.reduceat(errors, starts, axis=1)
    difference = np.maximum(high[:, :, None] - low[:, None, :], 0.0)
    return np.array(
        [
            _ratios(difference, scale(own[:, None], own[None, :]), at_zero).reshape(len(errors), -1).max(axis=1)
            for own, at_zero in ((sems[last], 0.0), (sems[starts], np.inf))
        ]
    )


def _ratios(differences: Floats, divisors: Floats, at_zero: float) -> Floats:
    """Differences (≥ 0) over divisors; a difference above 0 over a divisor of 0 gives `at_zero`."""
    if divisors.min() > 0.0:
        return np.asarray(differences / divisors)
    filled = np.where(differences > 0.0, at_zero, 0.0)
    return np.divide(differences, divisors, out=filled, where=np.broadcast_to(divisors > 0.0, differences.shape))


def refined(errors: Floats, sems: Floats, scale: Scale, upper: Floats, reached: float) -> Floats:
    """`upper` with exact values in place of those bounds that are not below `reached`, shape (rows,)."""
    found = upper.copy()
    rows = np.nonzero(upper >= reached)[0]
    step = max(1, BLOCK // max(64, len(sems)))
    for start in range(0, len(rows), step):
        some = rows[start : start + step]
        found[some] = largest_differences(errors[some], sems, scale)
    return found


def upper_maxima(errors: Floats, sems: Floats, scale: Scale, place: int) -> Floats:
    """Per row the largest difference, exact where it can be among those from `place` (1 = smallest) up, else a bound.

    A quantile from `place` up is therefore exact, and visiting rows by these values leaves none out.
    """
    lower, upper = difference_bounds(errors, sems, scale)
    return refined(errors, sems, scale, upper, float(np.partition(lower, place - 1)[place - 1]))


def _records(errors: Floats, sems: Floats) -> tuple[Floats, Floats]:
    """The running maxima of each row where they rise, padded with -inf, and the standard errors that belong to them."""
    running = np.maximum.accumulate(errors, axis=1)
    rises = np.ones(errors.shape, dtype=bool)
    np.greater(running[:, 1:], running[:, :-1], out=rises[:, 1:])
    rows, columns = np.nonzero(rises)
    counts = rises.sum(axis=1)
    slots = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    shape = (len(errors), int(counts.max()))
    values, own = np.full(shape, -np.inf), np.ones(shape)
    values[rows, slots] = errors[rows, columns]
    own[rows, slots] = sems[columns]
    return values, own
