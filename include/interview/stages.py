"""The three interviews of an application, and everything that differs between them: one table.

Light enough for a DAG file: it imports only the domain's records. Adding a stage touches this table, a rubric
(include/interview/rubrics/), a flow folder in tasks/ and a DAG file.
"""

from __future__ import annotations

from typing import Literal, get_args

from include.interview.errors import NotFound
from include.interview.records import Opening, Record, Stage

JudgeGroup = Literal["words", "observed"]
"""`words`: criteria judged from words alone. `observed`: criteria that (also) rest on measurements."""


class Flow(Record, frozen=True):
    """The offline evaluation of a stage: its DAG, and how that DAG's runs are called.

    `judge_groups`: the groups into which criteria are divided to be judged side by side; each criterion is in one.
    """

    dag_id: str
    run_prefix: str
    judge_groups: tuple[JudgeGroup, ...] = get_args(JudgeGroup)

    def run_id(self, *parts: str) -> str:
        """The DAG run id made of the prefix and `parts`, such as the interview's id and the pipeline version."""
        return "-".join((self.run_prefix, *parts))


class StageFacts(Record, frozen=True):
    """What one stage is.

    `flow`: None while the stage has no offline evaluation. `socket_path`: where its live session is held, ending in a
    slash before the session's id; None for a stage that is recorded beforehand. `has_picture`: whether the candidate
    is filmed. `rubric_version`: used where an opening names none. `voice_criterion`: the criterion for which alone the
    sound of a voice is measured; None where voice is a channel like any other, or not measured.
    """

    stage: Stage
    flow: Flow | None
    socket_path: str | None = None
    has_picture: bool = False
    rubric_version: str = "1"
    voice_criterion: str | None = None

    @property
    def live(self) -> bool:
        """True when the interview is held through the gateway, so that a live card exists beside the offline one."""
        return self.socket_path is not None

    @property
    def consulted_tasks(self) -> tuple[str, ...]:
        """The tasks of the stage's DAG whose outputs its card is shown from, the card's own first."""
        return ("score", "compare") if self.live else ("score",)

    def rubric_version_of(self, opening: Opening) -> str:
        """The version of this stage's rubric by which candidates of `opening` are judged."""
        return opening.rubric_versions.get(self.stage, self.rubric_version)


STAGES: dict[Stage, StageFacts] = {
    "ai": StageFacts(stage="ai", flow=Flow("ai_interview_analysis", "ai"), has_picture=True),
    "practical": StageFacts(
        stage="practical",
        flow=Flow("practical_interview_evaluation", "practical"),
        socket_path="/ws/realtime-interview/",
        voice_criterion="emotion",
    ),
    "executive": StageFacts(stage="executive", flow=None, socket_path="/ws/executive-interview/"),
}
LIVE_STAGES: tuple[Stage, ...] = tuple(stage for stage, facts in STAGES.items() if facts.live)


def flow_of(stage: Stage) -> Flow:
    """The offline evaluation of `stage`.

    Raises:
        NotFound: the stage has none.
    """
    flow = STAGES[stage].flow
    if flow is None:
        raise NotFound(f"The stage {stage} has no offline evaluation.", "Its live card is all there is.")
    return flow
