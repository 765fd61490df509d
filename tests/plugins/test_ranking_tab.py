"""The Ranking tab: intervals and banners without names, in both languages, for who may read the DAG; on record."""

from __future__ import annotations

import pytest

from cli.local import LocalAirflow
from cli.session import local_stores
from include.interview.records import Bilingual, Opening
from tasks.ranking.flow import rank_openings
from tests.dags.test_ranking import PERSON, publish

pytestmark = [pytest.mark.airflow, pytest.mark.slow]
OPENING = Opening("tabbed", Bilingual("<탭> 공고", "Tabbed opening"), Bilingual("일", "Work"))
PATH = "/ranking/dags/nightly_ranking"
FAILED = {"total_equals_recomputed": 2}


@pytest.fixture(scope="module")
def people(local_airflow: LocalAirflow) -> list[str]:
    """Applications to an opening that is ranked, and whose next ranking a gate stopped."""
    with local_stores(local_airflow.settings) as (stores, _):
        stores.openings.put(OPENING)
        people = [publish(stores, OPENING, n) for n in (1, 2, 3)]
        assert rank_openings(stores, [OPENING.id])[0].result == "swapped"
        stores.rankings.failed(OPENING.id, "stamp", FAILED)
    return people


def test_what_is_served_is_drawn_without_names_and_a_failed_gate_is_told(
    local_airflow: LocalAirflow, people: list[str]
) -> None:
    with local_airflow.rest() as rest:
        korean, english = (rest.request("GET", PATH, headers={"Accept-Language": tag}) for tag in ("ko", "en"))
    assert (korean.status_code, english.status_code) == (200, 200)
    for answer in (korean, english):
        assert all(application in answer.text for application in people), "candidates are ids"
        assert PERSON not in answer.text
        assert "<svg" in answer.text
        assert "total_equals_recomputed" in answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "<script" not in answer.text
    assert "total_equals_recomputed: 2건" in korean.text
    assert "검사에서 멈추었습니다" in korean.text
    assert "&lt;탭&gt; 공고" in korean.text
    assert "total_equals_recomputed: 2 rows" in english.text
    assert "stopped by a check" in english.text
    assert "멈추" not in english.text
    with local_stores(local_airflow.settings) as (stores, _):
        entries = stores.audit.entries(f"opening:{OPENING.id}")
    assert len([e for e in entries if e.action == "ranking.read" and e.actor == "airflow:admin"]) >= 2


def test_who_may_read_the_dag_sees_it_and_nobody_else(local_airflow: LocalAirflow, people: list[str]) -> None:
    import httpx

    assert httpx.get(local_airflow.url + PATH, trust_env=False).status_code == 401
    with local_airflow.rest("stranger") as rest:
        assert rest.request("GET", PATH).status_code == 403
    with local_airflow.rest("reader") as rest:
        assert people[0] in rest.request("GET", PATH).text


def test_another_dag_is_a_sentence_and_airflow_lists_the_tab(local_airflow: LocalAirflow) -> None:
    with local_airflow.rest() as rest:
        other = rest.request("GET", "/ranking/dags/ai_interview_analysis", headers={"Accept-Language": "en"})
        beyond = rest.request("GET", f"{PATH}?offset=10000", headers={"Accept-Language": "en"})
        odd = rest.request("GET", f"{PATH}?offset=many", headers={"Accept-Language": "en"})
        plugins = rest.call("GET", "/api/v2/plugins")["plugins"]
    assert other.status_code == 404
    assert "makes no rankings" in other.text
    assert beyond.status_code == 200
    assert (odd.status_code, "Open the tab again" in odd.text) == (422, True)
    views = [view for plugin in plugins for view in plugin["external_views"] if plugin["name"] == "triview_ranking"]
    assert [(v["destination"], v["href"]) for v in views] == [("dag", "/ranking/dags/{DAG_ID}")]
