"""The insights of an interview as the result page shows them: their words in the reader's language, times as text."""

from __future__ import annotations

from dataclasses import dataclass

from include.interview.insight.records import KINDS, Citation, ClaimText
from include.interview.records import Stage
from include.reporting.formatting import clock, time_id
from live_gateway.request_scope import RequestScope
from tasks.executive.insight_results import InsightLine, InsightsView, insights_view


@dataclass(frozen=True)
class QuotedWords:
    """Exact words with where they are from. `target`: the place in this page's transcript; None elsewhere."""

    text: str
    stage: str | None
    document: str | None
    time: str
    target: str | None


@dataclass(frozen=True)
class InsightItem:
    """One insight. `text` in the reader's language, else in the one it was written in; `before`: what an edit replaced.

    `decided_at`: a date and time of day, UTC.
    """

    line: InsightLine
    text: str
    language: str
    quotes: tuple[QuotedWords, ...]
    before: str | None
    decided_at: str


@dataclass(frozen=True)
class InsightsPage:
    """The section on the result page: `open` items are still to be decided; items are in the order of the kinds."""

    found: InsightsView
    items: tuple[InsightItem, ...]
    due_at: str

    @property
    def decides(self) -> bool:
        """Whether the reader can decide about anything now."""
        return self.found.decides and self.found.state == "open"

    @property
    def moments(self) -> tuple[float, ...]:
        """Seconds of this interview at which quoted words begin."""
        return tuple(
            q.start_s for i in self.items for q, shown in zip(i.line.quotes, i.quotes, strict=True)
            if shown.target is not None and q.start_s is not None
        )  # fmt: skip


def insights_page(scope: RequestScope, session_id: str, stage: Stage) -> InsightsPage:
    """The insights that the reader may see. Raises: as `insights_view`."""
    found = insights_view(scope.stores, session_id, scope.caller.account_id, may_decide=scope.may("insight.decide"))
    ordered = sorted(found.insights, key=lambda one: KINDS.index(one.kind))
    items = tuple(_item(one, stage, scope.language) for one in ordered)
    return InsightsPage(found, items, _minute(found.due_at))


def _item(line: InsightLine, stage: Stage, language: str) -> InsightItem:
    text, written = words_in(line.text, language)
    before = None if line.before is None else words_in(line.before, language)[0]
    quotes = tuple(_quoted(quote, stage) for quote in line.quotes)
    return InsightItem(line, text, written, quotes, before, _minute(line.decided_at))


def words_in(text: ClaimText, language: str) -> tuple[str, str]:
    """The words in `language` if there are any, else in the language they were written in; and which it is."""
    given = dict(text.given())
    chosen = language if language in given else next(iter(given), language)
    return given.get(chosen, ""), chosen


def _quoted(quote: Citation, stage: Stage) -> QuotedWords:
    timed = quote.start_s is not None
    span = "" if quote.start_s is None else clock(quote.start_s)
    target = time_id(quote.start_s) if quote.start_s is not None and quote.stage == stage else None
    return QuotedWords(quote.text, quote.stage, quote.document, span if timed else "", target)


def _minute(moment: str | None) -> str:
    return "" if moment is None else moment[:16].replace("T", " ")
