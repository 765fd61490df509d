"""Who in a ranking cannot be told apart from whom."""

from __future__ import annotations

import math

from include.interview.errors import NotFound
from include.interview.ranking.records import RankedCandidate, Ranking


def are_apart(first: RankedCandidate, second: RankedCandidate, ranking: Ranking) -> bool:
    """True when the two composites differ by more than the ranking's critical value times their joint error."""
    exact = ranking.method == "exact"
    joint = math.sqrt(first.sem * first.sem + second.sem * second.sem) if exact else first.sem + second.sem
    return abs(first.composite - second.composite) > ranking.critical * joint


def not_apart(ranking: Ranking, identity: str) -> tuple[str, ...]:
    """Ids of those whom the candidate `identity` cannot be told apart from, in the displayed order.

    Raises:
        NotFound: nobody of that id is ranked.
    """
    own = ranked(ranking, identity)
    return tuple(c.id for c in ranking.candidates if c.id != identity and not are_apart(own, c, ranking))


def ranked(ranking: Ranking, identity: str) -> RankedCandidate:
    """The candidate `identity` of the ranking.

    Raises:
        NotFound: nobody of that id is ranked.
    """
    found = next((c for c in ranking.candidates if c.id == identity), None)
    if found is None:
        raise NotFound(f"{identity} is not in this ranking.", "See who is listed apart, and why.")
    return found
