"""A page of a ranking in words and drawings. Formats only; every figure is the snapshot's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from markupsafe import Markup

from include.interview.errors import BadInput
from include.interview.ranking.records import Snapshot
from include.interview.ranking.weights import counted_weights
from include.interview.records import Opening, Stage
from include.reporting.formatting import fixed, share
from include.reporting.rank_sets import rank_axis, rank_set_bar, ranks_of
from include.reporting.strings import Strings
from live_gateway.web.texts import PageLanguage, Texts
from tasks.ranking.listing import ApartLine, RankedLine, RankedPage


@dataclass(frozen=True)
class RankedRow:
    """One ranked candidate, all text; `bar` is the rank set drawn."""

    id: str
    rank: int
    name: str
    composite: str
    ranks: str
    bar: Markup
    top: str
    sensitivity: str
    state: str
    change: str
    not_apart: int


@dataclass(frozen=True)
class RankedView:
    """The ranked of one page. `axis` is above the bars; `left`: how many are not ranked any more."""

    rows: tuple[RankedRow, ...]
    axis: Markup | None
    compared: bool
    left: int


@dataclass(frozen=True)
class ApartView:
    """One who is listed apart, with the reason in words."""

    id: str
    name: str
    reason: str
    state: str

    @staticmethod
    def of(line: ApartLine, rs: Strings) -> ApartView:
        """The line in words."""
        said = rs(f"ranking.apart.{line.apart.reason}")
        if line.apart.stage is not None:
            said = f"{said} ({rs.label('stage', line.apart.stage)})"
        return ApartView(line.apart.id, line.name or line.code, said, line.state)


@dataclass(frozen=True)
class RankingBasis:
    """What a ranking rests on: weight of each stage that counts, how many are sought, and the policy profile.

    `profile` is None where nobody had a card that could be ranked.
    """

    weights: Mapping[str, float]
    places: int
    profile: str | None

    @staticmethod
    def of_opening(opening: Opening) -> RankingBasis:
        """What the next ranking will rest on; weights that cannot be used, and stop it, are as the opening has them."""
        try:
            weights = _plain(counted_weights(opening.stage_weights))
        except BadInput:
            weights = dict(opening.stage_weights)
        return RankingBasis(weights, opening.places, opening.profile)

    @staticmethod
    def of_snapshot(snapshot: Snapshot) -> RankingBasis:
        """What the ranking that is shown rests on."""
        return RankingBasis(
            _plain(snapshot.weights),
            snapshot.k,
            None if snapshot.rules is None else snapshot.rules.profile,
        )

    def differs(self, opening: Opening) -> bool:
        """Whether the opening states something else by now."""
        now = RankingBasis.of_opening(opening)
        return replace(self, profile=self.profile or now.profile) != now


def _plain(weights: Mapping[Stage, float]) -> dict[str, float]:
    return {str(stage): weight for stage, weight in weights.items()}


def ranked_view(found: RankedPage, k: int, rs: Strings, language: PageLanguage) -> RankedView:
    """The page's rows; their bars share one axis, from rank 1 to the last one shown or possible here."""
    t = Texts(language)
    last = max((line.candidate.worst for line in found.lines), default=1)
    rows = tuple(_row(line, last, k, rs, t) for line in found.lines)
    axis = rank_axis(last, uid="rank-axis", title=t("ranking.axis", last=last)) if rows else None
    return RankedView(rows, axis, found.compared, len(found.left))


def _row(line: RankedLine, last: int, k: int, rs: Strings, t: Texts) -> RankedRow:
    one = line.candidate
    name, ranks = line.name or line.code, ranks_of(one)
    change = ""
    if line.change is not None:
        change = rs(f"ranking.cause.{line.change.cause}")
        if line.change.before is not None:
            change = rs("ranking.changed", cause=change, ranks=ranks_of(line.change.before))
    return RankedRow(
        id=one.id,
        rank=one.rank,
        name=name,
        composite=f"{fixed(one.composite, 1)} ± {fixed(one.sem, 1)}",
        ranks=ranks,
        bar=rank_set_bar(one, last, k, uid=f"r-{one.id}", title=t("ranking.bar", name=name, ranks=ranks)),
        top=share(one.p_top_k),
        sensitivity=share(one.sensitivity),
        state=line.state,
        change=change,
        not_apart=line.not_apart,
    )
