"""The Scorecard tab: only for people who may read the DAG, in their language, and every view on record."""

from __future__ import annotations

import pytest

from cli.local import LocalAirflow
from cli.session import local_stores
from tests.support.local_airflow import DAG_ID, MARKERS, FinishedRun

pytestmark = pytest.mark.timeout(600)


def path_of(run: str, dag: str = DAG_ID) -> str:
    return f"/scorecard/dags/{dag}/runs/{run}"


@pytest.mark.airflow
def test_nobody_without_login(local_airflow: LocalAirflow) -> None:
    import httpx

    answer = httpx.get(local_airflow.url + path_of("any"), headers={"Accept-Language": "en"}, trust_env=False)
    assert answer.status_code == 401
    assert "not logged in" in answer.text


@pytest.mark.airflow
def test_nobody_with_a_forged_token(local_airflow: LocalAirflow) -> None:
    import httpx

    forged = {"Authorization": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiIsInJvbGUiOiJhZG1pbiJ9."}
    assert httpx.get(local_airflow.url + path_of("any"), headers=forged, trust_env=False).status_code in (401, 403)


@pytest.mark.airflow
def test_nobody_without_the_right_to_the_dag(local_airflow: LocalAirflow) -> None:
    with local_airflow.rest("stranger") as rest:
        answer = rest.request("GET", path_of("any"), headers={"Accept-Language": "ko-KR,ko;q=0.9,en;q=0.5"})
    assert answer.status_code == 403
    assert "권한" in answer.text


@pytest.mark.airflow
@pytest.mark.parametrize("dag", [DAG_ID, "no_such_dag"])
def test_a_run_without_a_card_is_a_sentence(local_airflow: LocalAirflow, dag: str) -> None:
    with local_airflow.rest() as rest:
        answer = rest.request("GET", path_of("no-such-run", dag), headers={"Accept-Language": "en-GB"})
    assert answer.status_code == 404
    assert "no scorecard yet" in answer.text


@pytest.mark.airflow
def test_the_card_is_shown_in_both_languages_and_the_view_is_on_record(
    local_airflow: LocalAirflow, finished_run: FinishedRun
) -> None:
    with local_airflow.rest() as rest:
        korean = rest.request("GET", path_of(finished_run.run_id), headers={"Accept-Language": "ko"})
        english = rest.request("GET", path_of(finished_run.run_id), headers={"Accept-Language": "en"})
    assert (korean.status_code, english.status_code) == (200, 200)
    assert MARKERS["name"] in korean.text
    assert '<html lang="ko">' in korean.text
    assert '<html lang="en">' in english.text
    assert "비언어" in korean.text
    assert "비언어" not in english.text
    assert korean.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in korean.headers["content-security-policy"]
    with local_stores(local_airflow.settings) as (stores, _):
        entries = stores.audit.entries(f"interview:{finished_run.interview_id}")
    views = [e for e in entries if e.action == "scorecard.read" and e.actor == "airflow:admin"]
    assert len(views) >= 2


@pytest.mark.airflow
def test_a_card_under_review_is_for_who_may_answer_and_a_withheld_one_for_nobody(
    local_airflow: LocalAirflow, finished_run: FinishedRun
) -> None:
    interview = finished_run.interview_id

    def seen(login: str) -> tuple[int, bool, str]:
        with local_airflow.rest(login) as rest:
            answer = rest.request("GET", path_of(finished_run.run_id), headers={"Accept-Language": "en"})
        return answer.status_code, MARKERS["name"] in answer.text, answer.text

    assert seen("reader")[:2] == (200, True), "published"
    with local_stores(local_airflow.settings) as (stores, _):
        try:
            stores.reviews.ask(interview, "artifact", ["low_coverage"])
            stores.interviews.set_status(interview, "review")
            assert seen("admin")[:2] == (200, True)
            status, named, text = seen("reader")
            assert (status, named) == (403, False)
            assert "Under review" in text
            stores.reviews.answer(interview, "artifact", "withhold:recording_unusable")
            for login in ("admin", "reader"):
                status, named, text = seen(login)
                assert (status, named) == (403, False)
                assert "recording_unusable" in text
        finally:
            stores.interviews.set_status(interview, "published")
    assert seen("reader")[:2] == (200, True)


@pytest.mark.airflow
def test_airflow_lists_the_tab(local_airflow: LocalAirflow) -> None:
    with local_airflow.rest() as rest:
        plugins = rest.call("GET", "/api/v2/plugins")["plugins"]
    views = [view for plugin in plugins for view in plugin["external_views"] if plugin["name"] == "triview_scorecard"]
    assert [(v["destination"], v["href"]) for v in views] == [("dag_run", path_of("{RUN_ID}", "{DAG_ID}"))]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "ko"),
        ("ko-KR,ko;q=0.9,en-US;q=0.8", "ko"),
        ("en-US,en;q=0.9,ko;q=0.8", "en"),
        ("ko;q=0.2,en;q=0.9", "en"),
        ("fr,de;q=0.5", "ko"),
        ("en;q=high", "ko"),
    ],
)
def test_the_reader_is_addressed_in_the_preferred_language(header: str, language: str) -> None:
    from plugins.tab_pages import preferred_language

    assert preferred_language(header) == language
