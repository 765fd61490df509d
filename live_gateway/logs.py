"""Logs as JSON lines: what happened and codes; never what somebody said, wrote or is called."""

from __future__ import annotations

import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

import msgspec

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
LAST_FRAMES = 12


class JsonLines(logging.Formatter):
    """One JSON object per record. Of exceptions only type and places: their texts may repeat what somebody wrote."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON without a line break; of an exception the last `LAST_FRAMES` places."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        line |= {name: value for name, value in vars(record).items() if name not in _STANDARD}
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__qualname__
            frames = traceback.extract_tb(record.exc_info[2])
            line["frames"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-LAST_FRAMES:]]
        return msgspec.json.encode(line, enc_hook=repr).decode()


def configure_logs(level: str = "INFO") -> None:
    """Send everything to standard output as JSON lines; chatty libraries only from WARNING on."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ("httpx", "httpcore", "asyncio", "faster_whisper", "alembic", "litestar"):
        logging.getLogger(name).setLevel(logging.WARNING)
