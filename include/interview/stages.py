"""The three interviews of an application, and everything that differs between them: one table.

Light enough for a DAG file: it imports only the domain's records. Adding a stage touches this table, a rubric
(include/interview/rubrics/), a flow folder in tasks/ and a DAG file.
"""

from __future__ import annotations

from typing import Literal, get_args

from include.interview.records import Opening, Record, Stage

LiveStage = Literal["practical", "executive"]
"""The stages that are held through the gateway, as a type; `LIVE_STAGES` are the same as values."""
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

    `socket_path`: where its live session is held, ending in a slash before the session's id; None for a stage that
    is recorded beforehand. `has_picture`: whether the candidate is filmed. `rubric_version`: used where an opening
    names none. `voice_described`: the candidate's voice is measured, and no criterion rests on it.
    `voice_compared`: each answer's voice is compared with the person's own first minutes (step `delivery`).
    `interviewers`: how many may conduct one session. `room_voices`: how many voices are told apart over one
    microphone while the session runs. `recorded_voices`: the most that are told apart in its recording; None: as
    many as are heard. `preparation`: the DAG that writes questions before the interview; None where nothing is
    prepared. `has_insights`: whether insights over the whole application are written after it. `probes`:
    suggestions are probes of the last answer, counted per criterion, and it is shown which parts of each
    criterion's anchors were heard.
    """

    stage: Stage
    flow: Flow
    socket_path: str | None = None
    has_picture: bool = False
    rubric_version: str = "1"
    voice_described: bool = False
    voice_compared: bool = False
    interviewers: int = 1
    room_voices: int = 2
    recorded_voices: int | None = None
    preparation: Flow | None = None
    has_insights: bool = False
    probes: bool = False

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
    "ai": StageFacts(stage="ai", flow=Flow("ai_interview_analysis", "ai"), has_picture=True, rubric_version="3"),
    "practical": StageFacts(
        stage="practical",
        flow=Flow("practical_interview_evaluation", "practical"),
        socket_path="/ws/realtime-interview/",
        rubric_version="2",
        voice_described=True,
    ),
    "executive": StageFacts(
        stage="executive",
        flow=Flow("executive_insight", "executive", judge_groups=("words",)),
        socket_path="/ws/executive-interview/",
        rubric_version="2",
        voice_described=True,
        voice_compared=True,
        interviewers=6,
        room_voices=6,
        recorded_voices=6,
        preparation=Flow("executive_preparation", "executive-preparation"),
        has_insights=True,
        probes=True,
    ),
}
LIVE_STAGES: tuple[Stage, ...] = tuple(stage for stage, facts in STAGES.items() if facts.live)


def flow_of(stage: Stage) -> Flow:
    """The offline evaluation of `stage`."""
    return STAGES[stage].flow
