"""Adds the tab "Scorecard" to every run of an interview DAG: the card with its evidence, before and after publishing.

The page is for people who may read the DAG (Airflow's own rights, whichever auth manager is configured). While a person
is asked about a card, it is for those alone who may answer Airflow's required actions of that DAG; a withheld card is
for nobody, until a person is asked again. Every view is an entry of the audit chain under the viewer's name, so that a
reviewer's decision can be held against what was opened.
"""

from __future__ import annotations

import html
from typing import Any

from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity
from airflow.api_fastapi.common.db.common import SessionDep
from airflow.api_fastapi.core_api.security import GetUserDep, requires_access_dag
from airflow.plugins_manager import AirflowPlugin
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse

from include.interview.stages import STAGES
from plugins.tab_pages import answer_in_sentences, reader_language, whole_page

URL_PREFIX = "/scorecard"
CARD_TASK = "score"
COMPARE_TASK = "compare"
INTERVIEW_DAGS = {facts.flow.dag_id: facts.consulted_tasks for facts in STAGES.values() if facts.flow}
"""DAG id -> the tasks whose outputs its card is shown from."""
HELD = {
    "rate_first": {
        "ko": "이 면접을 진행하신 분은 먼저 평가해 주세요. 평가를 제출하면 평가표가 보입니다.",
        "en": "You conducted this interview: rate it first. The scorecard is shown once you have.",
    },
    "under_review": {
        "ko": "담당자 검토 중입니다. 검토에 답할 수 있는 사람만 이 평가표를 볼 수 있습니다.",
        "en": "Under review. Only who may answer the review can see this scorecard.",
    },
    "withheld": {
        "ko": "검토한 담당자가 이 평가표를 보류했습니다. 다시 검토하려면 `review` 작업을 clear 해 주세요.",
        "en": "The reviewer withheld this scorecard. To have it reviewed again, clear the task `review`.",
    },
}
"""What is shown instead of a card that is under review or withheld, or to who has yet to rate."""
LIVE_REASONS = {"ko": "면접 중에 만든 평가표의 검토 이유", "en": "Why a person must look at the card made live"}
TITLE = {"ko": "평가표", "en": "Scorecard"}
NOT_PUBLISHED = {"ko": "아직 게시되지 않음", "en": "not published yet"}
SENTENCES = {
    404: {
        "ko": "이 실행에는 아직 평가표가 없습니다. `score` 작업이 끝난 뒤 다시 열어 주세요.",
        "en": "This run has no scorecard yet. Open this page again when its task `score` has finished.",
    },
    410: {
        "ko": "이 면접은 삭제되었거나 동의가 철회되었습니다. 평가표를 보여 드릴 수 없습니다.",
        "en": "This interview was erased, or its consent was withdrawn. Its scorecard can no longer be shown.",
    },
}

app = FastAPI(title="Triview scorecards", docs_url=None, redoc_url=None, openapi_url=None)
answer_in_sentences(app, TITLE, SENTENCES)


def page(body: str, language: str, status: int = 200) -> HTMLResponse:
    """A whole page around `body` (markup), titled as this tab is."""
    return whole_page(TITLE[language], body, language, status)


def run_refs(session: Any, dag_id: str, run_id: str) -> dict[str, Any]:
    """Task id -> artifact ref (plain) of the run's card and, of a live interview, its comparison.

    Raises:
        HTTPException: 404 when the run does not exist, is of another DAG, or has no card yet.
    """
    from airflow.models.xcom import XComModel
    from sqlalchemy import select

    wanted = INTERVIEW_DAGS.get(dag_id, ())
    query = select(XComModel).where(
        XComModel.dag_id == dag_id,
        XComModel.run_id == run_id,
        XComModel.key == "return_value",
        XComModel.task_id.in_(wanted),
    )
    found = {row.task_id: XComModel.deserialize_value(row) for row in session.scalars(query)}
    if not wanted or set(found) != set(wanted):
        raise HTTPException(404)
    return found


def published_at(stores: Any, interview_id: str, language: str) -> str:
    """When the interview's card was published (UTC), or the words that say it was not yet."""
    from include.interview.errors import NotFound

    try:
        return f"{stores.scorecards.published_at(interview_id):%Y-%m-%d %H:%M} UTC"
    except NotFound:
        return NOT_PUBLISHED[language]


def may_review(request: Request, user: Any) -> bool:
    """Whether the reader may answer required actions of the DAG that the address names."""
    try:
        requires_access_dag("PUT", DagAccessEntity.HITL_DETAIL)(request, user)
    except HTTPException:
        return False
    return True


class Held(Exception):
    """The card may not be shown to this reader: `state` is a key of `HELD`, `ground` a withholding reviewer's code."""

    def __init__(self, state: str, ground: str | None) -> None:
        super().__init__(state)
        self.state, self.ground = state, ground


def held_page(held: Held, language: str) -> HTMLResponse:
    """The page in place of a card that is under review or withheld."""
    ground = f" (<code>{html.escape(held.ground)}</code>)" if held.ground else ""
    sentence = html.escape(HELD[held.state][language])
    style = "max-width:38rem;margin:4rem auto;padding:0 1rem;line-height:1.6"
    return page(f'<main style="{style}"><p>{sentence}{ground}</p></main>', language, 403)


def live_notice(reasons: Any, language: str) -> str:
    """Markup of the reasons for which a person must look at the live card; empty without any."""
    if not reasons:
        return ""
    items = "".join(f"<li>{html.escape(reason.text.text(language))}</li>" for reason in reasons)
    return f'<div style="padding:1rem"><p>{LIVE_REASONS[language]}</p><ul>{items}</ul></div>'


def fragment(refs: dict[str, Any], reader: str, language: str, *, reviewing: bool) -> str:
    """The card of `refs` as markup; the reading is put into the audit chain under `reader`.

    Args:
        reviewing: whether the reader may answer the card's review, and so sees insights that nobody decided about;
            who conducted the interview does not.

    Raises:
        Held: the card is under review and the reader may not answer, or it is withheld.
        TriviewError: the stores cannot be used, or the interview was erased or its consent withdrawn.
    """
    import msgspec

    from include.interview.entities import ArtifactRef
    from include.interview.errors import NotFound
    from include.reporting import render_fragment
    from include.storage.airflow_connection import bound_stores
    from tasks.evaluation.card_standing import live_reasons, standing
    from tasks.evaluation.outputs import PreparedCase, ScoredInterview, load
    from tasks.evaluation.publish import report_context
    from tasks.executive.approval import logins_of_interviewers

    known = {task: msgspec.convert(ref, ArtifactRef) for task, ref in refs.items()}
    card, compared = known[CARD_TASK], known.get(COMPARE_TASK)
    with bound_stores() as (shared, _settings):
        stores = shared.acting_as(reader)
        stored = load(stores, card, ScoredInterview)
        scored = stored.card
        reasons = live_reasons(stores, card.interview_id)
        login = reader.partition(":")[2]
        try:
            account: str | None = stores.accounts.by_login(login).id
        except NotFound:  # a user of Airflow alone, who conducts no interview
            account = None
        interview = stores.interviews.get(card.interview_id)
        found = standing(stores, interview, (*scored.review, *reasons), reader=account)
        if not found.visible(reviewing=reviewing):
            raise Held(found.state, found.ground)
        stores.record("scorecard.read", f"interview:{card.interview_id}", {"artifact": card.id, "via": "airflow"})
        at = published_at(stores, card.interview_id, language)
        drafts = reviewing and login not in logins_of_interviewers(stores, card.interview_id)
        prepared = load(stores, stored.case, PreparedCase)
        context = report_context(stores, scored, prepared, at, compared, drafts=drafts)
        notice = live_notice(reasons, language) if found.state == "under_review" else ""
        return notice + render_fragment(scored, context, language)


@app.get(
    "/dags/{dag_id}/runs/{run_id:path}",
    dependencies=[Depends(requires_access_dag("GET", DagAccessEntity.RUN))],
    response_class=HTMLResponse,
)
def scorecard(request: Request, dag_id: str, run_id: str, user: GetUserDep, session: SessionDep) -> HTMLResponse:
    """The scorecard of one run: 401 without login, 403 without the right to the DAG or while held, 404 without one."""
    from include.interview.errors import BadInput, TriviewError

    language = reader_language(request)
    refs = run_refs(session, dag_id, run_id)
    try:
        reader, reviewing = f"airflow:{user.get_name()}", may_review(request, user)
        return page(fragment(refs, reader, language, reviewing=reviewing), language)
    except Held as held:
        return held_page(held, language)
    except BadInput as error:
        raise HTTPException(410) from error
    except TriviewError as error:
        raise HTTPException(503) from error


class ScorecardTab(AirflowPlugin):
    """The page and the tab that shows it."""

    name = "triview_scorecard"
    fastapi_apps = [{"app": app, "url_prefix": URL_PREFIX, "name": "Triview scorecards"}]  # noqa: RUF012
    external_views = [  # noqa: RUF012
        {
            "name": "평가표 · Scorecard",
            "href": f"{URL_PREFIX}/dags/{{DAG_ID}}/runs/{{RUN_ID}}",
            "destination": "dag_run",
            "url_route": "scorecard",
        }
    ]
