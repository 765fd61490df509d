"""The live card beside the offline card, and the stretches on which the two transcripts differ, for a reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from include.interview.live.comparison import CardComparison, CriterionPair, TranscriptComparison, UtterancePair
from include.interview.live.session import LiveGap
from include.reporting.evidence import Anchors, Moment
from include.reporting.formatting import decimal, fixed
from include.reporting.strings import Strings

MOST_DIFFERENT = 12
"""Stretches shown word for word: those with most differing words. The rates above them count every one."""
_MINUS = "\u2212"


@dataclass(frozen=True)
class SideView:
    """One criterion, or the total, on one card.

    `text` is the level or score reached, `note` why there is none.
    """

    text: str
    note: str = ""


@dataclass(frozen=True)
class RowView:
    """One line of the table; `within` says in words whether the difference is within the standard errors."""

    name: str
    live: SideView
    offline: SideView
    difference: str
    within: str
    total: bool = False


@dataclass(frozen=True)
class StretchView:
    """A stretch of speech on which the two transcripts differ."""

    moment: Moment
    live_text: str
    offline_text: str
    live_role: str
    offline_role: str


@dataclass(frozen=True)
class GapView:
    """A stretch of sound that never arrived."""

    moment: Moment
    seconds: str
    track: str
    cause: str


@dataclass(frozen=True)
class BesideView:
    """Everything the section prints; `facts` are labelled figures on the transcripts."""

    comparable: bool
    rows: tuple[RowView, ...]
    facts: tuple[tuple[str, str, str], ...]
    relabelled: tuple[StretchView, ...]
    different: tuple[StretchView, ...]
    differing: int
    gaps: tuple[GapView, ...]


def beside_view(
    comparison: CardComparison | None, names: Mapping[str, str], anchors: Anchors, t: Strings
) -> BesideView | None:
    """The values of the comparison section, or None for an interview that was not live.

    `names`: criterion id -> its name as printed.
    """
    if comparison is None:
        return None
    rows = [_row(pair, names, t) for pair in comparison.criteria]
    rows.append(_total(comparison, t))
    heard = comparison.transcript
    different = [] if heard is None else [pair for pair in heard.pairs if pair.errors]
    shown = sorted(different, key=lambda pair: (-pair.errors, pair.start_s))[:MOST_DIFFERENT]
    return BesideView(
        comparable=comparison.comparable,
        rows=tuple(rows),
        facts=() if heard is None else _facts(heard, t),
        relabelled=() if heard is None else tuple(_stretch(pair, anchors, t) for pair in heard.relabelled),
        different=tuple(_stretch(pair, anchors, t) for pair in sorted(shown, key=lambda pair: pair.start_s)),
        differing=len(different),
        gaps=tuple(_gap(gap, anchors, t) for gap in comparison.gaps),
    )


def signed(value: float) -> str:
    """`value` as text with its sign and one decimal; a difference that rounds to nothing has no sign."""
    text = fixed(value)
    return text if text == "0.0" or text.startswith(_MINUS) else f"+{text}"


def _side(status: str | None, level: float | None, points: float | None, t: Strings) -> SideView:
    if status is None:
        return SideView("", t("beside.absent"))
    if status != "scored" or level is None or points is None:
        return SideView("", t(f"criterion_status.{status}"))
    return SideView(t("beside.reached", points=fixed(points), level=fixed(level)))


def _within(within: bool | None, t: Strings) -> str:
    if within is None:
        return ""
    return t("beside.within") if within else t("beside.beyond")


def _row(pair: CriterionPair, names: Mapping[str, str], t: Strings) -> RowView:
    return RowView(
        name=names.get(pair.criterion, pair.criterion),
        live=_side(pair.live_status, pair.live_level, pair.live_points, t),
        offline=_side(pair.offline_status, pair.offline_level, pair.offline_points, t),
        difference="" if pair.difference is None else signed(pair.difference),
        within=_within(pair.within_error, t),
    )


def _whole(total: float | None, sem: float | None, t: Strings) -> SideView:
    if total is None:
        return SideView("", t("incomplete.heading"))
    return SideView(fixed(total) if sem is None else f"{fixed(total)} {t('level.sem', sem=fixed(sem))}")


def _total(comparison: CardComparison, t: Strings) -> RowView:
    return RowView(
        name=t("total.heading"),
        live=_whole(comparison.live_total, comparison.live_sem, t),
        offline=_whole(comparison.offline_total, comparison.offline_sem, t),
        difference="" if comparison.difference is None else signed(comparison.difference),
        within=_within(comparison.within_error, t),
        total=True,
    )


def _rate(errors: int, of: int) -> str:
    return f"{fixed(100.0 * errors / of)}\u202f%" if of else "\u2013"


def _facts(heard: TranscriptComparison, t: Strings) -> tuple[tuple[str, str, str], ...]:
    """(name, value, explanation) of every figure."""
    found = heard.word_edits
    counts = {"replaced": found.substitutions, "missing": found.deletions, "added": found.insertions}
    return (
        (t("beside.wer"), _rate(found.errors, found.reference), t("beside.wer_of", words=found.reference, **counts)),
        (
            t("beside.cer"),
            _rate(heard.character_errors, heard.characters),
            t("beside.cer_of", characters=heard.characters),
        ),
        (t("beside.relabelled"), str(len(heard.relabelled)), t("beside.relabelled_of", stretches=len(heard.pairs))),
        (t("beside.corrected"), str(heard.corrected), t("beside.corrected_of")),
    )


def _role(role: str | None, t: Strings) -> str:
    return "" if role is None else t(f"role.{role}")


def _stretch(pair: UtterancePair, anchors: Anchors, t: Strings) -> StretchView:
    return StretchView(
        moment=anchors.moment(pair.start_s, pair.end_s),
        live_text=pair.live_text,
        offline_text=pair.offline_text,
        live_role=_role(pair.live_role, t),
        offline_role=_role(pair.offline_role, t),
    )


def _gap(gap: LiveGap, anchors: Anchors, t: Strings) -> GapView:
    return GapView(
        moment=anchors.moment(gap.start_s, gap.end_s),
        seconds=decimal(gap.end_s - gap.start_s, 1),
        track=t(f"track.{gap.track}"),
        cause=t.label("gap_cause", gap.cause) or gap.cause,
    )
