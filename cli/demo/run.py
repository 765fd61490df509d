"""`./triview demo`: interviews through a real local Airflow, from nothing to scorecards, a report and a ranking."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Literal

from cli.cards import card_view
from cli.console import Bars, bars, err, out, print_json
from cli.demo.applicants import OTHERS
from cli.demo.live import GATEWAY_OPTIONS, hold_demo_session, show_demo_session
from cli.demo.live_audio import build_demo_session
from cli.demo.ranking import (
    FIRST,
    DemoRanking,
    HandedIn,
    await_ranking,
    demo_opening,
    hand_in,
    other_recordings,
    show_ranking,
)
from cli.demo.video import DemoInterview, build_demo_interview
from cli.local.gateway import LocalGateway
from cli.local.redis import LocalRedis
from cli.local.rest import RunOutcome, TaskState, covered_seconds
from cli.local.runtime import ADMIN, DEMO_COMPONENTS, LocalAirflow
from cli.model_files import fetch_with_bars
from cli.session import local_stores
from include.interview.errors import ServiceFailure
from include.interview.progress import Progress
from include.interview.records import Scorecard
from include.interview.stages import flow_of
from include.reporting.strings import Strings
from include.settings import Settings, load_settings

RUN_TIMEOUT_S = 600.0
PARKED = "awaiting_input"
WAITING = frozenset({None, "none", "scheduled", "queued"})


def run_demo(language: str, *, as_json: bool = False) -> None:
    """Run the demo and print what it made.

    Raises:
        ServiceFailure: the run did not succeed; the text names the failed task and shows the end of its log.
    """
    spoken: Literal["ko", "en"] = "ko" if language == "ko" else "en"
    settings = load_settings()
    started = time.monotonic()
    fetch_with_bars(["product", "demo"], quiet=as_json)
    with bars(quiet=as_json) as shown:
        airflow = LocalAirflow(settings, components=DEMO_COMPONENTS, progress=shown.of("airflow"))
        with ThreadPoolExecutor(1) as pool, ExitStack() as running:
            media = settings.home / "demo" / "media"
            building = pool.submit(build_demo_interview, settings.models_dir, media, spoken, shown.of("video"))
            running.enter_context(airflow)
            opening = demo_opening()
            people = [hand_in(settings, opening, FIRST[spoken], building.result())]
            recorded = shown.of("other applicants")

            def others() -> list[HandedIn]:
                found = other_recordings(settings.models_dir, media, spoken, recorded)
                named = zip(OTHERS[spoken], found, strict=True)
                handed = [hand_in(settings, opening, one.name.text(spoken), recording) for one, recording in named]
                with airflow.rest() as rest:
                    for one in handed:
                        rest.trigger(flow_of("ai").dag_id, one.run_id, {"interview_id": one.interview_id})
                return handed

            coming = pool.submit(others)
            interview_id, run_id = people[0].interview_id, people[0].run_id
            redis_url = settings.redis_url or running.enter_context(LocalRedis(settings.home)).url
            access = (airflow.url, ADMIN, airflow.password)
            gateway = LocalGateway(
                settings, redis_url, airflow=access, progress=shown.of("gateway"), more=GATEWAY_OPTIONS
            )
            running.callback(gateway.stop)
            outcome, steps = _follow(airflow, flow_of("ai").dag_id, run_id, shown, {"interview_id": interview_id})
            seconds = time.monotonic() - started
            people += coming.result()
            for one in people[1:]:  # one of whom a person is asked stays without a place
                conf = {"interview_id": one.interview_id}
                _follow(airflow, flow_of("ai").dag_id, one.run_id, shown, conf, f"{one.name}: ")
            gateway.start()
            snapshot = await_ranking(settings, opening, people, airflow.check)
            ranking = DemoRanking(snapshot, {one.application_id: one.name for one in people})
            sound = build_demo_session(media, spoken, shown.of("session"))
            gateway.wait_ready()
            live = hold_demo_session(
                settings, gateway, sound, spoken, lambda dag, run, conf: _follow(airflow, dag, run, shown, conf)
            )
    card, folder = _collect(settings, interview_id, published=outcome.state != PARKED)
    facts = _facts(airflow, outcome, steps, seconds)
    if as_json:
        print_json({"card": card, "report": str(folder), **facts, "live": live, "ranking": ranking.snapshot})
    else:
        _show(card, folder, facts, building.result())
        show_demo_session(live, spoken)
        show_ranking(ranking, spoken)
        err.print(f"With the live interview and the ranking: {time.monotonic() - started:.1f} s.", style="dim")


class _Parked(Exception):
    """The run waits for a person: a rule of the flow asked for a review."""


class _Board:
    """Progress bars of a run's tasks, made as the tasks appear; raises `_Parked` when one waits for a person."""

    def __init__(self, shown: Bars, prefix: str = "") -> None:
        self._shown, self._prefix = shown, prefix
        self._bars: dict[str, Progress] = {}

    def __call__(self, tasks: tuple[TaskState, ...]) -> None:
        for task in tasks:
            if task.state in WAITING:
                continue
            bar = self._bars.get(task.name) or self._bars.setdefault(
                task.name, self._shown.of(self._prefix + task.name)
            )
            done = task.state in ("success", "skipped")
            bar(1.0 if done else (task.percent or 0) / 100, task.state or "")
        if any(task.state == PARKED for task in tasks):
            raise _Parked


def _follow(
    airflow: LocalAirflow, dag_id: str, run_id: str, shown: Bars, conf: dict[str, str], prefix: str = ""
) -> tuple[RunOutcome, dict[str, float]]:
    """The finished (or parked) run, triggered here unless it is already, and the seconds each step alone took."""
    with airflow.rest() as rest:
        rest.trigger(dag_id, run_id, conf)
        try:
            outcome = rest.wait(dag_id, run_id, _Board(shown, prefix), timeout_s=RUN_TIMEOUT_S)
        except _Parked:
            return RunOutcome(run_id=run_id, state=PARKED, wall_s=None, tasks=rest.task_states(dag_id, run_id)), {}
        if outcome.state != "success":
            failed = next((t for t in outcome.tasks if t.state == "failed"), None)
            tail = rest.task_log(dag_id, run_id, failed)[-3000:] if failed else "no task failed"
            raise ServiceFailure(
                f"The run {run_id} ended as {outcome.state}.\n{tail}", "The log above names the cause."
            )
        steps = {task.name: rest.step_seconds(dag_id, run_id, task) for task in outcome.tasks}
    return outcome, {name: seconds for name, seconds in steps.items() if seconds is not None}


def _collect(settings: Settings, interview_id: str, *, published: bool) -> tuple[Scorecard, Path]:
    from tasks.evaluation.publish import draft, stored_reports

    folder = settings.home / "demo" / "report"
    folder.mkdir(parents=True, exist_ok=True)
    with local_stores(settings) as (stores, _):
        if published:
            card, files = stores.scorecards.get(interview_id), stored_reports(stores, interview_id)
        else:
            card, files = draft(stores, interview_id, "검토 대기 · awaiting review")
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return card, folder


def _facts(airflow: LocalAirflow, outcome: RunOutcome, steps: dict[str, float], seconds: float) -> dict[str, object]:
    """Where the time went, in seconds. Airflow's own cost is the run's wall time in which no step worked."""
    tasks = {t.name: t for t in outcome.tasks if t.seconds is not None}
    working = [
        (t.ended - timedelta(seconds=steps[name]), t.ended) for name, t in tasks.items() if name in steps and t.ended
    ]
    return {
        "seconds": seconds,
        "dag_wall_s": outcome.wall_s,
        "airflow_own_s": None if outcome.wall_s is None else outcome.wall_s - covered_seconds(working),
        "airflow_start_s": max(airflow.timings.values(), default=None),
        "steps_s": steps,
        "airflow_per_task_s": {name: (t.seconds or 0.0) - steps.get(name, 0.0) for name, t in tasks.items()},
    }


def _show(card: Scorecard, folder: Path, facts: dict[str, object], media: DemoInterview) -> None:
    say = Strings(media.language)
    out.print(card_view(card, say("terminal.ai_title", seconds=f"{media.duration_s:.0f}"), media.language))
    out.print(f"[dim]{media.description.text(media.language)}[/]", highlight=False)
    out.print(say("terminal.report", path=folder / f"report.{media.language}.html"), highlight=False)
    out.print(say("terminal.report_beside"), highlight=False)
    if facts["dag_wall_s"] is None:
        out.print(f"[yellow]{say('terminal.waits')}[/] {say('terminal.waits_next')}")
        return
    err.print(
        f"DAG run {facts['dag_wall_s']:.1f} s (Airflow's own share {facts['airflow_own_s']:.1f} s); "
        f"all in all {facts['seconds']:.1f} s.",
        style="dim",
    )
    out.print("[dim]`make up` keeps this system running.[/]")
