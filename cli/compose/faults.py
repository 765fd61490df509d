"""What is done to the running system while it works, and what must be true afterwards: the same card, nothing lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np

from cli.compose.journey import Journey, LiveFigures
from cli.compose.results import Results
from cli.compose.system import ComposedSystem
from include.gateway_client.socket import LiveClient
from include.interview.errors import ServiceFailure

AT_WORK = "airflow worker -- "
"""How Airflow titles the process of a step."""
Harm = Callable[[ComposedSystem], float]


class Fault(msgspec.Struct, frozen=True):
    """`harm` is done while the worker runs a heavy step; it returns seconds until all is up again."""

    what: str
    harm: Harm


def _killed(service: str) -> Harm:
    def harm(system: ComposedSystem) -> float:
        system.kill(service)
        return system.wait_up(service)

    return harm


def _restarted(service: str) -> Harm:
    def harm(system: ComposedSystem) -> float:
        system.restart(service)
        return system.wait_up(service)

    return harm


FAULTS = (
    Fault("kill -9 of the worker during a heavy step", _killed("worker")),
    Fault("Redis restarted during a heavy step", _restarted("redis")),
    Fault("MySQL restarted during a heavy step", _restarted("mysql")),
)


def points_of(card: dict[str, Any]) -> dict[str, Any]:
    """What makes two cards of one recording the same: the total, and the points of each criterion."""
    each = {
        one.get("criterion") or one.get("criterion_id") or one.get("id"): one.get("points") for one in card["criteria"]
    }
    return {"total": card.get("total"), **each}


async def at_work(system: ComposedSystem) -> str:
    """Return once the worker's container runs a step.

    Raises:
        ServiceFailure: none began in time.
    """
    for _ in range(900):
        listed = await asyncio.to_thread(system.engine.run, "top", system.container("worker"), "args", check=False)
        for line in listed.stdout.splitlines():
            if line.startswith(AT_WORK):
                return line
        await asyncio.sleep(0.2)
    raise ServiceFailure("The worker began no step.", system.engine.tail(system.container("worker")))


async def harmed_interview(
    system: ComposedSystem, journey: Journey, recording: bytes, expected: dict[str, Any], fault: Fault, results: Results
) -> None:
    """One interview of the same recording with `fault` in the middle; its card must be `expected`."""
    with results.step("fault", fault.what) as step:
        await journey.again()
        candidate = await journey.candidate(fault.what)
        interview = await journey.upload(candidate, recording)
        await at_work(system)
        seconds = await asyncio.to_thread(fault.harm, system)
        card = await journey.card(interview)
        same = points_of(card) == points_of(expected)
        step.observed = (
            f"up again after {seconds:.0f} s; card {'the same' if same else 'ANOTHER: ' + str(points_of(card))}"
        )
        if not same:
            raise ServiceFailure("The card is another one.", str(points_of(expected)))


async def harmed_session(
    system: ComposedSystem, journey: Journey, samples: np.ndarray, speed: float, expected: LiveFigures, results: Results
) -> None:
    """A live session of the same sound, in the middle of which the gateway that has its socket is killed."""

    async def midway(client: LiveClient) -> None:
        before = client.figures.connections
        for service in ("gateway", "gateway-2"):
            await asyncio.to_thread(system.kill, service)
            await asyncio.to_thread(system.wait_up, service)
            if client.figures.connections > before:
                return

    with results.step("fault", "kill -9 of the gateway that has a live session's socket") as step:
        await journey.again()
        candidate = await journey.candidate("gateway killed")
        seen = await journey.live(candidate, samples, speed, midway)
        heard, undisturbed = seen.words.split(), expected.words.split()
        words = "the same" if heard == undisturbed else f"{len(heard)} for {len(undisturbed)}"
        step.observed = (
            f"{seen.connections} connections, {seen.dropped_samples} samples lost, words {words}, "
            f"total {seen.total} (undisturbed {expected.total})"
        )
        if seen.dropped_samples or seen.connections < 2:
            raise ServiceFailure("The session did not survive unharmed.", step.observed)
