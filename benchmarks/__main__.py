"""`python -m benchmarks` (`make bench`): run the benchmarks, print a table, write JSON."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import sys
from typing import Any

from rich.console import Console
from rich.table import Table

from include.perception.vision.native_log import native_chatter_hushed
from include.settings import PROJECT_ROOT, load_settings

NAMES = ("accuracy", "evaluation", "judging", "memory", "orchestration")
RESULT = PROJECT_ROOT / "out" / "bench.json"


def rows(values: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """The figures as (name, text), nested ones with dotted names."""
    found: list[tuple[str, str]] = []
    for name, value in values.items():
        if isinstance(value, dict):
            found += rows(value, f"{prefix}{name}.")
        else:
            found.append((f"{prefix}{name}", f"{value:.3f}" if isinstance(value, float) else str(value)))
    return found


def main() -> None:
    """Run the chosen benchmarks one after the other; the JSON is written after each, so nothing is lost."""
    parser = argparse.ArgumentParser(prog="make bench", description=main.__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, shorter recordings")
    parser.add_argument("--only", action="append", choices=NAMES, help="one benchmark (repeatable)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    asked = parser.parse_args()
    os.environ.setdefault("PYANNOTE_METRICS_ENABLED", "0")
    settings = load_settings()
    from tasks.installation import prepare_home

    prepare_home(settings)
    results: dict[str, Any] = {"machine": {"cores": os.cpu_count(), "python": platform.python_version()}}
    console = Console()
    for name in asked.only or NAMES:
        if not asked.json:
            console.print(f"[bold]{name}[/] …")
        with native_chatter_hushed():
            results[name] = importlib.import_module(f"benchmarks.{name}").run(settings, quick=asked.quick)
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
