"""The view model of a scorecard page: every number already text, every link already an id; no score is computed."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from markupsafe import Markup

from include.interview.assessment.measures import MEASURES, NOT_PRINTED
from include.interview.assessment.question_map import UNMAPPED, feeds
from include.interview.records import CriterionScore, Flag, Judgement, Measure, ReferenceBand, Scorecard
from include.interview.report import ReportContext, Thumbnail
from include.interview.scoring.card import LEVEL_SPAN
from include.reporting.charts import bullet, describe_level, level_bar
from include.reporting.evidence import (
    Anchors,
    Moment,
    ObservationView,
    QuoteView,
    ValueView,
    evidence_views,
    interval_moments,
    measure_view,
)
from include.reporting.formatting import decimal, fixed, quantity
from include.reporting.strings import Strings

REFUSED = "policy_refused"
"""Flag of what policy kept from being computed: told in the section on the profile, not as a remark on quality."""
WEIGHING_JUDGES = frozenset({"offline", "rules"})
"""Judges whose components carry their weight in percent in `n`."""


@dataclass(frozen=True)
class RunView:
    """One judge run: its level, its reasons and the components of the level."""

    judge: str
    number: int
    level: str | None
    sem: str | None
    rationale: str
    reason: str
    components: tuple[tuple[ValueView, str], ...]


@dataclass(frozen=True)
class AnchorView:
    """One level description; `nearest` marks the one closest to the level reached."""

    level: int
    text: str
    nearest: bool


@dataclass(frozen=True)
class CriterionView:
    """One criterion row of the page."""

    id: str
    name: str
    description: str
    status: str
    level: str | None
    sem: str | None
    points: str | None
    rubric_points: str
    effective: str
    bar: Markup
    small_bar: Markup
    anchors: tuple[AnchorView, ...]
    quotes: tuple[QuoteView, ...]
    observations: tuple[ObservationView, ...]
    runs: tuple[RunView, ...]
    rationales: tuple[RunView, ...]
    reason: str
    reason_code: str
    reason_coverage: str | None
    words_only: bool
    subtitle: str = ""
    questions: tuple[str, ...] = ()
    unmapped: bool = False

    @property
    def status_key(self) -> str:
        """The status as a reader should see it: what was not asked for is not called insufficient."""
        return "outside_scope" if self.reason_code == "outside_scope" else self.status

    @property
    def nearest(self) -> AnchorView | None:
        """The description closest to the level reached."""
        return next((a for a in self.anchors if a.nearest), None)


@dataclass(frozen=True)
class MeasureRow:
    """One measure of the measurements section; `note` numbers its source."""

    number: ValueView
    chart: Markup | None
    band: str
    note: int | None


@dataclass(frozen=True)
class ChannelView:
    """The measures of one channel."""

    name: str
    coverage: str | None
    rows: tuple[MeasureRow, ...]


@dataclass(frozen=True)
class FlagView:
    """A remark with its numbers and moments."""

    label: str
    known: bool
    severity: str
    channel: str
    numbers: tuple[tuple[str, str], ...]
    moments: tuple[Moment, ...]
    count: int


def coverage_text(share: float | None) -> str | None:
    """A share in [0, 1] as percent with its sign, or None without a share."""
    return None if share is None else "{}\u202f%".format(quantity(share, "share")[0])


def _run(judgement: Judgement, t: Strings) -> RunView:
    level, sem = (None, None) if judgement.level is None else describe_level(judgement.level, judgement.sem)
    return RunView(
        judge=judgement.judge.name,
        number=judgement.run,
        level=level,
        sem=sem,
        rationale=judgement.rationale.text(t.language),
        reason=judgement.reason.text.text(t.language) if judgement.reason else "",
        components=tuple(
            (measure_view(m, t), str(m.n) if judgement.judge.kind in WEIGHING_JUDGES and m.n else "")
            for m in judgement.components
        ),
    )


def _rationales(score: CriterionScore, t: Strings) -> tuple[RunView, ...]:
    """One run per different rationale, those nearest to the card's own level first."""
    ordered = sorted(
        score.judgements,
        key=lambda j: (abs((j.level or 0.0) - (score.level or 0.0)), j.judge.kind == "rules", j.run),
    )
    seen: dict[str, RunView] = {}
    for judgement in ordered:
        view = _run(judgement, t)
        if view.rationale.strip():
            seen.setdefault(view.rationale, view)
    return tuple(seen.values())


def _level_title(level: str | None, sem: str | None, t: Strings) -> str:
    if level is None:
        return t("level.desc_none")
    return t("level.desc_exact", level=level) if sem is None else t("level.desc", level=level, sem=sem)


def criterion_view(
    score: CriterionScore, context: ReportContext, anchors: Anchors, t: Strings, index: int
) -> CriterionView:
    """One criterion of the card with the rubric's words."""
    criterion = context.rubric.criterion(score.criterion)
    scored = score.status == "scored" and score.level is not None
    level_sem = (
        None if score.sem is None else score.sem * LEVEL_SPAN
    )  # the card's unit is the score, the chart's the level
    level, sem = describe_level(score.level, level_sem) if scored and score.level is not None else (None, None)
    nearest = round(score.level) if scored and score.level is not None else None
    quotes, observations = evidence_views(score.evidence, anchors, t)
    title = f"{criterion.name.text(t.language)}: {_level_title(level, sem, t)}"
    uid = f"{anchors.prefix}c-{index}"
    drawn = (score.level, level_sem) if scored else (None, None)
    rationales = _rationales(score, t)
    return CriterionView(
        id=uid,
        name=criterion.name.text(t.language),
        description=criterion.description.text(t.language),
        status=score.status,
        level=level,
        sem=sem,
        points=None if score.points is None or not scored else fixed(score.points),
        rubric_points=decimal(score.weight, 1),
        effective=decimal(score.effective_weight, 1),
        bar=level_bar(*drawn, uid=f"{uid}-bar", title=title),
        small_bar=level_bar(*drawn, uid=f"{uid}-mini", title=title, ticks=False),
        anchors=tuple(AnchorView(a.level, a.text.text(t.language), a.level == nearest) for a in criterion.anchors),
        quotes=quotes,
        observations=observations,
        runs=tuple(_run(j, t) for j in score.judgements),
        rationales=rationales,
        reason=score.reason.text.text(t.language) if score.reason else "",
        reason_code=score.reason.code if score.reason else "",
        reason_coverage=coverage_text(score.reason.coverage) if score.reason else None,
        words_only=score.criterion in context.profile.words_only,
        subtitle=criterion.subtitle.text(t.language) if criterion.subtitle else "",
        questions=tuple(q.text.text(t.language) for q in context.questions if feeds(q, score.criterion))
        if criterion.scope == "mapped"
        else (),
        unmapped=any(flag.code == UNMAPPED for j in score.judgements for flag in j.flags),
    )


def band_for(name: str, language: str) -> ReferenceBand | None:
    """The documented band of a measure that fits the interview's language; None when no source does."""
    spec = MEASURES.get(name)
    bands = spec.bands if spec else ()
    return next((b for b in bands if b.language == language), next((b for b in bands if not b.language), None))


def _measure_row(measure: Measure, context: ReportContext, t: Strings, sources: list[str], uid: str) -> MeasureRow:
    number = measure_view(measure, t)
    band = band_for(measure.name, context.transcript.language)
    if measure.value is None:
        return MeasureRow(number, None, "", None)
    shown = f"{number.value} {number.unit}".strip()
    if band is None:
        chart = bullet(measure.value, None, measure.unit, uid=uid, title=t("measures.desc_plain", value=shown))
        return MeasureRow(number, chart if measure.unit == "share" else None, "", None)
    if band.source not in sources:
        sources.append(band.source)
    low, high = quantity(band.low, band.unit)[0], quantity(band.high, band.unit)[0]
    title = f"{number.label}: " + t("measures.desc", value=shown, low=low, high=high)
    chart = bullet(measure.value, (band.low, band.high), measure.unit, uid=uid, title=title)
    text = t("measures.band", low=low, high=high, unit=number.unit)
    return MeasureRow(number, chart, text, sources.index(band.source) + 1)


def channel_views(context: ReportContext, t: Strings, prefix: str) -> tuple[tuple[ChannelView, ...], tuple[str, ...]]:
    """The measurements the profile allows, by channel, and the sources of their bands in order of first use."""
    sources: list[str] = []
    channels = []
    for measurements in context.measurements:
        if measurements.channel not in context.profile.channels or measurements.channel == "integrity":
            continue
        withheld = NOT_PRINTED.union(context.profile.measures_refused)
        allowed = (m for m in measurements.measures if m.name not in withheld)
        name = t(f"channel.{measurements.channel}")
        rows = tuple(
            _measure_row(m, context, t, sources, f"{prefix}m-{measurements.channel}-{n}")
            for n, m in enumerate(allowed, 1)
        )
        if rows:
            channels.append(ChannelView(name, coverage_text(measurements.coverage), rows))
    return tuple(channels), tuple(sources)


def _detail(key: str, value: float) -> str:
    is_share = key.endswith(("share", "coverage")) and 0.0 <= value <= 1.0
    return coverage_text(value) or "" if is_share else decimal(value, 2)


def flag_view(flag: Flag, anchors: Anchors, t: Strings, channel: str = "") -> FlagView:
    """A flag as printed. Detail values keep two decimals; a key or code without a label stays a code."""
    spec = MEASURES.get(flag.code)
    label = t.label("flag", flag.code) or (spec.label.text(t.language) if spec else None)
    numbers = tuple((t.label("detail", key) or key, _detail(key, value)) for key, value in sorted(flag.detail.items()))
    return FlagView(
        label=label or flag.code,
        known=label is not None,
        severity=t(f"severity.{flag.severity}"),
        channel=channel,
        numbers=numbers,
        moments=interval_moments(flag.intervals, anchors),
        count=len(flag.intervals),
    )


def quality_flags(context: ReportContext, anchors: Anchors, t: Strings) -> tuple[FlagView, ...]:
    """Remarks on quality of every allowed channel and of the transcript; integrity has its own section."""
    views = [flag_view(f, anchors, t, t("transcript.heading")) for f in context.transcript.flags]
    for measurements in context.measurements:
        if measurements.channel in context.profile.channels and measurements.channel != "integrity":
            name = t(f"channel.{measurements.channel}")
            views += [flag_view(f, anchors, t, name) for f in measurements.flags if f.code != REFUSED]
    return tuple(views)


def integrity_flags(card: Scorecard, context: ReportContext, anchors: Anchors, t: Strings) -> tuple[FlagView, ...]:
    """The card's integrity flags and those of the integrity channel, each once."""
    flags: dict[tuple[str, int], Flag] = {}
    carried = [m for m in context.measurements if m.channel == "integrity" and "integrity" in context.profile.channels]
    for flag in (*card.integrity, *(f for m in carried for f in m.flags)):
        if flag.code not in NOT_PRINTED:
            flags.setdefault((flag.code, len(flag.intervals)), flag)
    return tuple(flag_view(f, anchors, t) for f in flags.values())


_PICTURE_KINDS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


def picture_url(thumbnail: Thumbnail) -> str:
    """A data URL with the bytes of a thumbnail.

    Raises:
        ValueError: the bytes are neither JPEG nor PNG.
    """
    for magic, kind in _PICTURE_KINDS.items():
        if thumbnail.image.startswith(magic):
            return f"data:{kind};base64,{base64.b64encode(thumbnail.image).decode('ascii')}"
    raise ValueError("A report's thumbnail must be a JPEG or PNG picture.")
