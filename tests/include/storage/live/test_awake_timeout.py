"""A starved process does not take itself for an answerer that is away; one that is away is told in time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.storage.live.awake_timeout import STEP_S, AwakeTimeout
from tests.support.virtual_time import VirtualTimeLoop, now

pytestmark = pytest.mark.unit


def on_virtual_time(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(work())


def starve(seconds: float) -> None:
    """The process does not run for `seconds`: its loop stands in the middle of a callback."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop)
    loop.now += seconds


@asynccontextmanager
async def starved_after(at_s: float, seconds: float) -> AsyncIterator[None]:
    handle = asyncio.get_running_loop().call_later(at_s, starve, seconds)
    yield
    handle.cancel()


@given(limit=st.floats(0.01, 60.0))
def test_who_does_not_answer_is_told_after_the_limit(limit: float) -> None:
    async def work() -> None:
        with pytest.raises(TimeoutError):
            async with AwakeTimeout(limit):
                await asyncio.Event().wait()
        assert now() == pytest.approx(limit)

    on_virtual_time(work)


@given(limit=st.floats(0.5, 10.0), share=st.floats(0.05, 0.8), starved=st.floats(0.0, 600.0))
def test_time_in_which_the_process_did_not_run_uses_nothing_up(limit: float, share: float, starved: float) -> None:
    async def work() -> None:
        answered = asyncio.Event()
        # It came in the middle of the stretch, and is read when the loop runs again.
        asyncio.get_running_loop().call_later(share * limit + starved, answered.set)
        async with starved_after(share * limit / 2, starved), AwakeTimeout(limit + STEP_S):
            await answered.wait()

    on_virtual_time(work)


def test_an_ordinary_limit_would_have_ended() -> None:
    async def work() -> None:
        answered = asyncio.Event()
        asyncio.get_running_loop().call_later(4.0, answered.set)
        with pytest.raises(TimeoutError):
            async with starved_after(0.1, 5.0), asyncio.timeout(2.0):
                await answered.wait()

    on_virtual_time(work)


def test_a_starved_process_still_tells_who_does_not_answer() -> None:
    async def work() -> None:
        with pytest.raises(TimeoutError):
            async with starved_after(0.1, 5.0), AwakeTimeout(2.0):
                await asyncio.Event().wait()
        assert now() == pytest.approx(5.1 + 2.0, abs=STEP_S)

    on_virtual_time(work)


def test_an_answer_in_time_leaves_no_timer_behind() -> None:
    async def work() -> None:
        async with AwakeTimeout(2.0):
            await asyncio.sleep(1.0)
        await asyncio.sleep(5.0)
        assert now() == pytest.approx(6.0)

    on_virtual_time(work)
