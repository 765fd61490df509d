"""The scorecard report as one self-contained HTML file, as PDF, or as a fragment for another page."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from include.interview.records import Scorecard
from include.interview.report import ReportContext
from include.interview.scoring.standard_errors import standing_out
from include.reporting.charts import total_scale
from include.reporting.comparison import beside_view
from include.reporting.delivery import delivery_view
from include.reporting.evidence import Anchors, value_view
from include.reporting.formatting import clean, clock, fixed, plain, time_id
from include.reporting.insights import insight_groups, panel_view
from include.reporting.page import (
    channel_views,
    coverage_text,
    criterion_view,
    flag_view,
    integrity_flags,
    picture_url,
    quality_flags,
)
from include.reporting.palette import css_variables
from include.reporting.strings import LANGUAGES, Strings
from include.reporting.timeline import build_timeline, duration_of
from include.reporting.transcript import transcript_rows

TEMPLATES = Path(__file__).with_name("templates")
FRAGMENT_PREFIX = "tv-"
"""Ids of a fragment start with this, so that they cannot meet an id of the page around it."""


def _finish(value: object) -> object:
    """Last step of every printed value: text loses characters that HTML cannot carry; markup is ours already."""
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def environment() -> Environment:
    """The templates of all reports: what is filled in is escaped, and a missing value is an error."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finish,
        auto_reload=False,
    )


@cache
def _asset(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def stylesheet(*, paper: bool = False) -> str:
    """The report's CSS as text; `paper` adds the page rules of the PDF."""
    parts = [css_variables(), _asset("report.css")]
    return "\n".join([*parts, _asset("paper.css")] if paper else parts)


def content_hash(text: str) -> str:
    """The source expression by which a content policy allows exactly this style or script (CSP 3, SHA-256)."""
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii") + "'"


def own_style_policy() -> str:
    """The content policy of a page without scripts: its own style, and nothing else."""
    return f"default-src 'none'; style-src {content_hash(stylesheet())}; base-uri 'none'; form-action 'none'"


def _marks(context: ReportContext, anchors: Anchors, t: Strings) -> list[dict[str, Any]]:
    texts = {q.id: q.text.text(t.language) for q in context.questions}
    ordered = sorted(context.marks, key=lambda m: m.start_s)
    return [
        {"n": n, "seconds": m.start_s, "moment": anchors.moment(m.start_s), "text": texts.get(m.question_id, "")}
        for n, m in enumerate(ordered, 1)
    ]


def _total(card: Scorecard, t: Strings, prefix: str) -> dict[str, Any] | None:
    if card.status != "complete" or card.total is None:
        return None
    number, sem = fixed(card.total), None if card.total_sem is None else fixed(card.total_sem)
    title = t("total.desc_exact", total=number) if sem is None else t("total.desc", total=number, sem=sem)
    return {
        "number": number,
        "sem": sem,
        "chart": total_scale(card.total, card.total_sem, uid=f"{prefix}total", title=title),
    }


def _apart(card: Scorecard, names: Mapping[str, str], t: Strings) -> str | None:
    """Which criteria stand out from the card's mean, or that none can be told apart; None below two scored ones."""
    if sum(line.score is not None for line in card.criteria) < 2:
        return None
    found = standing_out(card.criteria)
    told = []
    for key, sign in (("apart.above", 1), ("apart.below", -1)):
        listed = ", ".join(names[criterion] for criterion, side in found.items() if side == sign)
        told += [t(key, names=listed)] if listed else []
    return " ".join([*told, t("apart.rest") if told else t("apart.none")])


def _recordings(context: ReportContext, t: Strings) -> list[dict[str, str]]:
    ordered = sorted(context.recordings, key=lambda r: r.offset_s)
    duration = duration_of(context)
    if not ordered:
        return [{"label": t("player.choose"), "start": "0", "end": f"{duration:.3f}"}] if duration > 0 else []
    found = []
    for n, r in enumerate(ordered, 1):
        end = r.offset_s + r.duration_s
        text = t("player.choose_n", n=n, start=clock(r.offset_s), end=clock(end))
        only = t("player.choose")
        found.append({"label": only if len(ordered) == 1 else text, "start": f"{r.offset_s:.3f}", "end": f"{end:.3f}"})
    return found


def _values(card: Scorecard, context: ReportContext, language: str, prefix: str) -> dict[str, Any]:
    """Everything the templates print. Evidence is read before the transcript, so that every link has a place."""
    t = Strings(language)
    anchors = Anchors(context.transcript, prefix)
    criteria = [criterion_view(c, context, anchors, t, n) for n, c in enumerate(card.criteria, 1)]
    names = {c.criterion: view.name for c, view in zip(card.criteria, criteria, strict=True)}
    beside = beside_view(context.comparison, names, anchors, t)
    insights = insight_groups(context.insights, card.stage, anchors, t)
    delivery = delivery_view(context.delivery, anchors, t)
    marks = _marks(context, anchors, t)
    channels, sources = channel_views(context, t, prefix)
    integrity = integrity_flags(card, context, anchors, t)
    quality = quality_flags(context, anchors, t)
    run_flags = [
        flag_view(f, anchors, t, names[c.criterion]) for c in card.criteria for j in c.judgements for f in j.flags
    ]
    timeline = build_timeline(
        context, t, [(str(m["n"]), m["seconds"], plain(m["text"])) for m in marks], f"{prefix}timeline"
    )
    rows, homeless = transcript_rows(context.transcript, anchors)
    measure_gaps = [
        (channel.name, row.number) for channel in channels for row in channel.rows if row.number.value is None
    ]
    return {
        "t": t,
        "p": prefix,
        "card": card,
        "context": context,
        "language": language,
        "criteria": criteria,
        "beside": beside,
        "insights": insights,
        "delivery": delivery,
        "panel": panel_view(context.panel, card, names),
        "total": _total(card, t, prefix),
        "apart": _apart(card, names, t),
        "marks": marks,
        "channels": channels,
        "sources": sources,
        "integrity": integrity,
        "quality": (*quality, *run_flags),
        "timeline": timeline,
        "rows": rows,
        "homeless": homeless,
        "measure_gaps": measure_gaps,
        "recordings": _recordings(context, t),
        "duration": clock(duration_of(context)) if duration_of(context) > 0 else "",
        "stills": [{"url": picture_url(s), "clock": clock(s.time_s)} for s in context.thumbnails],
        "coverage": coverage_text,
        "criterion_names": names,
        "time_id": time_id,
        "fixed": fixed,
        "engines": list(dict.fromkeys(m.engine for m in context.measurements if m.engine)),
        "never_scored": [value_view(name, None, "", t) for name in context.profile.measures_unscored],
        "refused": [value_view(name, None, "", t) for name in context.profile.measures_refused],
        "plain": plain,
    }


def render_html(card: Scorecard, context: ReportContext, language: str) -> str:
    """The report as one HTML file: no external request, light and dark, printable, in `language` ("ko" or "en").

    The same inputs give the same text. Names, quotes and transcripts are escaped; the content policy inside the file
    allows its own style and script by hash and nothing else.

    Raises:
        ValueError: `language` is neither "ko" nor "en", or a thumbnail is no picture.
        NotFound: the card names a criterion that the rubric does not have.
    """
    css, script = stylesheet(), _asset("player.js")
    values = _values(card, context, language, "")
    return (
        environment()
        .get_template("scorecard.html.j2")
        .render(
            **values,
            paper=False,
            css=Markup(css),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
            csp=(
                f"default-src 'none'; style-src {content_hash(css)}; script-src {content_hash(script)}; "
                "img-src data:; media-src blob:; base-uri 'none'; form-action 'none'"
            ),
        )
    )


def render_fragment(card: Scorecard, context: ReportContext, language: str) -> str:
    """The report as an element to put into a page: no html, head or script, ids with a prefix, the same sections.

    The fragment brings its style in a `<style>` element; every selector starts at `.tv`.

    Raises:
        ValueError: `language` is neither "ko" nor "en", or a thumbnail is no picture.
        NotFound: the card names a criterion that the rubric does not have.
    """
    values = _values(card, context, language, FRAGMENT_PREFIX)
    css = Markup(stylesheet())  # noqa: S704 - our own file
    return environment().get_template("fragment.html.j2").render(**values, paper=False, css=css)


def render_pdf(card: Scorecard, context: ReportContext, language: str) -> bytes:
    """The bytes of the report as a tagged PDF on A4 with its fonts embedded; every disclosure is open.

    Raises:
        ValueError: `language` is neither "ko" nor "en", or a thumbnail is no picture.
        NotFound: the card names a criterion that the rubric does not have.
        OutsideRequestError: the page refers to something outside itself.
    """
    from include.reporting.pdf import write_pdf

    values = _values(card, context, language, "")
    css = Markup(stylesheet(paper=True))  # noqa: S704 - our own file
    page = environment().get_template("scorecard.html.j2").render(**values, paper=True, css=css, script="", csp="")
    return write_pdf(page)


__all__ = ["FRAGMENT_PREFIX", "LANGUAGES", "render_fragment", "render_html", "render_pdf", "stylesheet"]
