"""The demo's last part: three applicants to one opening, ranked by themselves once their cards are published."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec

from cli.console import out
from cli.demo.applicants import OTHERS
from cli.demo.live import CONSENT_TEXT
from cli.demo.video import SCRIPT, DemoInterview, build_demo_interview
from cli.options import read_opening
from cli.rankings import show_snapshot
from cli.session import local_stores
from include.interview.assessment.policy import EXPRESSION
from include.interview.errors import NotFound, ServiceFailure
from include.interview.progress import Progress
from include.interview.ranking.records import Snapshot
from include.interview.records import Opening, Question
from include.settings import Settings

FIRST = {"ko": "데모 지원자 1", "en": "Demo candidate 1"}
LOOK_S, LONGEST_S = 0.3, 120.0


class HandedIn(msgspec.Struct, frozen=True):
    """One applicant's stored recording: what the demo calls the person, and the ids to follow."""

    name: str
    application_id: str
    interview_id: str
    run_id: str


class DemoRanking(msgspec.Struct, frozen=True):
    """The ranking that was served, None while every card waits for a person; and what the applications are called."""

    snapshot: Snapshot | None
    names: dict[str, str]


def demo_opening() -> Opening:
    """An opening of this run alone, ranked by its recorded interviews: the only stage that all of the three have."""
    started = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    general = read_opening(None)
    return msgspec.structs.replace(
        general, id=f"demo-{started}", stage_weights={"ai": 1.0}, places=1, questions=demo_questions(general)
    )


def other_recordings(
    models_dir: Path, media: Path, language: Literal["ko", "en"], progress: Progress
) -> list[DemoInterview]:
    """The recordings of the further applicants, made once."""
    return [
        build_demo_interview(models_dir, media, language, progress, exchanges=one.exchanges, voice=one.voice)
        for one in OTHERS[language]
    ]


def demo_questions(opening: Opening) -> tuple[Question, ...]:
    """The two questions of `opening` that the demo asks: with so few, each is read for every criterion."""
    asked = {exchange.question_id for exchange in SCRIPT["en"]}
    return tuple(
        msgspec.structs.replace(question, criteria=("psychological", "cognitive", "job_fit"))
        for question in opening.questions
        if question.id in asked
    )


def hand_in(settings: Settings, opening: Opening, name: str, recording: DemoInterview) -> HandedIn:
    """Store candidate, application, consent and recording as HR would.

    Nobody in the demo's recordings is seen to speak: the picture is a short clip over and over, which gives nobody a
    nonverbal level. So the applicants do not agree that face and voice are measured, as any applicant may.
    """
    from tasks.ai.intake import Intake, open_interview, run_id

    with local_stores(settings) as (stores, _):
        stores.openings.put(opening)
        candidate = stores.candidates.create(name)
        intake = Intake(
            candidate.id, opening.id, "standard", recording.language, CONSENT_TEXT, recording.marks, (EXPRESSION,)
        )
        interview = open_interview(stores, settings, intake, [recording.path])
        return HandedIn(name, interview.application_id, interview.id, run_id(stores, interview.id))


def await_ranking(
    settings: Settings, opening: Opening, people: list[HandedIn], check: Callable[[], None]
) -> Snapshot | None:
    """The opening's ranking over the newest cards of all `people`, made by the DAG that published cards start.

    None when no card is published, since a rule asks a person about each of them: nothing starts a ranking then.

    Args:
        check: raises when Airflow is gone.

    Raises:
        ServiceFailure: there was none in time.
    """
    deadline = time.monotonic() + LONGEST_S
    with local_stores(settings) as (stores, _):
        cards = {card.interview_id for card in stores.scorecards.list(opening_id=opening.id)}
        carded = {one.application_id for one in people if one.interview_id in cards}
        if not carded:
            return None
        while time.monotonic() < deadline:
            check()
            try:
                snapshot = stores.rankings.served(opening.id)
            except NotFound:
                snapshot = None
            if snapshot is not None and carded <= _looked_at(snapshot):
                return snapshot
            time.sleep(LOOK_S)
    raise ServiceFailure(
        f"The opening {opening.id} was not ranked within {LONGEST_S:.0f} s.",
        f"Look at the DAG opening_ranking in Airflow, or run ./triview rankings run {opening.id}.",
    )


def _looked_at(snapshot: Snapshot) -> set[str]:
    """Applications whose card the snapshot knows, whether it gave them a place or not."""
    apart = {one.id for one in snapshot.apart if one.reason != "stage_missing"}
    return apart | {one.id for one in snapshot.ranking.candidates}


def show_ranking(found: DemoRanking, language: str) -> None:
    """The ranking with what it means."""
    title = "순위 · 세 지원자" if language == "ko" else "Ranking · three applicants"
    out.print(f"\n[bold]{title}[/]")
    if found.snapshot is None:
        out.print(
            "[yellow]모든 평가표가 담당자의 검토를 기다리고 있어 아직 순위가 없습니다.[/] "
            "`make up`을 실행한 뒤 검토 대기(/reviews) 페이지에서 답해 주세요."
            if language == "ko"
            else "[yellow]No ranking yet: every card waits for a person.[/] "
            "`make up`, then *Reviews waiting* (/reviews)."
        )
        return
    show_snapshot(found.snapshot, found.names)
    out.print(
        "[dim]순위 구간은 오차가 허용하는 순위입니다. 구간이 겹치면 순서를 말할 수 없습니다. 결정은 사람이 합니다.[/]"
        if language == "ko"
        else "[dim]A rank set holds the ranks that the errors leave possible: where sets overlap, the order is not "
        "known. People decide.[/]"
    )
    out.print(f"[dim]./triview rankings show {found.snapshot.opening_id}[/]", highlight=False)
