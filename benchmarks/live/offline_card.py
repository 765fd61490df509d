"""From the end of a live session to Airflow's offline card, and where the time goes, in what `./triview up` starts.

Sessions are held in real time, one after the other, each alone. Airflow's own times of every task are laid along the
longest path of the run: the task whose end the next one waited for. Of each task on it the time is divided into waiting
(scheduled and queued, before its process began), the step itself, and Airflow's share of the process (start, imports,
the task's context, writing the state). Beside it stands the processor time of the task's process until its step ended:
it does not depend on what else the machine does.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from benchmarks.live.clips import RATE, Clip, joined, speech_clips
from benchmarks.live.system import Meter, System, stream, system
from cli.local import AirflowRest, TaskState
from include.interview.stages import LiveStage, flow_of
from include.settings import Settings
from tasks.live.handover import live_run_id

LENGTHS_S = (20.0, 97.0)
"""Lengths of the sessions whose cards were found late: 67 s and 89 s after their end."""
RUN_TIMEOUT_S = 300.0
STAGE: LiveStage = "practical"


def run(settings: Settings, *, quick: bool = False) -> dict[str, Any]:
    """Seconds from a session's end to both cards, and of each task; the first session finds everything cold."""
    english = tuple(c for c in speech_clips(settings) if c.language == "en")
    long = joined(english, "long", settings, least_s=max(LENGTHS_S))
    clips = [Clip(f"{length:.0f}_s", "en", long.pcm[: round(length * RATE)], None, ()) for length in LENGTHS_S]
    return asyncio.run(_hold_all(settings, clips[:1] if quick else clips))


async def _hold_all(settings: Settings, clips: Sequence[Clip]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    async with system(settings, with_airflow=True) as ours:
        for clip in clips:
            found[clip.name] = await _one(ours, clip)
    return found


async def _one(ours: System, clip: Clip) -> dict[str, Any]:
    session = await ours.session(clip.language)
    heard = await stream(session, clip, end=True)
    if heard.error:
        return {"error": heard.error}
    ended, meter = datetime.now(UTC), Meter(ours.processes())
    figures = await asyncio.to_thread(_follow, ours, session.made.session_id, ended)
    return {**figures, "processor_s": round(meter.processor_s(), 1), "load": round(os.getloadavg()[0], 1)}


def _follow(ours: System, session_id: str, ended: datetime) -> dict[str, Any]:
    assert ours.airflow is not None
    dag_id, run_id = flow_of(STAGE).dag_id, live_run_id(STAGE, session_id)
    with ours.airflow.rest() as rest:
        _await_run(rest, dag_id, run_id)
        published = _Published(ours, session_id)
        answer = _answering(rest, dag_id, run_id)

        def look(tasks: tuple[TaskState, ...]) -> None:
            answer(tasks)
            published.look()

        outcome = rest.wait(dag_id, run_id, look, timeout_s=RUN_TIMEOUT_S)
        published.look()
        run_ = rest.run(dag_id, run_id)
        rows = [_row(rest, dag_id, run_id, task) for task in outcome.tasks]
    queued = datetime.fromisoformat(run_["queued_at"])
    last = max(row["ended"] for row in rows if row["ended"])
    path = _longest_path(rows)
    return {
        "state": outcome.state,
        "card_after_s": _seconds(ended, published.at) if published.at else None,
        "run_over_after_s": _seconds(ended, last),
        "run_queued_after_s": _seconds(ended, queued),
        "waiting_s": round(sum(row["waiting_s"] for row in path), 1),
        "steps_s": round(sum(row["step_s"] for row in path), 1),
        "processor_on_path_s": round(sum(row["processor_s"] for row in path), 1),
        "processes_s": round(sum(row["process_s"] for row in path), 1),
        "tasks": {row["name"]: " ".join(f"{k[:-2]} {row[k]:.1f}" for k in _SHOWN) for row in path},
        "beside": [row["name"] for row in rows if row not in path],
    }


class _Published:
    """When the interview was first seen to be published, as whoever waits for its card asks."""

    def __init__(self, ours: System, session_id: str) -> None:
        self._ours, self._session_id = ours, session_id
        self.at: datetime | None = None

    def look(self) -> None:
        """Ask, until it is."""
        if self.at is None and self._ours.stores.interviews.get(self._session_id).status == "published":
            self.at = datetime.now(UTC)


_SHOWN = ("waiting_s", "process_s", "step_s", "processor_s")


def _await_run(rest: AirflowRest, dag_id: str, run_id: str) -> None:
    deadline = time.monotonic() + RUN_TIMEOUT_S
    path = f"/api/v2/dags/{quote(dag_id)}/dagRuns/{quote(run_id)}"
    while rest.request("GET", path).is_error:
        if time.monotonic() > deadline:
            raise TimeoutError(f"No run {run_id} came.")
        time.sleep(0.2)


def _answering(rest: AirflowRest, dag_id: str, run_id: str):
    """Answers the review at once, so that no person's time is in the figures."""

    def answer(tasks: tuple[TaskState, ...]) -> None:
        if any(t.task_id == "review" and t.state == "awaiting_input" for t in tasks):
            rest.answer_review(dag_id, run_id, "publish", "evidence_supports_card")

    return answer


def _row(rest: AirflowRest, dag_id: str, run_id: str, task: TaskState) -> dict[str, Any]:
    """One task: when it began and ended, and the seconds of its step and of the process around it."""
    step = rest.step_seconds(dag_id, run_id, task) or 0.0
    return {
        "name": task.name,
        "started": task.started,
        "ended": task.ended,
        "step_s": step,
        "processor_s": rest.processor_seconds(dag_id, run_id, task) or 0.0,
        "process_s": max(0.0, (task.seconds or 0.0) - step),
        "waiting_s": 0.0,
    }


def _longest_path(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """From the last task back: each one's predecessor is the latest that had ended when it began."""
    done = [row for row in rows if row["started"] and row["ended"]]
    path = [max(done, key=lambda row: row["ended"])]
    while before := [row for row in done if row["ended"] <= path[0]["started"]]:
        latest = max(before, key=lambda row: row["ended"])
        path[0]["waiting_s"] = _seconds(latest["ended"], path[0]["started"])
        path.insert(0, latest)
    return path


def _seconds(start: datetime, end: datetime) -> float:
    return round((end - start).total_seconds(), 1)
