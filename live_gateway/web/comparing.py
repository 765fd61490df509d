"""Two to four people of a ranking side by side, and the table of differences that says why one is above another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from markupsafe import Markup

from include.interview.assessment.rubric import opening_rubric
from include.interview.ranking.comparing import Difference, ranked
from include.interview.ranking.records import RankedCandidate, Snapshot
from include.interview.records import Opening, Stage
from include.interview.scoring.standard_errors import ONE_SIDED_5
from include.reporting.formatting import fixed, share
from include.reporting.rank_sets import rank_set_bar, ranks_of
from include.storage import Stores
from live_gateway.web.texts import PageLanguage, Texts
from tasks.ranking.explaining import Comparison, compare
from tasks.ranking.serving import not_apart_in

DECIMALS = 1


@dataclass(frozen=True)
class Column:
    """One person of the comparison. `stages`: contribution of each stage to the composite, in points."""

    id: str
    name: str
    rank: int
    composite: str
    ranks: str
    bar: Markup
    top: str
    sensitivity: str
    stages: tuple[str, ...]


@dataclass(frozen=True)
class DifferenceRow:
    """One part of a difference: `points` with sign, `sem` or None. `criterion` is None for a whole stage.

    `lead`: "first" or "second" beyond `ONE_SIDED_5` standard errors, "" within them, None where no error is known.
    """

    stage: str
    criterion: str | None
    points: str
    sem: str | None
    lead: Literal["first", "second", ""] | None


@dataclass(frozen=True)
class PairView:
    """Why `first` is above `second`. `apart`: whether the two can be told apart at all."""

    first: str
    second: str
    points: str
    sem: str
    apart: bool
    rows: tuple[DifferenceRow, ...]
    changed_since: tuple[str, ...]


@dataclass(frozen=True)
class ComparisonView:
    """The people in the order of the ranking, and each beside the next one below."""

    columns: tuple[Column, ...]
    stages: tuple[str, ...]
    pairs: tuple[PairView, ...]


def comparison_view(
    stores: Stores,
    snapshot: Snapshot,
    opening: Opening,
    chosen: Sequence[str],
    names: Mapping[str, str],
    language: PageLanguage,
) -> ComparisonView:
    """The comparison of `chosen`, best first. Each look at a pair is an audit entry.

    Raises:
        NotFound: one of them is not ranked in the snapshot.
    """
    t = Texts(language)
    wanted = [ranked(snapshot.ranking, one) for one in chosen]
    order = {one.id: place for place, one in enumerate(snapshot.ranking.candidates)}
    people = sorted(wanted, key=lambda one: order[one.id])
    last = max(one.worst for one in people)
    rubrics = {stage: opening_rubric(stage, opening) for stage in snapshot.weights}
    criteria = {(stage, c.id): c.name.text(language) for stage, rubric in rubrics.items() for c in rubric.criteria}
    pairs = []
    for first, second in pairwise(people):
        together = not_apart_in(snapshot, first.id)
        found = compare(stores, snapshot, first.id, second.id)
        pairs.append(_pair(found, names, second.id not in together, criteria, t))
    return ComparisonView(
        columns=tuple(_column(one, names[one.id], snapshot, last, t) for one in people),
        stages=tuple(t(f"stage.{stage}") for stage in snapshot.weights),
        pairs=tuple(pairs),
    )


def _column(one: RankedCandidate, name: str, snapshot: Snapshot, last: int, t: Texts) -> Column:
    ranks = ranks_of(one)
    return Column(
        id=one.id,
        name=name,
        rank=one.rank,
        composite=f"{fixed(one.composite, DECIMALS)} ± {fixed(one.sem, DECIMALS)}",
        ranks=ranks,
        bar=rank_set_bar(one, last, snapshot.k, uid=f"c-{one.id}", title=t("ranking.bar", name=name, ranks=ranks)),
        top=share(one.p_top_k),
        sensitivity=share(one.sensitivity),
        stages=tuple(fixed(one.stages.get(stage, 0.0), DECIMALS) for stage in snapshot.weights),
    )


def _pair(
    found: Comparison, names: Mapping[str, str], apart: bool, criteria: Mapping[tuple[Stage, str], str], t: Texts
) -> PairView:
    rows = []
    for stage in found.stages:
        rows.append(_row(stage, criteria, t))
        rows += [_row(one, criteria, t) for one in found.criteria if one.stage == stage.stage]
    return PairView(
        first=names[found.first],
        second=names[found.second],
        points=_signed(found.difference),
        sem=fixed(found.sem, DECIMALS),
        apart=apart,
        rows=tuple(rows),
        changed_since=tuple(t(f"stage.{stage}") for stage in found.changed_since),
    )


def _row(one: Difference, criteria: Mapping[tuple[Stage, str], str], t: Texts) -> DifferenceRow:
    return DifferenceRow(
        stage=t(f"stage.{one.stage}"),
        criterion=None if one.criterion is None else criteria.get((one.stage, one.criterion), one.criterion),
        points=_signed(one.points),
        sem=None if one.sem is None else fixed(one.sem, DECIMALS),
        lead=lead_of(one),
    )


def lead_of(one: Difference) -> Literal["first", "second", ""] | None:
    """Who is higher in one part: beyond `ONE_SIDED_5` standard errors only; None where no error is known."""
    if one.sem is None:
        return None
    if abs(one.points) <= ONE_SIDED_5 * one.sem:
        return ""
    return "first" if one.points > 0 else "second"


def _signed(points: float) -> str:
    text = fixed(points, DECIMALS)
    return text if text.startswith("\u2212") or not float(text) else f"+{text}"
