"""One person evaluated by the real flows of all three stages in the local Airflow, once per session."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from cli.demo.ranking import demo_questions
from cli.local import LocalAirflow, RunOutcome, TaskState
from cli.local.rest import AirflowRest
from cli.session import local_stores
from include.interview.assessment.openings import general_opening
from include.interview.assessment.policy import EXPRESSION
from include.interview.records import Keyword, Opening, Stage
from include.interview.stages import flow_of
from include.settings import Settings
from include.storage import Stores
from tests.support.local_airflow import (
    MARKERS,
    RUN_TIMEOUT_S,
    FinishedRun,
    cover_letter,
    demo_recording,
    require_models,
)

if TYPE_CHECKING:
    from include.interview.live.session import LiveRecord

OPENING = msgspec.structs.replace(
    general_opening("en"),
    id="three-stages",
    keywords=(Keyword("evidence", ("test",)), Keyword("data", ("report",))),
    questions=demo_questions(general_opening("en")),
)
"""With key concepts, and the questions that are asked, so that every criterion of every stage can be scored."""


@dataclass(frozen=True)
class ThreeStages:
    """The person's application, each stage's run, and the record that each live session left."""

    opening: Opening
    application_id: str
    runs: Mapping[Stage, FinishedRun]
    records: Mapping[Stage, LiveRecord]


@pytest.fixture(scope="session")
def three_stages(local_airflow: LocalAirflow, tmp_path_factory: pytest.TempPathFactory) -> ThreeStages:
    """A recorded, a practical and an executive interview of one person: stored, triggered by REST (twice), followed.

    Every personal field carries a marker. The three runs go on side by side.
    """
    from tasks.live.handover import live_run_id

    settings, folder = local_airflow.settings, tmp_path_factory.mktemp("three-stages")
    require_models(settings)
    with local_stores(settings) as (stores, _):
        stores.openings.put(OPENING)
        candidate = stores.candidates.create(MARKERS["name"], MARKERS["contact"]).id
        ai, ai_run = _recorded(stores, settings, candidate, folder)
        records = _sessions(stores, settings, candidate, folder)
        application = stores.interviews.get(ai).application_id
    started: dict[Stage, tuple[str, str]] = {"ai": (ai, ai_run)}
    started |= {stage: (one.session.id, live_run_id(stage, one.session.id)) for stage, one in records.items()}
    with local_airflow.rest() as rest:
        for stage, (interview, run) in started.items():
            conf = {"interview_id": interview}
            assert rest.trigger(flow_of(stage).dag_id, run, conf)
            assert not rest.trigger(flow_of(stage).dag_id, run, conf), "the same run id must be one run"
        runs = {
            stage: FinishedRun(interview, run, _followed(local_airflow, rest, stage, interview, run))
            for stage, (interview, run) in started.items()
        }
    return ThreeStages(OPENING, application, runs, records)


@pytest.fixture(scope="session")
def finished_run(three_stages: ThreeStages) -> FinishedRun:
    """The run of the recorded interview."""
    return three_stages.runs["ai"]


def _recorded(stores: Stores, settings: Settings, candidate: str, folder: Path) -> tuple[str, str]:
    """Interview and run id of the demo's recording, handed in as the demo does: nobody in it is seen to speak."""
    from tasks.ai.intake import Intake, open_interview, run_id

    demo = demo_recording()
    path = folder / f"{MARKERS['file']}.mp4"
    path.symlink_to(demo.path)
    intake = Intake(candidate, OPENING.id, "standard", "en", "test", demo.marks, (EXPRESSION,))
    interview = open_interview(stores, settings, intake, [path], [("cover_letter", cover_letter(folder))]).id
    return interview, run_id(stores, interview)


def _sessions(stores: Stores, settings: Settings, candidate: str, folder: Path) -> dict[Stage, LiveRecord]:
    """A session of both live stages, held and handed over; what is said is the demo's."""
    from cli.demo.live_audio import build_demo_session
    from cli.demo.video import SCRIPT
    from tests.support.recorded_sessions import two_channel_session

    sound = build_demo_session(folder)
    texts = [(one.question, one.answer) for one in SCRIPT["en"]]
    return {
        stage: two_channel_session(stores, settings, sound, texts, candidate_id=candidate, opening=OPENING, stage=stage)
        for stage in ("practical", "executive")
    }


def _followed(airflow: LocalAirflow, rest: AirflowRest, stage: Stage, interview: str, run: str) -> RunOutcome:
    """The run's outcome; people answer its review and approve its insights when they are asked."""
    from tests.support.parked_runs import once_parked

    dag_id = flow_of(stage).dag_id

    def approve() -> None:
        with local_stores(airflow.settings) as (stores, _):
            ids = [one.id for one in stores.insights.list(interview)]
        path = f"/api/v2/dags/{dag_id}/dagRuns/{run}/taskInstances/approve_insights/-1/hitlDetails"
        rest.call("PATCH", path, body={"chosen_options": ["decide"], "params_input": {"approved": ids}})

    looks: list[Callable[[tuple[TaskState, ...]], None]] = [
        once_parked(rest, "review", lambda: rest.answer_review(dag_id, run, "publish", "evidence_supports_card")),
        once_parked(rest, "approve_insights", approve),
    ]

    def seen(tasks: tuple[TaskState, ...]) -> None:
        for look in looks:
            look(tasks)

    return rest.wait(dag_id, run, seen, timeout_s=RUN_TIMEOUT_S)
