"""The ranking of an opening that is served, as every reader of it gets it, and the name of a run for a new one."""

from __future__ import annotations

import hashlib

import msgspec

from include.interview.errors import NotFound
from include.interview.ranking.records import Snapshot
from include.storage import Stores
from tasks.evaluation.card_standing import require_rated
from tasks.ranking.fairness import stages_recognised_worse
from tasks.ranking.flow import full_stamp


class ServedRanking(msgspec.Struct, frozen=True):
    """The snapshot that is served; `failures` names expectations and counts when a gate stopped a newer one.

    `recognised_worse`: stages in which the published fairness report flags a group whose speech was recognised worse.
    """

    id: str
    failures: dict[str, int]
    checked_at: str
    recognised_worse: tuple[str, ...]
    snapshot: Snapshot


def served_ranking(stores: Stores, opening_id: str, reader: str) -> ServedRanking:
    """The newest snapshot that passed its gates. The read is an audit entry.

    Args:
        reader: the account that wants to see it.

    Raises:
        NotFound: no such opening, or it was never ranked; code "rate_first" for who conducts an interview of this
            opening and has yet to rate it.
    """
    require_rated(stores, opening_id, reader)
    stores.openings.get(opening_id)
    state = stores.rankings.state(opening_id)
    if state is None or state.served_id is None:
        raise NotFound("This opening has no ranking yet.", "Ask for one by POST …/ranking/runs.")
    snapshot = stores.rankings.get(state.served_id)
    worse = stages_recognised_worse(stores, opening_id)
    return ServedRanking(state.served_id, state.failures, state.checked_at, worse, snapshot)


def not_apart_in(snapshot: Snapshot, application_id: str) -> tuple[str, ...]:
    """Whom a candidate of the snapshot cannot be told apart from, in the displayed order.

    Raises:
        NotFound: nobody of that id is ranked.
    """
    from include.statistics.ranking import not_apart  # its libraries take a second to load

    return not_apart(snapshot.ranking, application_id)


def ranking_run_id(stores: Stores, opening_id: str) -> str:
    """The name of a run that ranks the opening now.

    It is the same until the opening, its inputs, the method or the outcome of its last run changes.

    Raises:
        NotFound: no such opening.
    """
    opening, state = stores.openings.get(opening_id), stores.rankings.state(opening_id)
    stamps = stores.ranking_inputs.stamps([opening_id])
    inputs = full_stamp(opening, stamps[opening_id].text if opening_id in stamps else "")
    last = state.checked_at if state is not None else ""
    return f"ranking-{hashlib.sha256(f'{opening_id}{chr(10)}{inputs}{chr(10)}{last}'.encode()).hexdigest()[:16]}"
