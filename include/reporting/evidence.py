"""Evidence for a reader: quotes and observed intervals, each linked to its moment in the recording."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from include.interview.assessment.measures import MEASURES
from include.interview.records import Evidence, Interval, Measure, Observation, Quote, Transcript
from include.reporting.formatting import clock, quantity, time_id
from include.reporting.strings import Strings

SHOWN_INTERVALS = 6
"""Intervals shown at once; the others are behind a disclosure."""
MOST_INTERVALS = 60
"""Intervals listed at all: the timeline shows every one, a list of hundreds helps nobody. The count is always given."""


@dataclass(frozen=True)
class Moment:
    """A link to a moment of the interview.

    `target` is the id of the element in this page; `seconds` is None for typed transcripts.
    """

    target: str
    label: str
    seconds: str | None = None
    span: str = ""


@dataclass(frozen=True)
class QuoteView:
    """The quoted words of a speaker, whose `role` decides colour and name."""

    text: str
    role: str
    language: str
    moment: Moment | None


@dataclass(frozen=True)
class ValueView:
    """A named number: `value` is None when it was not measured and `reason` then says why."""

    label: str
    known: bool
    value: str | None
    unit: str
    meaning: str = ""
    coverage: str | None = None
    reason: str = ""
    bar: float | None = None


@dataclass(frozen=True)
class ObservationView:
    """A measured number that serves as evidence, with the moments in which it can be seen."""

    channel: str
    number: ValueView
    first: tuple[Moment, ...]
    rest: tuple[Moment, ...]
    count: int


@dataclass
class Anchors:
    """The ids of the elements that links point to.

    Collected while the evidence is read, set while the transcript is written.
    """

    transcript: Transcript
    prefix: str = ""
    times: dict[str, float] = field(default_factory=dict)
    quotes: list[tuple[Quote, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rows = {u.id: number for number, u in enumerate(self.transcript.utterances, 1)}

    def row_id(self, utterance_id: str) -> str | None:
        """The element id of an utterance's row, or None when there is no such row.

        Rows are numbered, because an utterance's own id may hold anything.
        """
        number = self.rows.get(utterance_id)
        return None if number is None else f"{self.prefix}u-{number}"

    def moment(self, start_s: float, end_s: float | None = None) -> Moment:
        """A link to `start_s` seconds of the interview, up to `end_s` when it is given."""
        target = self.prefix + time_id(start_s)
        self.times[target] = start_s
        span = clock(start_s) if end_s is None else f"{clock(start_s)}\u2013{clock(end_s)}"
        return Moment(target, clock(start_s), time_id(start_s).removeprefix("t="), span)

    def quote(self, quote: Quote, t: Strings) -> Moment | None:
        """A link to a quote: by time, or for typed transcripts to its row; None when the row is not there."""
        if quote.start_s is not None:
            moment = self.moment(quote.start_s, quote.end_s)
            self.quotes.append((quote, moment.target))
            return moment
        row = self.row_id(quote.utterance_id)
        if row is None:
            return None
        self.quotes.append((quote, ""))
        return Moment(row, t("evidence.in_transcript"))


def value_view(
    name: str, value: float | None, unit: str, t: Strings, *, coverage: float | None = None, reason: str | None = None
) -> ValueView:
    """A measure or component called `name`, as printed.

    Names, units and reasons unknown to the tables stay visible as codes.
    """
    spec = MEASURES.get(name)
    label = spec.label.text(t.language) if spec else t.label("component", name)
    number, shown_unit = (None, "") if value is None else quantity(value, unit)
    return ValueView(
        label=name if label is None else label,
        known=label is not None,
        value=number,
        unit=shown_unit if (named := t.label("unit", shown_unit)) is None else named,
        meaning=spec.meaning.text(t.language) if spec else (t.label("component_meaning", name) or ""),
        coverage=None if coverage is None or coverage >= 1.0 else "{}\u202f%".format(quantity(coverage, "share")[0]),
        reason="" if reason is None else (t.label("reason", reason) or reason),
        bar=value if value is not None and unit in ("share", "") and 0.0 <= value <= 1.0 else None,
    )


def measure_view(measure: Measure, t: Strings) -> ValueView:
    """A `Measure` as printed."""
    return value_view(measure.name, measure.value, measure.unit, t, coverage=measure.coverage, reason=measure.reason)


def interval_moments(intervals: Iterable[Interval], anchors: Anchors) -> tuple[Moment, ...]:
    """Links to the first intervals in time order, at most `MOST_INTERVALS`."""
    ordered = sorted(intervals, key=lambda i: i.start_s)
    return tuple(anchors.moment(i.start_s, i.end_s) for i in ordered[:MOST_INTERVALS])


def evidence_views(
    evidence: Iterable[Evidence], anchors: Anchors, t: Strings
) -> tuple[tuple[QuoteView, ...], tuple[ObservationView, ...]]:
    """Quotes and observations of one criterion, in the order the card gives them; repeats are shown once."""
    utterances = {u.id: u for u in anchors.transcript.utterances}
    quotes: dict[Quote, QuoteView] = {}
    observations: dict[Observation, ObservationView] = {}
    for item in evidence:
        if isinstance(item, Quote):
            if item in quotes:
                continue
            speaker = utterances.get(item.utterance_id)
            quotes[item] = QuoteView(
                text=item.text,
                role=speaker.role if speaker else "unknown",
                language=(speaker.language if speaker else "") or anchors.transcript.language,
                moment=anchors.quote(item, t),
            )
        elif item.measure not in {o.measure for o in observations}:
            moments = interval_moments(item.intervals, anchors)
            observations[item] = ObservationView(
                channel=t(f"channel.{item.channel}"),
                number=value_view(item.measure, item.value, item.unit, t),
                first=moments[:SHOWN_INTERVALS],
                rest=moments[SHOWN_INTERVALS:],
                count=len(item.intervals),
            )
    return tuple(quotes.values()), tuple(observations.values())
