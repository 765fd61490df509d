"""Peak memory of a long recording against a short one, each evaluated in a process of its own."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.clips import interview_clip, looped
from include.settings import PROJECT_ROOT, Settings

SHORT_MIN, LONG_MIN = 3.0, 30.0
QUICK_LONG_MIN = 9.0
CHILD = "benchmarks.memory"


def run(settings: Settings, *, quick: bool = False) -> dict[str, Any]:
    """Peak resident memory (MiB) of the evaluating process and its largest child, for both lengths."""
    clip = interview_clip(settings)
    folder = settings.home / "demo" / "media"
    long_min = QUICK_LONG_MIN if quick else LONG_MIN
    short = _peak(looped(clip, SHORT_MIN, folder / f"bench-{SHORT_MIN:g}min.mp4"))
    long = _peak(looped(clip, long_min, folder / f"bench-{long_min:g}min.mp4"))
    return {
        "short_min": SHORT_MIN,
        "long_min": long_min,
        "short_peak_mib": short["peak_mib"],
        "long_peak_mib": long["peak_mib"],
        "ratio": long["peak_mib"] / short["peak_mib"],
        "short_s": short["seconds"],
        "long_s": long["seconds"],
        "targets": {"ratio": "≤ 1.2"},
    }


def _peak(clip: Path) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", CHILD, str(clip)], capture_output=True, text=True, check=True, cwd=PROJECT_ROOT
    )
    return json.loads(done.stdout.splitlines()[-1])


def _measure(clip: Path) -> None:
    from include.interview.openings import general_opening
    from include.settings import load_settings
    from tasks.sessions import evaluate_files

    one = evaluate_files([clip], general_opening("en"), load_settings(), language="en", with_reports=False)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    sys.stdout.write(json.dumps({"peak_mib": (own + child) / 1024, "seconds": sum(one.seconds.values())}) + "\n")


if __name__ == "__main__":
    _measure(Path(sys.argv[1]))
