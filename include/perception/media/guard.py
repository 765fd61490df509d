"""The parent's side of decoding: a confined child process, read under a deadline.

Every way in which a recording can fail becomes one sentence with a cause and a remedy.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from include.interview.errors import BadMedia, TriviewError
from include.perception.media import wire
from include.perception.media.containers import ACCEPTED, SNIFF_BYTES, container_of
from include.settings import PROJECT_ROOT, Limits

BASE_SECONDS = 60.0
"""Wall and processor time granted to any decode, on top of the share of the recording's length."""

_PIPE_BYTES = 1 << 20
"""Room for one sampled frame in the pipe, so that the child can decode on while a detector works."""

_MAX_MESSAGE_BYTES = 1 << 26
"""More than any sampled picture or second of sound has."""

_READ_BYTES = 1 << 18

_EXPORT_AGAIN = "Export the recording again as MP4 (H.264/AAC) or WebM and upload it once more."
_UPLOAD_AGAIN = "Upload the complete file once more."

_SENTENCES: dict[str, tuple[str, str]] = {
    "missing": ("The recording's file cannot be opened.", "Check that the upload was completed."),
    "empty": ("The recording is empty (0 bytes).", _UPLOAD_AGAIN),
    "bytes": (
        "The recording has {size} bytes; at most {limit} are accepted.",
        "Upload a smaller or shorter recording.",
    ),
    "unknown_container": ("The file is not a recording this system knows.", f"Accepted are {ACCEPTED}."),
    "no_index": (
        "The recording cannot be opened: its index is missing or damaged, as after an interrupted upload.",
        _UPLOAD_AGAIN,
    ),
    "undecodable": ("The recording is damaged: nothing in it can be decoded.", _EXPORT_AGAIN),
    "codec": ("The recording uses a codec this system does not know.", _EXPORT_AGAIN),
    "no_streams": (
        "The file has neither a video nor an audio track.",
        f"Accepted are {ACCEPTED} with sound or picture.",
    ),
    "streams": ("The recording has {streams} streams; at most {limit} are accepted.", _EXPORT_AGAIN),
    "pixels": (
        "The picture has {width} × {height} pixels; at most {limit} pixels are accepted.",
        "Export the recording at a lower resolution.",
    ),
    "too_long": ("The recording is {seconds} s long; at most {limit} s are accepted.", "Split or shorten it."),
    "too_short": ("The recording is {seconds} s long; at least {limit} s are needed.", "Record the answer again."),
    "memory": ("Decoding the recording needs more memory than is allowed.", "Export it at a lower resolution."),
    "timeout": ("Decoding the recording took longer than is allowed.", _EXPORT_AGAIN),
    "crashed": ("The decoder broke down on this recording (signal {signal}).", _EXPORT_AGAIN),
}


def bad_media(code: str, **detail: Any) -> BadMedia:
    """The error for `code`, with the stable code `bad_media.<code>` and `detail` filled into its sentence."""
    cause, remedy = _SENTENCES[code]
    return BadMedia(cause.format(**detail), remedy, code=f"bad_media.{code}")


class DecoderFault(TriviewError):
    """The decoding child failed by a fault of its own, not of the recording."""

    code = "decoder_fault"


def check_file(path: Path, limits: Limits) -> tuple[int, str]:
    """Size in bytes and container name of the file at `path`.

    Raises:
        BadMedia: it cannot be opened, is empty, too large, or no known container.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(SNIFF_BYTES)
    except OSError as error:
        raise bad_media("missing") from error
    if size == 0:
        raise bad_media("empty")
    if size > limits.max_bytes:
        raise bad_media("bytes", size=size, limit=limits.max_bytes)
    container = container_of(head)
    if container is None:
        raise bad_media("unknown_container")
    return size, container


def _child_environment() -> dict[str, str]:
    """Only what the interpreter needs: no key or password of ours reaches the process that parses the file."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "LANG") if name in os.environ}
    return {**kept, "PYTHONPATH": str(PROJECT_ROOT), "MALLOC_ARENA_MAX": "2", "OMP_NUM_THREADS": "1"}


class Decoding:
    """One run of the decoding child, as an iterator of (message kind, body); `account` holds its final message.

    Only the time spent waiting for the child counts against `seconds`: a slow reader is not its fault.
    Closing early (leaving the `with` block) ends the child.

    Raises:
    BadMedia: the recording is refused by `check_file`, or turns out undecodable or over a limit while it is read.
    DecoderFault: the child failed by a fault of its own.
    """

    def __init__(self, path: Path, mode: str, limits: Limits, seconds: float, **job: Any) -> None:
        size_and_container = check_file(path, limits)
        self.account: dict[str, Any] = {}
        self._seconds = BASE_SECONDS + seconds
        order = {
            "mode": mode,
            "container": size_and_container[1],
            "memory_bytes": limits.decode_memory_bytes,
            "cpu_seconds": int(self._seconds),
            "max_pixels": limits.max_pixels,
            "max_streams": limits.max_streams,
            **job,
        }
        with path.open("rb") as recording:
            self._child = subprocess.Popen(
                [sys.executable, "-B", "-s", "-m", "include.perception.media.decoder", json.dumps(order)],
                stdin=recording,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=_child_environment(),
                cwd="/",
                close_fds=True,
            )
        assert self._child.stdout is not None  # noqa: S101 — PIPE was asked for
        self._pipe = self._child.stdout.fileno()
        with contextlib.suppress(OSError):  # an unprivileged user may be over the system's pipe allowance
            fcntl.fcntl(self._pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)

    def __enter__(self) -> Decoding:
        return self

    def __exit__(self, *_: object) -> None:
        if self._child.poll() is None:
            self._child.kill()
        self._child.wait()
        for pipe in (self._child.stdout, self._child.stderr):
            if pipe is not None:
                pipe.close()

    def __iter__(self) -> Iterator[tuple[bytes, bytearray]]:
        while True:
            kind, length = wire.HEADER.unpack(self._exactly(wire.HEADER.size))
            if length > _MAX_MESSAGE_BYTES:  # the child parses hostile files: it is not believed either
                raise bad_media("crashed", signal=0)
            body = self._exactly(length)
            if kind == wire.DONE:
                self.account = json.loads(body)
                return
            if kind == wire.REFUSED:
                refusal = json.loads(body)
                raise bad_media(refusal["code"], **refusal["detail"])
            yield kind, body

    def _exactly(self, length: int) -> bytearray:
        data = bytearray(length)
        view = memoryview(data)
        while view:
            before = time.monotonic()
            ready, _, _ = select.select([self._pipe], [], [], max(0.0, self._seconds))
            self._seconds -= time.monotonic() - before
            if not ready:
                raise bad_media("timeout")
            got = os.readv(self._pipe, [view[:_READ_BYTES]])
            if got == 0:
                raise self._breakdown()
            view = view[got:]
        return data

    def _breakdown(self) -> Exception:
        """The child's pipe closed without a last word: its exit status says why."""
        assert self._child.stderr is not None  # noqa: S101 — PIPE was asked for
        complaint = os.read(self._child.stderr.fileno(), _READ_BYTES).decode(errors="replace")
        status = self._child.wait()
        if -status in (signal.SIGXCPU, signal.SIGKILL):
            return bad_media("timeout")
        if status < 0:
            return bad_media("crashed", signal=-status)
        return DecoderFault(complaint.strip().rpartition("\n")[2])
