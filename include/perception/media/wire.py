"""The messages of the decoding child to its parent: one pipe; a kind byte, a length and a body each."""

from __future__ import annotations

import json
import os
import struct
from typing import Any

HEADER = struct.Struct("<cI")
"""Kind (one byte) and length of the body in bytes."""

FRAME = struct.Struct("<dII")
"""Head of a picture's body: recording time in seconds, width, height; then width × height RGB triples."""

FACTS = b"J"
"""JSON object: what probing found, or the closing account of a decode."""
PICTURE = b"F"
SOUND = b"A"
"""16-bit little-endian samples at the job's rate, the channels of a moment beside each other."""
SILENCE = b"S"
"""JSON object {"at", "samples"}: samples the recording has no audio for."""
DONE = b"D"
"""JSON object: the child ended as it should."""
REFUSED = b"E"
"""JSON object {"code", "detail"}: the child will not or cannot decode this recording."""


class Refusal(Exception):
    """The recording breaks a limit or cannot be decoded; `code` names a sentence in `guard.py`."""

    def __init__(self, code: str, **detail: float | str) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


class Outlet:
    """The child's end of the pipe; a parent that went away ends the child by BrokenPipeError."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def send(self, kind: bytes, *body: bytes | memoryview) -> None:
        """Write one message of `kind`; the parts of `body` are joined.

        Raises:
            BrokenPipeError: the parent is gone.
        """
        self._write(HEADER.pack(kind, sum(len(part) for part in body)))
        for part in body:
            self._write(part)

    def send_json(self, kind: bytes, content: dict[str, Any]) -> None:
        """Write one message of `kind` whose body is `content` as a JSON object.

        Raises:
            BrokenPipeError: the parent is gone.
        """
        self.send(kind, json.dumps(content).encode())

    def _write(self, data: bytes | memoryview) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._descriptor, view) :]
