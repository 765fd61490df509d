"""What changes when a report of an opening's ranking would show something else beside the same snapshot."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Select, func, select

from include.storage.database import tables as t


def report_marks(connection: Connection, opening_id: str | None = None) -> dict[str, str]:
    """Opening (all of them, or one) -> SHA-256 over counts and times of what a report shows as it stands.

    That is: the opening itself, the fairness reports that were published, where applications, interviews and live
    sessions stand, decisions by people, ratings with what was settled of them, insights, and contests. No key is used
    and no row of a person is read: a few grouped queries, however many openings there are.
    """
    marks: dict[str, list[str]] = defaultdict(list)
    for name, query in _queries(opening_id):
        for opening, *values in connection.execute(query):
            marks[opening].append("|".join((name, *map(str, values))))
    return {opening: hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest() for opening, lines in marks.items()}


def _queries(opening_id: str | None) -> Iterator[tuple[str, Select[Any]]]:
    openings, fairness = t.openings.c, t.fairness_reports.c
    of = t.applications.c.opening_id
    interviews = t.interviews.join(t.applications, t.applications.c.id == t.interviews.c.application_id)
    yield "opening", _about(select(openings.id, openings.updated_at), openings.id, opening_id)
    published = select(fairness.opening_id, func.count(), func.max(fairness.published_at)).group_by(fairness.opening_id)
    yield "fairness", _about(published.where(fairness.opening_id.is_not(None)), fairness.opening_id, opening_id)
    states = select(of, t.applications.c.status, func.count()).group_by(of, t.applications.c.status)
    yield "applications", _about(states, of, opening_id)
    held = select(of, func.count(), func.max(t.interviews.c.updated_at)).select_from(interviews).group_by(of)
    yield "interviews", _about(held, of, opening_id)
    decided = (
        select(of, func.count(), func.max(t.human_decisions.c.decided_at))
        .join_from(t.human_decisions, t.applications, t.applications.c.id == t.human_decisions.c.application_id)
        .group_by(of)
    )
    yield "decisions", _about(decided, of, opening_id)
    for name, table, changed in (
        ("insights", t.insights, t.insights.c.updated_at),
        ("ratings", t.ratings, t.ratings.c.rated_at),
        ("settlements", t.divergence_settlements, t.divergence_settlements.c.settled_at),
        ("panels", t.panelists, t.panelists.c.removed_at),
        ("contests", t.contests, t.contests.c.closed_at),
    ):
        rows = interviews.join(table, table.c.interview_id == t.interviews.c.id)
        counted = select(of, func.count(), func.count(changed), func.max(changed)).select_from(rows).group_by(of)
        yield name, _about(counted, of, opening_id)
    sessions = interviews.join(t.live_sessions, t.live_sessions.c.interview_id == t.interviews.c.id)
    state = t.live_sessions.c.state
    yield "sessions", _about(select(of, state, func.count()).select_from(sessions).group_by(of, state), of, opening_id)


def _about(query: Select[Any], column: Any, opening_id: str | None) -> Select[Any]:
    return query if opening_id is None else query.where(column == opening_id)
