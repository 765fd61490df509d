"""What a browser's WebSockets carried, held against docs/asyncapi.yaml: the pages are clients like any other."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.support.wire_schemas import check_client, check_server

TEXT_FRAME = 1
"""Opcode of a text frame (RFC 6455, section 5.2)."""
CHECKS = {"Network.webSocketFrameReceived": check_server, "Network.webSocketFrameSent": check_client}


def record_frames(options: Any) -> None:
    """Have Chromium keep what its WebSockets carry, beside what pages write into its console."""
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    options.add_experimental_option("perfLoggingPrefs", {"enableNetwork": True, "enablePage": False})


def check_frames(driver: Any) -> Counter[str]:
    """Check every text frame since the last call; returns how many of each type there were, sent and received.

    Raises:
        KeyError: a message of an unknown type. jsonschema.ValidationError: one that is not as described.
    """
    seen: Counter[str] = Counter()
    for method, data in _text_frames(driver):
        CHECKS[method](data)
        seen[json.loads(data)["type"]] += 1
    return seen


def _text_frames(driver: Any) -> Iterator[tuple[str, str]]:
    for entry in driver.get_log("performance"):
        event = json.loads(entry["message"])["message"]
        if event["method"] in CHECKS and event["params"]["response"]["opcode"] == TEXT_FRAME:
            yield event["method"], event["params"]["response"]["payloadData"]
