"""Adds the tab "Ranking" to the DAGs of rankings: what is served of each opening, as intervals, and what a gate found.

Nobody's name is on it: candidates are the ids of their applications. The page is for people who may read the DAG
(Airflow's own rights); who conducts an interview of an opening and has yet to rate it sees no order of it. Every
ranking that is shown is an entry of the audit chain under the viewer's name.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity
from airflow.api_fastapi.core_api.security import GetUserDep, requires_access_dag
from airflow.plugins_manager import AirflowPlugin
from fastapi import Depends, FastAPI, HTTPException, Query, Request
from fastapi.responses import HTMLResponse

from plugins.tab_pages import answer_in_sentences, reader_language, whole_page

URL_PREFIX = "/ranking"
RANKING_DAGS = ("nightly_ranking", "opening_ranking", "ranking_reports")
PER_PAGE = 10
"""Openings on one page: each is a snapshot that is unpacked and drawn."""
TITLE = {"ko": "순위", "en": "Ranking"}
SENTENCES = {
    404: {
        "ko": "이 DAG에는 순위가 없습니다. 순위 DAG(`nightly_ranking` 등)에서 이 탭을 열어 주세요.",
        "en": "This DAG makes no rankings. Open this tab at a DAG that does, such as `nightly_ranking`.",
    },
}
TEXTS = {
    "none": {"ko": "아직 순위를 산정한 공고가 없습니다.", "en": "No opening was ranked yet."},
    "lead": {
        "ko": "순위 구간은 점수의 오차가 허용하는 순위입니다. 구간이 겹치는 두 사람의 순서는 알 수 없습니다. "
        "지원자는 지원 id로 표시하며, 순위는 누구의 합격도 정하지 않습니다.",
        "en": "A rank set holds the ranks that the errors of the scores leave possible; where two overlap, the order "
        "of the two is not known. Candidates are ids of applications. A ranking decides about nobody.",
    },
    "facts": {
        "ko": "{at} UTC의 자료 · 순위에 든 지원자 {ranked}명 · 들지 않은 지원자 {apart}명 · {id}",
        "en": "data of {at} UTC · {ranked} ranked · {apart} not ranked · {id}",
    },
    "stopped": {
        "ko": "{at} UTC의 계산은 검사에서 멈추었습니다. 아래는 그 전의 순위입니다.",
        "en": "The ranking of {at} UTC was stopped by a check. Below is the one before it.",
    },
    "stopped_first": {
        "ko": "{at} UTC의 계산은 검사에서 멈추었습니다. 아직 제공되는 순위가 없습니다.",
        "en": "The ranking of {at} UTC was stopped by a check. Nothing is served yet.",
    },
    "warned": {"ko": "이 순위에는 경고가 있습니다.", "en": "This ranking carries warnings."},
    "count": {"ko": "{name}: {n}건", "en": "{name}: {n} rows"},
    "few": {"ko": "그릴 순위가 없습니다(2명 미만).", "en": "Fewer than two are ranked; there is nothing to draw."},
    "rate_first": {
        "ko": "이 공고의 면접을 진행하신 분은 먼저 평가해 주세요. 평가를 제출하면 순위가 보입니다.",
        "en": "You conducted an interview of this opening: rate it first. The ranking is shown once you have.",
    },
    "earlier": {"ko": "이전", "en": "Previous"},
    "later": {"ko": "다음", "en": "Next"},
    "page": {"ko": "공고 {first}–{last} / {total}", "en": "openings {first} to {last} of {total}"},
}
BANNER = "border-left:4px solid var(--notice);padding:.6rem 1rem;margin:.8rem 0"
"""Beside the report's own class `notice`, which has colours for light and dark."""

app = FastAPI(title="Triview rankings", docs_url=None, redoc_url=None, openapi_url=None)
answer_in_sentences(app, TITLE, SENTENCES)


def banner(sentence: str, found: dict[str, int], language: str) -> str:
    """Markup of what a gate found: names of expectations and counts of rows."""
    lines = (TEXTS["count"][language].format(name=name, n=count) for name, count in found.items())
    items = "".join(f"<li>{html.escape(line)}</li>" for line in lines)
    said = f"<strong>{html.escape(sentence)}</strong><ul>{items}</ul>"
    return f'<div class="notice" role="status" style="{BANNER}">{said}</div>'


def opening_section(stores: Any, state: Any, account_id: str | None, language: str) -> str:
    """Markup of one opening: its title, a failed gate's banner, and its served ranking as intervals.

    Raises:
        TriviewError: the stores cannot be used.
    """
    from include.interview.errors import NotFound
    from tasks.evaluation.card_standing import require_rated

    try:
        opening = stores.openings.get(state.opening_id)
    except NotFound:  # deleted since the list was read
        return ""
    parts = [f"<h2>{html.escape(opening.title.text(language))} <code>{html.escape(opening.id)}</code></h2>"]
    if state.failures:
        sentence = TEXTS["stopped" if state.served_id else "stopped_first"][language]
        parts.append(banner(sentence.format(at=state.checked_at[:16].replace("T", " ")), state.failures, language))
    try:
        if account_id is not None:
            require_rated(stores, opening.id, account_id)
        if state.served_id is not None:
            parts.append(served_ranking(stores, opening, state.served_id, language))
    except NotFound as error:
        if error.code != "rate_first":
            raise
        parts.append(f"<p>{html.escape(TEXTS['rate_first'][language])}</p>")
    return f'<section class="sheet">{"".join(parts)}</section>'


def served_ranking(stores: Any, opening: Any, snapshot_id: str, language: str) -> str:
    """Markup of a snapshot: when it was taken, whom it ranks, its warnings, and rank sets as intervals."""
    from include.reporting.ranking import RankingReport, rank_set_picture

    snapshot = stores.rankings.get(snapshot_id)
    facts = TEXTS["facts"][language].format(
        at=snapshot.taken_at[:16].replace("T", " "),
        ranked=len(snapshot.ranking.candidates),
        apart=len(snapshot.apart),
        id=snapshot_id,
    )
    parts = [f'<p class="muted small">{html.escape(facts)}</p>']
    if snapshot.warnings:
        parts.append(banner(TEXTS["warned"][language], snapshot.warnings, language))
    report = RankingReport(opening.title, snapshot_id, 0, snapshot, names={}, together={})
    picture = rank_set_picture(report, language)
    parts.append(f"<p>{html.escape(TEXTS['few'][language])}</p>" if picture is None else str(picture))
    return "".join(parts)


def fragment(reader: str, language: str, offset: int) -> str:
    """The openings from `offset` on, those that a gate stopped first, then the newest; every read is on record.

    Raises:
        TriviewError: the stores cannot be used.
    """
    from include.interview.errors import NotFound
    from include.reporting.scorecard import stylesheet
    from include.storage.airflow_connection import bound_stores

    with bound_stores() as (shared, _settings):
        stores = shared.acting_as(reader)
        try:
            account: str | None = stores.accounts.by_login(reader.partition(":")[2]).id
        except NotFound:  # a user of Airflow alone, who conducts no interview
            account = None
        states = sorted(stores.rankings.states().values(), key=lambda one: one.opening_id)
        states.sort(key=lambda one: one.checked_at, reverse=True)
        states.sort(key=lambda one: not one.failures)
        shown = states[offset : offset + PER_PAGE]
        sections = "".join(opening_section(stores, state, account, language) for state in shown)
    if not sections:
        sections = f'<section class="sheet"><p>{html.escape(TEXTS["none"][language])}</p></section>'
    head = f"<h1>{TITLE[language]}</h1><p>{html.escape(TEXTS['lead'][language])}</p>"
    return (
        f'<style>{stylesheet()}</style><div class="tv" lang="{language}"><main id="main">'
        f'<header class="top">{head}</header>{sections}{_pages(states, offset, language)}</main></div>'
    )


def _pages(states: Sequence[Any], offset: int, language: str) -> str:
    """Links to the openings before and after, where there are any."""
    if len(states) <= PER_PAGE:
        return ""
    last = min(offset + PER_PAGE, len(states))
    where = TEXTS["page"][language].format(first=offset + 1, last=last, total=len(states))
    links = []
    if offset:
        links.append(f'<a rel="prev" href="?offset={max(0, offset - PER_PAGE)}">{TEXTS["earlier"][language]}</a>')
    links.append(html.escape(where))
    if last < len(states):
        links.append(f'<a rel="next" href="?offset={last}">{TEXTS["later"][language]}</a>')
    return f'<nav class="sheet">{" · ".join(links)}</nav>'


@app.get(
    "/dags/{dag_id}",
    dependencies=[Depends(requires_access_dag("GET", DagAccessEntity.RUN))],
    response_class=HTMLResponse,
)
def ranking(request: Request, dag_id: str, user: GetUserDep, offset: int = Query(0, ge=0)) -> HTMLResponse:
    """The served rankings: 401 without login, 403 without the right to the DAG, 404 of a DAG that ranks nothing."""
    from include.interview.errors import TriviewError

    if dag_id not in RANKING_DAGS:
        raise HTTPException(404)
    language = reader_language(request)
    try:
        return whole_page(TITLE[language], fragment(f"airflow:{user.get_name()}", language, offset), language)
    except TriviewError as error:
        raise HTTPException(503) from error


class RankingTab(AirflowPlugin):
    """The page and the tab that shows it."""

    name = "triview_ranking"
    fastapi_apps = [{"app": app, "url_prefix": URL_PREFIX, "name": "Triview rankings"}]  # noqa: RUF012
    external_views = [  # noqa: RUF012
        {
            "name": "순위 · Ranking",
            "href": f"{URL_PREFIX}/dags/{{DAG_ID}}",
            "destination": "dag",
            "url_route": "ranking",
        }
    ]
