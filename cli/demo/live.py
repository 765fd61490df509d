"""The demo's second part: a short live interview through a real gateway, handed over to Airflow like any other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal

import msgspec

from cli.cards import card_view, comparison_view
from cli.console import out
from cli.live import TerminalTranscript
from cli.local.gateway import LocalGateway
from cli.options import read_opening
from cli.session import local_stores
from include.interview.stages import flow_of
from include.reporting.strings import Strings
from include.settings import Settings
from tasks.live.results import LiveResult

if TYPE_CHECKING:
    from include.gateway_client.rest import GatewayRest, NewSession

SPEED = 4.0
"""Times real time: declared on the terminal. One stream leaves most of two cores idle at 1."""
GATEWAY_OPTIONS = {"TRIVIEW_MAX_AHEAD_S": "600", "TRIVIEW_DIARIZATION": "off"}
"""Sound may run ahead as far as SPEED lets it; two channels need no telling apart of voices."""
CONSENT_TEXT = "demo-synthetic-voice"


def hold_demo_session(
    settings: Settings,
    gateway: LocalGateway,
    sound: Path,
    language: Literal["ko", "en"],
    follow: Callable[[str, str, dict[str, str]], object],
) -> LiveResult:
    """Hold the session, let `follow(dag_id, run_id, conf)` wait for its evaluation, and return both cards.

    Whoever runs the demo is its reviewer too: when a rule asks for a person, the live card is shown as such.
    """
    from cli.live_from_file import await_hand_over, hold, prepare, read_sound
    from include.interview.assessment.policy import load_profile
    from include.interview.live import wire
    from tasks.live.handover import live_run_id
    from tasks.live.results import live_result

    with local_stores(settings) as (stores, _), TemporaryDirectory() as scratch:
        samples, channels, _ = read_sound(sound, Path(scratch))
        opening = read_opening(None)
        candidate, login, password = prepare(stores, opening, "Live demo")

        async def new(rest: GatewayRest) -> NewSession:
            session = await rest.create_session(
                candidate, opening.id, language=language, profile="standard", microphones="shared"
            )
            purposes = load_profile("standard").purposes
            consent = stores.consents.grant(candidate, session.session_id, purposes, CONSENT_TEXT)
            return msgspec.structs.replace(session, consent_id=consent.id)

        seconds = len(samples) / wire.SAMPLE_RATE
        out.print(f"\n[dim]A live interview of {seconds:.0f} s at {SPEED:g} times real time:[/]")
        transcript = TerminalTranscript(partials=False)
        session_id = asyncio.run(
            hold(gateway.url, login, password, new, samples, channels, speed=SPEED, listen=transcript.take)
        )
        await_hand_over(lambda: stores.live_sessions.get(session_id).dag_run_id is not None, gateway.check)
        follow(flow_of("practical").dag_id, live_run_id("practical", session_id), {"interview_id": session_id})
        return live_result(stores, session_id, reviewing=True)


def show_demo_session(found: LiveResult, language: str) -> None:
    """Both cards and their comparison."""
    say = Strings(language)
    if found.live is not None:
        out.print(card_view(found.live, say("terminal.live_title"), language))
    if found.offline is not None:
        out.print(comparison_view(found.comparison, found.offline, language))
    else:
        why = say("terminal.waits") if found.state == "review" else say("terminal.not_published", state=found.state)
        out.print(f"[yellow]{why}[/] {say('terminal.waits_next')}")
