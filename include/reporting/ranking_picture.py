"""Rank sets as a picture: bars over an axis of ranks, readable without colour. No figure is computed here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from markupsafe import Markup

from include.interview.ranking.records import RankedCandidate
from include.reporting.charts import label, line, markup, svg_root
from include.reporting.rank_sets import draw_rank_set, rank_at, ranks_of
from include.reporting.strings import Strings

ROW_PX = 26
NAME_PX = 12
MOST_TICKS = 10


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

    for tick in range(1, last + 1, -(-last // MOST_TICKS)):
        line(root, (rank_at(tick, last), 0), (rank_at(tick, last), bottom), "rule", dash="2 4")
        label(root, rank_at(tick, last), bottom + 16, str(tick))
    if k < last:
        line(root, (rank_at(k + 0.5, last), 0), (rank_at(k + 0.5, last), bottom), "whisker", width=1.5, dash="6 3")
    for i, one in enumerate(drawn):
        y = float(ROW_PX * i + NAME_PX)
        label(root, 0, y, names.get(one.id, one.id), color="ink", anchor="start")
        draw_rank_set(root, one, last, y + 3, thin=about is not None and one.id not in about)
    return markup(root)
