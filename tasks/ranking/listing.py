"""One page of a served ranking: who is shown, under which filter, with names, states and changes of those alone."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from include.interview.ranking.records import Apart, ApartReason, Change, RankedCandidate, Snapshot
from include.interview.ranking.snapshots import changes
from include.interview.records import Candidate, Record
from include.storage import Stores
from tasks.ranking.serving import ServedRanking

CODE_CHARS = 8
"""Characters of an application's id that stand for a name: of 10,000 people, two share them once in 90 rankings."""
T = TypeVar("T")


class ListFilter(Record, frozen=True):
    """Who is shown. Empty values filter nothing.

    `search`: part of a name, or of the code where names are not read. `state`: where the application stands.
    `changed`: only whose numbers differ from the snapshot before. `possible`: only whose rank set reaches the best k.
    `reason`: of those listed apart, why.
    """

    search: str = ""
    state: str = ""
    changed: bool = False
    possible: bool = False
    reason: str = ""


class RankedLine(Record, frozen=True):
    """One ranked candidate as shown. `name`: None for who was erased, or where names are not read.

    `change`: against the snapshot before, None where nothing differs or there was none. `not_apart`: how many others
    this one cannot be told apart from.
    """

    candidate: RankedCandidate
    code: str
    name: str | None
    state: str
    change: Change | None
    not_apart: int


class ApartLine(Record, frozen=True):
    """One who is listed apart, as shown."""

    apart: Apart
    code: str
    name: str | None
    state: str


class RankedPage(Record, frozen=True):
    """One page of the ranked. `total`: how many the filter leaves; `last`: the largest rank there is.

    `compared`: whether there is a snapshot before. `left`: applications that were ranked in it and are not any more.
    """

    lines: tuple[RankedLine, ...]
    total: int
    last: int
    compared: bool
    left: tuple[str, ...]


class ApartPage(Record, frozen=True):
    """One page of those listed apart. `total`: how many the filter leaves."""

    lines: tuple[ApartLine, ...]
    total: int


def code_of(application_id: str) -> str:
    """What stands for a name where names are not shown: the beginning of the application's id."""
    return application_id[:CODE_CHARS].upper()


def apart_counts(snapshot: Snapshot) -> dict[ApartReason, int]:
    """Reason -> how many are listed apart for it, most first."""
    return dict(Counter(one.reason for one in snapshot.apart).most_common())


def ranked_page(
    stores: Stores, served: ServedRanking, chosen: ListFilter, limit: int, offset: int, *, blind: bool
) -> RankedPage:
    """`limit` of the ranked that `chosen` leaves, from `offset` on, in their order.

    Names are read for those alone, or for everybody where one is searched; changes and states likewise.

    Args:
        blind: no name is read, and the search is for codes.
    """
    snapshot, opening = served.snapshot, served.snapshot.opening_id
    before = stores.rankings.before(served.id)
    found: Sequence[RankedCandidate] = snapshot.ranking.candidates
    if chosen.possible:
        found = [one for one in found if one.best <= snapshot.k]
    if chosen.changed:
        differing = set() if before is None else {one.id for one in changes(before, snapshot) if _told(one)}
        found = [one for one in found if one.id in differing]
    found = _searched(stores, opening, found, lambda one: one.id, chosen, blind)
    shown = found[offset : offset + limit]
    ids = [one.id for one in shown]
    names = _names(stores, opening, ids, blind)
    states = stores.applications.states(opening, ids)
    changed: Mapping[str, Change] = {}
    if before is not None:
        changed = {one.id: one for one in changes(before, snapshot, frozenset(ids)) if _told(one)}
    lines = tuple(
        RankedLine(
            one,
            code_of(one.id),
            names.get(one.id),
            states.get(one.id, ""),
            changed.get(one.id),
            one.worst - one.best,
        )
        for one in shown
    )
    return RankedPage(lines, len(found), len(snapshot.ranking.candidates), before is not None, _left(before, snapshot))


def apart_page(
    stores: Stores, served: ServedRanking, chosen: ListFilter, limit: int, offset: int, *, blind: bool
) -> ApartPage:
    """`limit` of those listed apart that `chosen` leaves, from `offset` on; `blind` as in `ranked_page`."""
    opening = served.snapshot.opening_id
    found: Sequence[Apart] = served.snapshot.apart
    if chosen.reason:
        found = [one for one in found if one.reason == chosen.reason]
    found = _searched(stores, opening, found, lambda one: one.id, chosen, blind)
    shown = found[offset : offset + limit]
    ids = [one.id for one in shown]
    names = _names(stores, opening, ids, blind)
    states = stores.applications.states(opening, ids)
    lines = tuple(ApartLine(one, code_of(one.id), names.get(one.id), states.get(one.id, "")) for one in shown)
    return ApartPage(lines, len(found))


def _told(change: Change) -> bool:
    """Whether a change is worth a word: not when others' changes moved digits behind which the place is the same."""
    if change.cause != "others" or change.before is None or change.after is None:
        return True
    before, after = change.before, change.after
    return (before.rank, before.best, before.worst) != (after.rank, after.best, after.worst)


def _left(before: Snapshot | None, snapshot: Snapshot) -> tuple[str, ...]:
    if before is None:
        return ()
    ranked = {one.id for one in snapshot.ranking.candidates}
    return tuple(one.id for one in before.ranking.candidates if one.id not in ranked)


def names_of(stores: Stores, opening_id: str, application_ids: Sequence[str], *, blind: bool) -> dict[str, str]:
    """Application -> what the person is called on a page: the name, or the code of who was erased or is not named."""
    names = _names(stores, opening_id, application_ids, blind)
    return {one: names.get(one) or code_of(one) for one in application_ids}


def _names(stores: Stores, opening_id: str, application_ids: Sequence[str], blind: bool) -> dict[str, str]:
    if blind or not application_ids:
        return {}
    found = stores.candidates.of_applications(opening_id, application_ids)
    return {application: candidate.name for application, candidate in found.items()}


def _searched(
    stores: Stores, opening_id: str, found: Sequence[T], id_of: Callable[[T], str], chosen: ListFilter, blind: bool
) -> Sequence[T]:
    """Those of `found` whose state is the chosen one and whose name or code holds what is searched."""
    if chosen.state:
        states = stores.applications.states(opening_id)
        found = [one for one in found if states.get(id_of(one)) == chosen.state]
    wanted = plain_name(chosen.search)
    if not wanted:
        return found
    named = {} if blind else stores.candidates.of_applications(opening_id)
    names = {application: plain_name(candidate.name) for application, candidate in named.items()}
    return [one for one in found if wanted in names.get(id_of(one), "") or plain_name(code_of(id_of(one))) == wanted]


def candidates_named(stores: Stores, name: str) -> list[Candidate]:
    """Candidates that were not erased whose name holds `name`, oldest first; everybody where it is blank.

    Names are sealed, so all of them are opened. One audit entry.
    """
    wanted = plain_name(name)
    return [one for one in stores.candidates.list() if wanted in plain_name(one.name)]


def plain_name(text: str) -> str:
    """A name or what is searched for it, as the two are compared: without case, width and spaces around."""
    return unicodedata.normalize("NFKC", text).casefold().strip()
