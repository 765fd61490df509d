"""Whether a part of Airflow has lately shown a sign of life, for the checks of containers: exit status 0 when it has.

Asked of the api-server, which reads the heartbeats: `airflow jobs check` loads all of Airflow for the same answer, ten
seconds of a core a minute and part. Needs nothing but Python.
"""

from __future__ import annotations

import json
import sys
import urllib.request

HEALTH = "http://api-server:8080/api/v2/monitor/health"
ANSWER_S = 20.0


def lives(part: str, url: str = HEALTH) -> bool:
    """True when Airflow calls `part` (scheduler, dag_processor, triggerer) healthy.

    Raises:
        OSError: the api-server does not answer.
    """
    with urllib.request.urlopen(url, timeout=ANSWER_S) as answer:  # noqa: S310 - an address of our own
        found = json.load(answer)
    return bool(found.get(part, {}).get("status") == "healthy")


if __name__ == "__main__":
    sys.exit(0 if lives(sys.argv[1]) else 1)
