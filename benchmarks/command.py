"""The command line of both benchmark commands: run what was chosen, show tables, write JSON after each."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from include.settings import Settings, load_settings


def rows(values: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """The figures as (name, text), nested ones with dotted names."""
    found: list[tuple[str, str]] = []
    for name, value in values.items():
        if isinstance(value, dict):
            found += rows(value, f"{prefix}{name}.")
        else:
            found.append((f"{prefix}{name}", f"{value:.3f}" if isinstance(value, float) else str(value)))
    return found


def choose(prog: str, description: str, names: Sequence[str]) -> argparse.Namespace:
    """The options of the command line: `quick`, `only` (names, or None for all) and `json`."""
    parser = argparse.ArgumentParser(prog=prog, description=description)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("--only", action="append", choices=names, help="one benchmark (repeatable)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    return parser.parse_args()


def measure(
    asked: argparse.Namespace,
    names: Sequence[str],
    package: str,
    result: Path,
    around: Callable[[], AbstractContextManager[None]] = nullcontext,
    settings: Settings | None = None,
) -> None:
    """Run `package.NAME.run` for each name, one after the other, and write the results as JSON.

    The JSON keeps what earlier runs found of what was not chosen, and each tells when it was measured.

    Args:
        around: makes what each benchmark runs in.
    """
    os.environ.setdefault("PYANNOTE_METRICS_ENABLED", "0")
    settings = settings or load_settings()
    machine = {"cores": os.cpu_count(), "python": platform.python_version()}
    earlier = json.loads(result.read_text(encoding="utf-8")) if asked.only and result.is_file() else {}
    results: dict[str, Any] = {**earlier, "machine": machine}
    console = Console()
    for name in asked.only or names:
        if not asked.json:
            console.print(f"[bold]{name}[/] …")
        began, at = time.monotonic(), time.strftime("%Y-%m-%d %H:%M")
        with around():
            found = importlib.import_module(f"{package}.{name}").run(settings, quick=asked.quick)
        took_s = round(time.monotonic() - began, 1)
        results[name] = {**found, "quick": asked.quick, "measured": at, "took_s": took_s}
        result.parent.mkdir(exist_ok=True)
        result.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        if not asked.json:
            table = Table("figure", "value", title=name)
            for row in rows(results[name]):
                table.add_row(*row)
            console.print(table)
    if asked.json:
        sys.stdout.write(json.dumps(results, indent=2, ensure_ascii=False) + "\n")
    else:
        console.print(f"JSON: {result}")
