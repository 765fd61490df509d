"""The recordings the benchmarks run on: made on this machine, so that they are the same everywhere."""

from __future__ import annotations

import subprocess
from pathlib import Path

from include.settings import PROJECT_ROOT, Settings

SHARED_MEDIA = PROJECT_ROOT.parent / "shared" / "media"
"""Real recordings that may lie beside the project; benchmarks that need them say so when they are absent."""


def interview_clip(settings: Settings) -> Path:
    """A minute of interview: a real face (public test sequence), two synthetic voices, built once."""
    from cli.demo.video import build_demo_interview
    from include.model_fetching import fetch

    fetch(["product", "demo"], settings.models_dir)
    return build_demo_interview(settings.models_dir, settings.home / "demo" / "media", "en").path


def looped(clip: Path, minutes: float, target: Path) -> Path:
    """`clip` repeated to a recording of `minutes`, without decoding it again."""
    if not target.exists():
        command = ["ffmpeg", "-v", "error", "-y", "-stream_loop", "-1", "-i", str(clip), "-t", str(minutes * 60)]
        part = target.with_suffix(".part.mp4")
        subprocess.run([*command, "-c", "copy", "-movflags", "+faststart", str(part)], check=True)
        part.replace(target)
    return target


def sampled_frames(clip: Path, settings: Settings) -> list[tuple[float, object]]:
    """The frames that the product samples from `clip`: (seconds, uint8 RGB picture of shape (height, width, 3))."""
    from include.perception.media import probe, sample_frames

    facts = probe(clip, settings.limits)
    return [(f.time_s, f.image) for f in sample_frames(clip, facts, settings.limits)]


def mono_audio(clip: Path, settings: Settings, folder: Path) -> Path:
    """The 16 kHz mono PCM that the product takes from `clip`.

    Raises:
    ValueError: the clip has no sound.
    """
    from include.perception.media import prepare, probe

    facts = probe(clip, settings.limits)
    done = prepare(clip, facts, folder, settings.limits, lambda *_: None)
    if done.audio_file is None:
        raise ValueError("The benchmark clip has no sound.")
    return folder / done.audio_file
