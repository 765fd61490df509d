"""`./triview live`: a live interview from a sound file, live through a real gateway, then evaluated offline."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.live import Live
from rich.text import Text

from cli.cards import card_view, comparison_view
from cli.console import bars, err, out, print_json
from cli.model_files import fetch_with_bars
from cli.options import Json, OpeningFile, Out, ProfileOption, check_choice, check_profile, read_opening
from include.interview.intake.identifiers import safe_stem
from include.interview.live import wire
from include.interview.stages import LIVE_STAGES, LiveStage
from include.reporting.exports import export_folder, write_export
from include.settings import load_settings

if TYPE_CHECKING:
    from include.gateway_client.rest import GatewayRest, NewSession
    from include.interview.records import Opening
    from tasks.live.results import LiveResult

FASTEST = 8.0
COLOURS = {"candidate": "cyan", "interviewer": "magenta"}


def live(
    sound: Annotated[
        Path, typer.Argument(help="The interview: one microphone, or one each on two channels (interviewer first).")
    ],
    opening: OpeningFile = None,
    stage: Annotated[str, typer.Option("--stage", help="Which interview it is: practical or executive.")] = "practical",
    language: Annotated[str, typer.Option("--language", help="Language spoken: ko or en.")] = "en",
    profile: ProfileOption = "standard",
    speed: Annotated[float, typer.Option("--speed", help=f"Times real time, up to {FASTEST:g}.")] = 1.0,
    out_dir: Out = Path("out"),
    as_json: Json = False,
) -> None:
    """Hold SOUND as a live interview of a stage and show transcript, live card and offline card.

    Everything real runs: Redis, the gateway, streaming speech, live feedback, then the steps of the offline DAG in this
    process. By running this you attest that the candidate consented under the profile. Nothing remains but what is
    written to OUT.
    """
    if not 0 < speed <= FASTEST:
        check_choice(f"{speed:g}", (f"a number up to {FASTEST:g}",), "--speed")
    spoken = check_choice(language, ("ko", "en"), "--language")
    held: LiveStage = check_choice(stage, LIVE_STAGES, "--stage")  # type: ignore[assignment]  # one of the table's
    check_profile(profile)
    chosen = read_opening(opening, spoken)
    fetch_with_bars(["product"], quiet=as_json)
    shown, found, reports = _run(sound, chosen, held, spoken, profile, speed, quiet=as_json)
    folder = out_dir / f"{safe_stem(sound.name)}-live"
    export_folder(folder)
    for name, data in reports.items():
        write_export(folder / name, data)
    if as_json:
        print_json(
            {
                "transcript": shown.lines,
                "live": found.live,
                "offline": found.offline,
                "comparison": found.comparison,
                "report": str(folder),
            }
        )
        return
    if found.live is not None:
        out.print(card_view(found.live, "live card", spoken))
    if found.offline is not None:
        out.print(card_view(found.offline, "offline card", spoken))
        out.print(comparison_view(found.comparison, found.offline, spoken))
    out.print(f"report: {folder / 'report.ko.html'} · report.en.html · PDF beside them", markup=False)


def _run(
    sound: Path, opening: Opening, stage: LiveStage, language: str, profile: str, speed: float, *, quiet: bool
) -> tuple[TerminalTranscript, LiveResult, dict[str, bytes]]:
    from cli.live_from_file import CONSENT_TEXT, await_hand_over, hold, prepare, read_sound
    from cli.local.gateway import LocalGateway
    from cli.local.redis import LocalRedis
    from include.interview.assessment.policy import load_profile
    from tasks.ephemeral import passing_stores
    from tasks.evaluation.context import StepContext
    from tasks.evaluation.publish import stored_reports
    from tasks.live.in_process import evaluate_session, publish_session
    from tasks.live.record import live_record_of
    from tasks.live.results import live_result

    with ExitStack() as running:
        scratch = Path(running.enter_context(tempfile.TemporaryDirectory()))
        samples, channels, note = read_sound(sound, scratch)
        if note and not quiet:
            err.print(note, markup=False)
        stores, own = running.enter_context(passing_stores(load_settings()))
        candidate, login, password = prepare(stores, opening, "live")
        with bars(quiet=quiet) as shown:
            progress = shown.of("gateway")
            progress(0.1, "starting")
            redis = running.enter_context(LocalRedis(own.home))
            gateway = LocalGateway(
                own,
                redis.url,
                progress=progress,
                more={
                    "TRIVIEW_MAX_AHEAD_S": str(30 + len(samples) / wire.SAMPLE_RATE * max(0.0, speed - 1)),
                    # Two channels tell speakers apart by themselves; loading what diarizes takes some ten seconds.
                    "TRIVIEW_DIARIZATION": "off" if channels == 2 else "on",
                },
            )
            running.enter_context(gateway)

        async def new(rest: GatewayRest) -> NewSession:
            session = await rest.create_session(
                candidate, opening.id, language=language, profile=profile, microphones="shared", stage=stage
            )
            consent = stores.consents.grant(candidate, session.session_id, load_profile(profile).purposes, CONSENT_TEXT)
            return msgspec.structs.replace(session, consent_id=consent.id)

        with TerminalTranscript(quiet=quiet) as transcript:
            session_id = asyncio.run(
                hold(gateway.url, login, password, new, samples, channels, speed=speed, listen=transcript.take)
            )
        await_hand_over(lambda: live_record_of(stores, session_id) is not None, gateway.check)
        with bars(quiet=quiet) as shown:
            context = StepContext(stores, own, session_id)
            publish_session(context, evaluate_session(context, shown.of))
        return transcript, live_result(stores, session_id), stored_reports(stores, session_id)


class TerminalTranscript:
    """The conversation as it is heard: finals as lines, the current partial below them on a terminal."""

    def __init__(self, *, quiet: bool = False, partials: bool = True) -> None:
        self.lines: list[dict[str, object]] = []
        self._quiet = quiet
        self._shows_partials = partials and not quiet and err.is_terminal
        self._partials: dict[str, Text] = {}
        self._live = Live(console=err, transient=True, auto_refresh=False)

    def __enter__(self) -> TerminalTranscript:
        if self._shows_partials:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live.is_started:
            self._live.stop()

    def take(self, message: wire.ServerMessage) -> None:
        """Show one message of the session: a final, a partial, or what ends it."""
        if isinstance(message, wire.TranscriptFinal):
            self._partials.pop(message.utt, None)
            self.lines.append(
                {
                    "utt": message.utt,
                    "at_ms": message.start_ms,
                    "speaker": message.speaker,
                    "text": message.text,
                }
            )
            self._line(message.start_ms, message.speaker, message.text, COLOURS.get(message.role, "white"))
        elif isinstance(message, wire.SpeakerUpdate):
            for line in self.lines:
                if line.get("utt") in message.utts:
                    line["speaker"] = message.speaker
        elif isinstance(message, wire.TranscriptPartial) and self._live.is_started:
            shown = Text(f"      {message.stable} ", "white")
            shown.append(message.unstable, "dim")
            self._partials = {message.utt: shown}
            self._live.update(Text("\n").join(self._partials.values()), refresh=True)
        elif isinstance(message, wire.QuestionSuggested):
            self._note(f"could ask: {message.text}  ({message.why})", "green")
        elif isinstance(message, wire.Feedback) and message.audience != "candidate" and message.kind != "keyword":
            self._note(message.text or f"{message.kind}: {message.value}", "yellow")

    def _line(self, at_ms: int, speaker: str, text: str, colour: str) -> None:
        if not self._quiet:
            at = f"{at_ms // 60000}:{at_ms // 1000 % 60:02d}"
            err.print(Text.assemble((f"{at:>5} ", "dim"), (f"{speaker:<12}", colour), text))

    def _note(self, text: str, colour: str) -> None:
        if not self._quiet:
            err.print(Text.assemble(("      · ", "dim"), (text, colour)))
