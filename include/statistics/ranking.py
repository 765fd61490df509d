"""An opening's ranking from the totals and errors of those who enter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from include.interview.ranking.comparing import ranked
from include.interview.ranking.records import Entrant, Method, RankedCandidate, Ranking
from include.interview.records import Stage
from include.statistics.rank_sets import apart, rank_sets
from include.statistics.simultaneous import Floats, Ints, interval_sum, studentised
from include.statistics.top_places import top_chances, weight_sensitivity

METHOD_VERSION = "2"
"""Raised whenever the same inputs would give other numbers."""

DIGITS = 9
"""Decimals of a composite: what two sums of the same parts differ by in the 14th digit is no difference."""


def rank(entrants: Sequence[Entrant], weights: Mapping[Stage, float], k: int, method: Method | None = None) -> Ranking:
    """The ranking of `entrants`; the same whatever order they come in, to the last digit.

    Args:
        weights: of the stages that count, all above 0; every entrant has a score in each.
        k: places that the chances are about; at most the number of entrants is used.
        method: None: exact up to 2,000 entrants, by intervals above.

    Returns:
        best composite first, then by id.
    """
    if not entrants:
        return Ranking((), k, method or "exact", 0.0, dict(weights))
    stages = tuple(weights)
    given = np.array([weights[stage] for stage in stages])
    shares = given / given.sum()
    scores, sems = _columns(entrants, stages)
    composites = np.round(_weighed(scores, shares), DIGITS)
    errors = np.sqrt(_weighed(np.square(sems), np.square(shares)))
    ids = np.array([entrant.id for entrant in entrants])
    by_error = np.lexsort((ids, errors))
    scores, composites, errors, ids = scores[by_error], composites[by_error], errors[by_error], ids[by_error]
    places = min(k, len(entrants))
    sets = rank_sets(composites, errors, method)
    chances = top_chances(composites, errors, places)
    sensitivity = weight_sensitivity(scores, given, places)
    order = np.lexsort((ids, -composites))
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = _display_ranks(sets.best[order], sets.worst[order])
    contributions = [dict(zip(stages, row, strict=True)) for row in (scores * shares)[order].tolist()]
    columns = (ids, ranks, composites, errors, sets.best, sets.worst, chances, sensitivity)
    rows = zip(*(column[order].tolist() for column in columns), contributions, strict=True)
    ranked = tuple(RankedCandidate(*row) for row in rows)
    return Ranking(ranked, k, sets.method, sets.critical, dict(weights))


def not_apart_lists(ranking: Ranking) -> list[list[str]]:
    """For each candidate of the ranking, in its order, the ids of those it cannot be told apart from."""
    return [ids.tolist() for ids in _together(ranking, range(len(ranking.candidates)))]


def not_apart_firsts(ranking: Ranking, most: int) -> Iterator[tuple[str, ...]]:
    """As `not_apart_lists`, the first `most` of each list, one candidate at a time; memory grows with n, not with n².

    How long the whole lists are, `not_apart_counts` says.
    """
    for ids in _together(ranking, range(len(ranking.candidates))):
        yield tuple(ids[:most].tolist())


def _together(ranking: Ranking, places: Iterable[int]) -> Iterator[NDArray[np.object_]]:
    values = np.array([c.composite for c in ranking.candidates])
    sems = np.array([c.sem for c in ranking.candidates])
    ids = np.array([c.id for c in ranking.candidates], dtype=object)
    scale = studentised if ranking.method == "exact" else interval_sum
    for place in places:
        together = ~apart(np.abs(values - values[place]), scale(sems, sems[place : place + 1]), ranking.critical)
        together[place] = False
        yield ids[together]


def not_apart(ranking: Ranking, identity: str) -> tuple[str, ...]:
    """Ids of those whom the candidate `identity` cannot be told apart from, in the displayed order.

    Raises:
        NotFound: nobody of that id is ranked.
    """
    place = ranking.candidates.index(ranked(ranking, identity))
    return tuple(next(_together(ranking, [place])).tolist())


def not_apart_counts(ranking: Ranking) -> list[int]:
    """For each candidate of the ranking, in its order, how many it cannot be told apart from."""
    count = len(ranking.candidates)
    return [one.worst - one.best for one in ranking.candidates] if count else []


def _columns(entrants: Sequence[Entrant], stages: Sequence[Stage]) -> tuple[Floats, Floats]:
    pairs = [[(e.stages[stage].total, e.stages[stage].sem) for stage in stages] for e in entrants]
    both = np.array(pairs, dtype=np.float64)
    return both[:, :, 0], both[:, :, 1]


def _weighed(columns: Floats, shares: Floats) -> Floats:
    """Σ share·column per row, summed in one order, so that equal rows give equal sums."""
    total = np.zeros(len(columns))
    for index, share in enumerate(shares):
        total += share * columns[:, index]
    return total


def _display_ranks(best: Ints, worst: Ints) -> Ints:
    """1, 2, 3 … where sets differ from their neighbour's above; equal sets share the first one's rank."""
    places = np.arange(1, len(best) + 1)
    same = np.zeros(len(best), dtype=bool)
    same[1:] = (best[1:] == best[:-1]) & (worst[1:] == worst[:-1])
    return np.maximum.accumulate(np.where(same, 0, places))
