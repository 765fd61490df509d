"""A live session held from a sound file, as `./triview live` and the demo do it in place of two microphones."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from include.gateway_client.rest import GatewayRest, NewSession
from include.gateway_client.socket import LiveClient
from include.interview.errors import BadMedia, ServiceFailure
from include.interview.live import wire
from include.interview.records import Opening
from include.storage import Stores
from tasks.administration import new_password

CONSENT_TEXT = "attested-on-command-line"
RATE = wire.SAMPLE_RATE
LONGEST_S = 2 * 3600
TAIL_S = 1.0
"""Silence after the file, so that its last word ends."""

HAND_OVER_S = 180.0
"""A finished session of hours is stored in seconds; Airflow takes a run within a few tries."""
LOOK_S = 0.1

Listener = Callable[[wire.ServerMessage], None]


class FileSound(NamedTuple):
    """`samples`: int16 at 16 kHz, (n,) of one channel or (n, 2); `note`: why a file of several channels became one."""

    samples: np.ndarray
    channels: int
    note: str = ""


def read_sound(path: Path, scratch: Path) -> FileSound:
    """The sound of any audio file ffmpeg reads, as a live session takes it.

    Two channels stay two when each has a microphone of its own. Copies of one microphone (equal, scaled, delayed,
    inverted), a silent channel, and more than two channels become one.

    Raises:
        BadMedia: the file is missing, has no sound, cannot be decoded, or leaves the candidate's channel empty (code
            "candidate_channel_empty"). ServiceFailure: there is no ffmpeg.
    """
    from include.perception.media.preparing import MAX_CHANNELS

    if not path.is_file():
        raise BadMedia("The sound file does not exist.", "Check the path.", code="no_file")
    channels = _channels(path)
    channels = channels if channels <= MAX_CHANNELS else 1
    target = scratch / "session.s16"
    command = ["ffmpeg", "-v", "error", "-y", "-t", str(LONGEST_S), "-i", str(path), "-vn", "-map", "0:a:0"]
    form = ["-ac", str(channels), "-ar", str(RATE), "-c:a", "pcm_s16le", "-f", "s16le"]
    done = subprocess.run([*command, *form, str(target)], capture_output=True, text=True, check=False)
    if done.returncode or not target.is_file():
        raise BadMedia("The sound file cannot be decoded.", "Send a WAV, FLAC, MP3 or video file with sound.")
    samples = np.fromfile(target, "<i2")
    if len(samples) < channels:
        raise BadMedia("The sound file holds no sound.", "Record it again.", code="empty_file")
    return arranged(samples.reshape(-1, channels))


def arranged(frames: np.ndarray) -> FileSound:
    """int16 (n, c) as a live session takes it. Raises BadMedia as `read_sound`."""
    from include.perception.media.likeness import levels
    from include.perception.media.mixing import mono, plan

    if frames.shape[1] == 1:
        return FileSound(frames[:, 0], 1)
    mix = plan(frames)
    found = mix.found
    if frames.shape[1] == 2 and len(found.own) == 2:
        return FileSound(frames, 2)
    if frames.shape[1] == 2 and not found.copies and found.own == (0,) and not levels(frames[:, :1])[0].silent:
        raise BadMedia(
            "The second channel, the candidate's, carries nothing of its own; everything is on the interviewer's.",
            "If one microphone heard both, send the first channel as a mono file; otherwise look for the candidate's.",
            code="candidate_channel_empty",
        )
    samples = np.concatenate(list(mono(frames, mix)))
    if frames.shape[1] > 2:
        return FileSound(samples, 1, f"{frames.shape[1]} channels: heard as one microphone in the room.")
    why = "Both channels carry the same sound" if found.copies else "The first channel is empty"
    return FileSound(samples, 1, f"{why}: heard as one microphone in the room.")


def _channels(path: Path) -> int:
    command = ["ffprobe", "-v", "error", "-select_streams", "a:0", "-show_entries", "stream=channels", "-of", "csv=p=0"]
    try:
        done = subprocess.run([*command, str(path)], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise ServiceFailure("There is no ffmpeg.", "Run `make setup`.") from None
    first = done.stdout.strip().splitlines()[:1]
    if done.returncode or not first:
        raise BadMedia("The file has no sound.", "Send a recording with an audio track.", code="no_audio")
    return int(first[0].strip(",") or 1)


def prepare(stores: Stores, opening: Opening, candidate_name: str) -> tuple[str, str, str]:
    """Store the opening, a candidate with all consents, and a passing interviewer: (candidate id, login, password)."""
    stores.openings.put(opening)
    candidate = stores.candidates.create(candidate_name)
    login, password = f"live-{candidate.id[:8]}", new_password()
    stores.accounts.create(login, password, "interviewer")
    return candidate.id, login, password


def await_hand_over(reached: Callable[[], bool], alive: Callable[[], None]) -> None:
    """Return once `reached()`; `alive` raises when what must bring it about has ended.

    Raises:
        ServiceFailure: it did not come within `HAND_OVER_S`.
    """
    deadline = time.monotonic() + HAND_OVER_S
    while not reached():
        alive()
        if time.monotonic() > deadline:
            raise ServiceFailure(
                f"The session was not handed over within {HAND_OVER_S:.0f} s.", "Look at the gateway's log."
            )
        time.sleep(LOOK_S)


async def hold(
    gateway_url: str,
    login: str,
    password: str,
    new: Callable[[GatewayRest], Awaitable[NewSession]],
    samples: np.ndarray,
    channels: int,
    *,
    speed: float = 1.0,
    listen: Listener | None = None,
    progress: Callable[[float, str], None] = lambda *_: None,
) -> str:
    """Create a session by `new(rest)`, send `samples` at `speed` times real time, end it, and return its id.

    Raises:
        SessionClosed: the gateway closed for good. BadInput, ServiceFailure: it refused or failed.
    """
    async with GatewayRest(gateway_url) as rest:
        await rest.login(login, password)
        session = await new(rest)
        return await _hold(rest, session, samples, channels, speed, listen, progress)


async def _hold(
    rest: GatewayRest,
    session: NewSession,
    samples: np.ndarray,
    channels: int,
    speed: float,
    listen: Listener | None,
    progress: Callable[[float, str], None],
) -> str:
    async def ticket() -> str:
        return await rest.ticket(session.session_id)

    client = LiveClient(session.socket_url, ticket, session.consent_id or "", channels=channels, on_message=listen)  # type: ignore[arg-type]
    silence = np.zeros((round(TAIL_S * RATE), *samples.shape[1:]), np.int16)
    pcm = np.concatenate([samples, silence]).astype("<i2").tobytes()
    width = 2 * channels
    async with client:
        await client.wait_ready()
        playing = asyncio.create_task(client.play(pcm, speed))
        while not playing.done():
            await asyncio.wait({playing}, timeout=0.5)
            progress(0.95 * client.ring.end * width / len(pcm), "talking")
        await playing
        await client.end()
        await client.wait_for(wire.Result)
    progress(1.0, "ended")
    return session.session_id
