"""The decoding child process: `python -m include.perception.media.decoder JOB` with the recording on stdin.

It gives up every privilege it can before it looks at the first byte: no network protocol and no file can be
opened by the demuxer (only `fd:` is allowed), nothing can be written to disk (RLIMIT_FSIZE 0), memory and
processor time are bounded, and as root it becomes `nobody`. It imports PyAV and nothing else heavy.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import resource
import sys
from typing import Any

import av
import av.error
import av.logging
import av.subtitles.codeccontext  # PyAV would load these at the first subtitle track, when no file can be read any more
import av.subtitles.stream

from include.perception.media import decode_frames, decode_probe, decode_sound
from include.perception.media.decode_open import memory_short
from include.perception.media.wire import DONE, REFUSED, Outlet, Refusal

_NOBODY = 65534
_PR_SET_NO_NEW_PRIVS = 38
"""prctl(2): an exec can never gain privileges again."""

_STATUS_BYTES = 65_536

_MODES = {
    "probe": decode_probe.probe,
    "sound": decode_sound.decode,
    "frames": decode_frames.sample,
}


def _confine(memory_bytes: int, cpu_seconds: int) -> bool:
    """Bind this process to its limits; True when root's rights (if any) were given up."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 5))
    ctypes.CDLL(None).prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if os.geteuid() != 0:
        return True
    try:
        os.setgroups([])
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)
    except OSError:
        return False  # a container without CAP_SETUID; the closing message says so
    return True


def _refusal_of(error: av.error.FFmpegError) -> Refusal:
    if error.errno == errno.ENOMEM:
        return Refusal("memory")
    return Refusal("undecodable", reason=type(error).__name__)


def _peak_rss_bytes(status: int) -> int:
    """Peak resident memory of this program, from its /proc status file, opened while files still could be.

    getrusage would count what the parent held before the exec.
    """
    text = os.pread(status, _STATUS_BYTES, 0).decode("ascii", "replace")
    return next(int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("VmHWM:"))


def main(argument: str) -> int:
    """Run one job (a JSON object); returns the exit status: 0 done, 3 refused, 4 the parent closed the pipe."""
    job: dict[str, Any] = json.loads(argument)
    outlet = Outlet(os.dup(1))
    status = os.open("/proc/self/status", os.O_RDONLY)
    os.dup2(2, 1)  # whatever native code prints must not get between the messages
    av.logging.set_level(None)
    dropped = _confine(int(job["memory_bytes"]), int(job["cpu_seconds"]))
    try:
        account = _MODES[job["mode"]](job, outlet)
        outlet.send_json(DONE, {**account, "confined": dropped, "peak_rss_bytes": _peak_rss_bytes(status)})
    except BrokenPipeError:
        return 4
    except Refusal as refusal:
        memory = refusal.code == "undecodable" and memory_short(job)
        outlet.send_json(REFUSED, {"code": "memory" if memory else refusal.code, "detail": refusal.detail})
        return 3
    except MemoryError:
        outlet.send_json(REFUSED, {"code": "memory", "detail": {}})
        return 3
    except av.error.FFmpegError as error:
        answer = _refusal_of(error)
        outlet.send_json(REFUSED, {"code": answer.code, "detail": answer.detail})
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
