"""Peak memory of a long recording against a short one, each evaluated in a process of its own."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import psutil

from benchmarks.clips import interview_clip, looped
from include.settings import PROJECT_ROOT, Settings

SHORT_MIN, LONG_MIN = 3.0, 30.0
QUICK_LONG_MIN = 9.0
CHILD = "benchmarks.memory"
SAMPLE_S = 0.1


def run(settings: Settings, *, quick: bool = False) -> dict[str, Any]:
    """Peak resident memory (MiB) of the evaluating process with its children, for both lengths."""
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


class _Peak(threading.Thread):
    """The peak resident memory of this process and all its children together, sampled in a thread.

    Sampled, because getrusage's maximum of a new process includes what its parent held before the exec.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.bytes = 0
        self._ended = threading.Event()

    def run(self) -> None:
        own = psutil.Process()
        while not self._ended.wait(SAMPLE_S):
            held = own.memory_info().rss
            for child in own.children(recursive=True):
                with contextlib.suppress(psutil.NoSuchProcess):
                    held += child.memory_info().rss
            self.bytes = max(self.bytes, held)

    def end(self) -> float:
        """Stop sampling and return the peak in MiB."""
        self._ended.set()
        self.join()
        return self.bytes / 2**20


def _measure(clip: Path) -> None:
    from include.interview.assessment.openings import general_opening
    from include.settings import load_settings
    from tasks.ephemeral import evaluate_files

    peak = _Peak()
    peak.start()
    one = evaluate_files([clip], general_opening("en"), load_settings(), language="en", with_reports=False)
    sys.stdout.write(json.dumps({"peak_mib": peak.end(), "seconds": one.seconds["whole"]}) + "\n")


if __name__ == "__main__":
    _measure(Path(sys.argv[1]))
