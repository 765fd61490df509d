"""Rank sets as a picture: bars over an axis of ranks, readable without colour. No figure is computed here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from markupsafe import Markup

from include.interview.ranking.records import RankedCandidate
from include.reporting.charts import label, line, markup, percent, rect, svg_root
from include.reporting.strings import Strings

ROW_PX = 26
NAME_PX = 12
MOST_TICKS = 10
BAR_PX, THIN_PX = 7.0, 3.0
"""Heights of a bar, and of one that only stands beside the one the picture is about."""


def ranks_of(one: RankedCandidate) -> str:
    """The candidate's rank set in digits: one rank, or the best and the worst."""
    return str(one.best) if one.best == one.worst else f"{one.best}–{one.worst}"


def rank_sets_picture(
    drawn: Sequence[RankedCandidate],
    names: Mapping[str, str],
    k: int,
    t: Strings,
    *,
    about: Collection[str] | None = None,
) -> Markup:
    """Rank sets as bars on one axis of ranks, best on the left; a notch stands at the displayed rank.

    A dashed line parts the opening's places from the ranks after them.

    Args:
        drawn: at least one candidate, in the order shown.
        names: application id -> what the person is called; ids without one are shown as they are.
        k: places of the opening.
        about: applications whose bars are thick; the others' are thin. None: all are thick.
    """
    last = max(one.worst for one in drawn)
    bottom = ROW_PX * len(drawn) + 6
    listed = "; ".join(f"{names.get(one.id, one.id)}: {ranks_of(one)}" for one in drawn)
    root = svg_root(bottom + 22, "ranks", t("ranking.picture"), listed)

    def at(rank: float) -> float:
        return percent(rank, 0.5, last + 0.5)

    for tick in range(1, last + 1, -(-last // MOST_TICKS)):
        line(root, (at(tick), 0), (at(tick), bottom), "rule", dash="2 4")
        label(root, at(tick), bottom + 16, str(tick))
    if k < last:
        line(root, (at(k + 0.5), 0), (at(k + 0.5), bottom), "whisker", width=1.5, dash="6 3")
    for i, one in enumerate(drawn):
        y = float(ROW_PX * i + NAME_PX)
        height = BAR_PX if about is None or one.id in about else THIN_PX
        label(root, 0, y, names.get(one.id, one.id), color="ink", anchor="start")
        middle = y + 3 + BAR_PX / 2
        rect(
            root, at(one.best - 0.4), at(one.worst + 0.4), middle - height / 2, height, "accent",
            radius=3 if height == BAR_PX else 0, tip=ranks_of(one),
        )  # fmt: skip
        line(root, (at(one.rank), y + 1), (at(one.rank), y + 12), "ink", width=2)
    return markup(root)
