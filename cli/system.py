"""`./triview demo|up|bench|compose-test|docs`: the system as a whole."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.console import out
from cli.options import Json, check_language


def demo(
    language: Annotated[str, typer.Option("--language", help="Language of the demo interview: en or ko.")] = "en",
    as_json: Json = False,
) -> None:
    """Run an interview through a real local Airflow, then a live one, and rank three applicants; show what comes out.

    Everything is embedded (SQLite, local Chroma, encrypted local files) and lies below .triview/demo. The interview
    is a public test sequence with a synthetic voice reading an interview written for the demo.
    """
    from cli.demo.run import run_demo

    run_demo(check_language(language), as_json=as_json)


def up(as_json: Json = False) -> None:
    """Keep the local system running: Airflow with all its parts. Prints addresses and the password; Ctrl-C stops it.

    TRIVIEW_LIVE_PORT and TRIVIEW_WEB_PORT choose the ports of pages and Airflow, else 8090 and 8080 or free ones.
    """
    from cli.serve import serve

    serve(as_json=as_json)


def bench(
    quick: Annotated[bool, typer.Option("--quick", help="Fewer repetitions, shorter recordings.")] = False,
    only: Annotated[list[str] | None, typer.Option("--only", help="Names of single benchmarks.")] = None,
    as_json: Json = False,
) -> None:
    """Measure speed, memory and accuracy on this machine; prints a table and writes JSON."""
    arguments = [
        *(["--quick"] if quick else []),
        *(f"--only={name}" for name in only or []),
        *(["--json"] if as_json else []),
    ]
    done = subprocess.run([sys.executable, "-m", "benchmarks", *arguments], check=False)
    raise typer.Exit(done.returncode)


def bench_live(
    quick: Annotated[bool, typer.Option("--quick", help="Shorter runs; some figures then say less.")] = False,
    only: Annotated[list[str] | None, typer.Option("--only", help="Names of single benchmarks.")] = None,
    as_json: Json = False,
) -> None:
    """Measure live interviews on this machine, beside whisper-live and whisperlivekit; a table and JSON."""
    arguments = [
        *(["--quick"] if quick else []),
        *(f"--only={name}" for name in only or []),
        *(["--json"] if as_json else []),
    ]
    done = subprocess.run([sys.executable, "-m", "benchmarks.live", *arguments], check=False)
    raise typer.Exit(done.returncode)


def compose_test(
    base: Annotated[str | None, typer.Option("--base", help="Image to build on: a Debian 12 with Python 3.11.")] = None,
    faults: Annotated[bool, typer.Option("--faults/--no-faults", help="Harm it while it works.")] = True,
    keep: Annotated[bool, typer.Option("--keep", help="Leave it running at the end.")] = False,
    file: Annotated[Path | None, typer.Option("--out", help="Write the results there as JSON as well.")] = None,
    as_json: Json = False,
) -> None:
    """Build and start the composed system, work with it through a proxy with TLS, harm it, and take it down.

    Needs Docker with its compose command, or podman and podman-compose. TRIVIEW_COMPOSE names the compose command,
    TRIVIEW_COMPOSE_BUILD options that builds need on this machine, such as `--network host`.
    """
    from cli.compose.run import compose_test as run

    results = run(base=base, faults=faults, keep=keep, as_json=as_json, out=file)
    if not results.ok:
        raise typer.Exit(1)


def docs(
    check: Annotated[bool, typer.Option("--check", help="Only compare; exit code 1 on a difference.")] = False,
) -> None:
    """Generate docs/DAGS.md from the DAGs' own manuals."""
    done = subprocess.run([sys.executable, "-m", "cli.dag_docs", *(["--check"] if check else [])], check=False)
    if done.returncode == 0:
        out.print("docs/DAGS.md is up to date.")
    raise typer.Exit(done.returncode)
