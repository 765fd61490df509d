"""`./triview compose-test`: everything in order, and what was seen as a table and as JSON."""

from __future__ import annotations

import asyncio
import json
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import numpy as np

from cli.compose.engine import find_engine
from cli.compose.faults import FAULTS, harmed_interview, harmed_session, points_of
from cli.compose.images import build_images
from cli.compose.journey import Journey
from cli.compose.results import Results, show
from cli.compose.system import ComposedSystem
from cli.console import print_json
from cli.demo.live_audio import build_demo_session
from cli.demo.video import build_demo_interview
from cli.live_from_file import read_sound
from cli.model_files import fetch_with_bars
from include.settings import PROJECT_ROOT, load_settings

SPEED = 2.0
"""Times real time of the live session."""


def compose_test(*, base: str | None, faults: bool, keep: bool, as_json: bool, out: Path | None) -> Results:
    """Build, start, use, harm and remove the composed system. Results are shown also when something failed.

    Raises:
        ServiceFailure, BadInput: what did not work; the table says after what.
    """
    settings, results = load_settings(), Results()
    folder = settings.home / "compose-test"
    try:
        engine = find_engine()
        results.engine = " ".join(engine.compose)
        fetch_with_bars(["product", "demo"], quiet=as_json)
        with results.step("build", "images"):
            images = build_images(engine, PROJECT_ROOT, results.say, base)
        media = folder / "media"
        recording = build_demo_interview(settings.models_dir, media, "en").path.read_bytes()
        sound = build_demo_session(media, "en")
        with TemporaryDirectory() as scratch:
            samples = read_sound(sound, Path(scratch)).samples
        system = ComposedSystem(engine, PROJECT_ROOT, folder, images, results.say, keep=keep)
        with ExitStack() as running:
            with results.step("start", "whole system, to healthy") as step:
                running.enter_context(system)
                step.observed = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in system.seconds.items())
            asyncio.run(_work(system, recording, samples, results, faults=faults))
    finally:
        if out is not None:
            out.write_text(json.dumps(msgspec.to_builtins(results), ensure_ascii=False, indent=2) + "\n", "utf-8")
        print_json(results) if as_json else show(results)
    return results


async def _work(
    system: ComposedSystem, recording: bytes, samples: np.ndarray, results: Results, *, faults: bool
) -> None:
    async with Journey(system.url, system.tls(), system.secret("triview_first_password")) as journey:
        with results.step("journey", "login, opening, two candidates"):
            await journey.login()
            await journey.make_opening()
            first, second = await journey.candidate("first"), await journey.candidate("second")
        with results.step("journey", "AI interview: REST, proxy, Airflow, Celery worker, card") as step:
            interview = await journey.upload(first, recording)
            card = await journey.card(interview)
            step.observed = str(points_of(card))
        with results.step("journey", f"live practical session at {SPEED:g} × real time, two gateways") as step:
            live = await journey.live(second, samples, SPEED)
            step.observed = f"{len(live.words.split())} words, total {live.total}, {live.dropped_samples} samples lost"
        with results.step("journey", "the session's offline card") as step:
            offline = await journey.card(live.session_id)
            step.observed = f"total {offline.get('total')}"
        with results.step("journey", "ranking, and its report as html, pdf, xlsx, csv") as step:
            await journey.again()
            await journey.rank()
            step.observed = str(await journey.reports())
        if faults:
            for fault in FAULTS:
                await harmed_interview(system, journey, recording, card, fault, results)
            await harmed_session(system, journey, samples, SPEED, live, results)
