"""`python -m benchmarks.live` (`make bench-live`): measure live interviews, print tables, write JSON."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import sys
import time
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.__main__ import rows
from include.settings import PROJECT_ROOT, load_settings

NAMES = ("one_stream", "edge", "resume", "drain", "quiet", "capacity", "endurance")
RESULT = PROJECT_ROOT / "out" / "bench-live.json"


def main() -> None:
    """Run the chosen benchmarks one after the other; the JSON keeps what earlier runs of others found."""
    parser = argparse.ArgumentParser(prog="make bench-live", description=main.__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("--only", action="append", choices=NAMES, help="one benchmark (repeatable)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    asked = parser.parse_args()
    os.environ.setdefault("PYANNOTE_METRICS_ENABLED", "0")
    settings = load_settings()
    results: dict[str, Any] = {"machine": {"cores": os.cpu_count(), "python": platform.python_version()}}
    if asked.only and RESULT.is_file():
        results = {**json.loads(RESULT.read_text(encoding="utf-8")), **results}
    console = Console()
    for name in asked.only or NAMES:
        if not asked.json:
            console.print(f"[bold]{name}[/] …")
        began = time.monotonic()
        found = importlib.import_module(f"benchmarks.live.{name}").run(settings, quick=asked.quick)
        results[name] = {**found, "quick": asked.quick, "took_s": round(time.monotonic() - began, 1)}
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        if not asked.json:
            table = Table("figure", "value", title=name)
            for row in rows(results[name]):
                table.add_row(*row)
            console.print(table)
    if asked.json:
        sys.stdout.write(json.dumps(results, indent=2, ensure_ascii=False) + "\n")
    else:
        console.print(f"JSON: {RESULT}")


if __name__ == "__main__":
    main()
