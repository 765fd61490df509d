"""A filter for the log lines of native libraries that loses nothing that matters.

MediaPipe 1.2 and TensorFlow Lite print to file descriptor 2 directly and offer no switch for it (their log
sink adds to the printing, it does not replace it). While pictures are observed, descriptor 2 is a pipe whose
reader drops the known informational lines and passes every other line on at once.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_CHATTER = re.compile(
    rb"^(?:[IW]\d{4} [\d:.]+ +\d+ \S+\.(?:cc|cpp|h):\d+\]"  # absl information and warnings
    rb"|[IW]\d{4} \d\d:\d\d:\d\d[\d.]* +\d+ \S+\]"
    rb"|WARNING: Logging before InitGoogle\(\)"
    rb"|WARNING: All log messages before absl::InitializeLog\(\)"
    rb"|INFO: Created TensorFlow Lite)"
)
_END = b"\x00end of native log\x00\n"
_STDERR = 2

_lock = threading.Lock()
_users = 0
_saved = -1
_pump: threading.Thread | None = None


def _forward(source: int, target: int) -> None:
    with os.fdopen(source, "rb", buffering=0) as pipe:
        rest = b""
        while chunk := pipe.read(65536):
            rest += chunk
            *lines, rest = rest.split(b"\n")
            for line in lines:
                if line + b"\n" == _END:
                    return
                if not _CHATTER.match(line):
                    os.write(target, line + b"\n")


def _install() -> None:
    global _saved, _pump
    _saved = os.dup(_STDERR)
    source, sink = os.pipe()
    os.dup2(sink, _STDERR)
    os.close(sink)
    _pump = threading.Thread(target=_forward, args=(source, _saved), name="native-log", daemon=True)
    _pump.start()


def _remove() -> None:
    global _saved, _pump
    # the closing line, not the end of the pipe, ends the pump: a process started meanwhile may hold the pipe
    os.write(_STDERR, _END)
    if _pump is not None:
        _pump.join()
    os.dup2(_saved, _STDERR)
    os.close(_saved)
    _saved, _pump = -1, None


@contextmanager
def native_chatter_hushed() -> Iterator[None]:
    """Within the block, known informational lines of native code are kept off standard error."""
    global _users
    with _lock:
        if _users == 0:
            _install()
        _users += 1
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            if _users == 0:
                _remove()
