"""The table of stages: every fact in it points at something that exists."""

from __future__ import annotations

from typing import get_args

import pytest

from include.interview.assessment.openings import general_opening
from include.interview.assessment.policy import load_profile
from include.interview.assessment.rubric import load_rubric, opening_rubric
from include.interview.records import Stage
from include.interview.stages import LIVE_STAGES, STAGES, LiveStage, StageFacts, flow_of
from include.settings import PROJECT_ROOT

pytestmark = pytest.mark.unit
FLOWS = [facts.flow for facts in STAGES.values()]
DAG_TEXTS = [path.read_text(encoding="utf-8") for path in (PROJECT_ROOT / "dags").glob("*.py")]


def test_every_stage_is_in_the_table_under_its_own_name() -> None:
    assert tuple(STAGES) == get_args(Stage)
    assert all(stage == facts.stage for stage, facts in STAGES.items())
    assert get_args(LiveStage) == LIVE_STAGES


@pytest.mark.parametrize("facts", STAGES.values(), ids=STAGES)
def test_the_rubric_of_a_stage_loads(facts: StageFacts) -> None:
    rubric = load_rubric(facts.stage, facts.rubric_version)
    assert rubric.stage == facts.stage
    assert opening_rubric(facts.stage, general_opening()) is rubric


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.dag_id)
def test_the_dag_of_a_stage_exists(flow) -> None:
    assert sum(f'dag_id="{flow.dag_id}"' in text for text in DAG_TEXTS) == 1


def test_no_two_stages_share_what_names_them() -> None:
    for names in ([f.dag_id for f in FLOWS], [f.run_prefix for f in FLOWS]):
        assert len(set(names)) == len(names) == len(STAGES)
    paths = [facts.socket_path for facts in STAGES.values() if facts.socket_path]
    assert len(set(paths)) == len(paths)
    assert all(path.startswith("/ws/") and path.endswith("/") for path in paths)


def test_a_card_is_shown_from_what_its_stage_has() -> None:
    assert STAGES["ai"].consulted_tasks == ("score",)
    assert STAGES["practical"].consulted_tasks == ("score", "compare")


def test_a_run_is_named_by_its_parts() -> None:
    assert flow_of("practical").run_id("an-id", "1") == "practical-an-id-1"


def test_everything_of_the_executive_stage_is_judged_from_words() -> None:
    rubric, facts = load_rubric("executive", "1"), STAGES["executive"]
    assert all(criterion.word_based for criterion in rubric.criteria)
    assert facts.flow.judge_groups == ("words",)


@pytest.mark.parametrize("profile", ["standard", "kr", "eu", "text_only"])
def test_a_voice_is_described_only_where_the_profile_lets_it_be_compared(profile: str) -> None:
    assert load_profile(profile).uses_voice("executive") == (profile in ("standard", "kr"))
    assert load_profile(profile).uses_voice("practical") == (profile in ("standard", "kr"))
    assert not load_profile(profile).uses_voice("ai")
