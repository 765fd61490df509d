"""Wall time of the whole in-process evaluation, of the bare models and of the usual recipe, in alternation."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import jiwer

from benchmarks.clips import interview_clip, mono_audio, sampled_frames
from benchmarks.recipe import UsualRecipe, bare_speech, bare_vision
from include.settings import Settings

FLOOR_CORES = 2
"""The floor is the bare models' processor time, perfectly spread over two cores."""
COMPARED = ("present_share", "hands_visible_share")
SHARE_TOLERANCE = 0.03
"""Shares of time at 5 frames per second may differ by this much from those counted on every frame."""
WER_TOLERANCE = 0.02
"""Word error rate may lie this much above that of the recogniser's defaults."""


def _evaluate(clip: Path, settings: Settings) -> tuple[float, str, dict[str, float], dict[str, float | None]]:
    """Wall seconds from the stored recording to the card, what was heard, seconds per step, and shares seen."""
    from include.interview.assessment.openings import general_opening
    from tasks.ephemeral import evaluate_files

    one = evaluate_files([clip], general_opening("en"), settings, language="en", with_reports=False)
    values = {m.name: m.value for channel in one.measurements for m in channel.measures}
    shares = {name: values[name] for name in COMPARED}
    return one.seconds["whole"], " ".join(u.text for u in one.transcript.utterances), one.seconds, shares


def run(settings: Settings, *, quick: bool = False) -> dict[str, Any]:
    """Median seconds over rounds (`floor_s`, `ours_s`, `recipe_s`), their ratios per round, and word error rates.

    `floor_s` is the bare models' processor time spread perfectly over two cores. The first evaluation, which loads the
    models, is not counted.
    """
    from tasks.evaluation.engines import engines

    clip = interview_clip(settings)
    rounds = 1 if quick else 3
    with tempfile.TemporaryDirectory() as folder:
        audio = mono_audio(clip, settings, Path(folder))
        frames = sampled_frames(clip, settings)
        recipe = UsualRecipe(settings)
        _evaluate(clip, settings)  # warm imports and models, as the figure asks
        rows = []
        for _ in range(rounds):
            speech_s = bare_speech(audio, engines(settings).speech)
            vision_s = bare_vision(frames, settings)
            ours_s, ours_text, steps, ours_saw = _evaluate(clip, settings)
            recipe_s, recipe_text, recipe_saw = recipe.run(clip, audio)
            floor_s = (speech_s + vision_s) / FLOOR_CORES
            rows.append(
                {
                    "bare_speech_s": speech_s,
                    "bare_vision_s": vision_s,
                    "floor_s": floor_s,
                    "ours_s": ours_s,
                    "recipe_s": recipe_s,
                    "ours_to_floor": ours_s / floor_s,
                    "recipe_to_ours": recipe_s / ours_s,
                }
            )
    figures = {name: statistics.median(row[name] for row in rows) for name in rows[0]}
    reference = _script(settings)
    return {
        **figures,
        "rounds": rounds,
        "frames": len(frames),
        "wer_ours": _wer(reference, ours_text),
        "wer_recipe": _wer(reference, recipe_text),
        "ours_saw": ours_saw,
        "recipe_saw": recipe_saw,
        "steps_s": steps,
        "targets": {
            "ours_to_floor": "≤ 1.2",
            "recipe_to_ours": "≥ 5",
            "wer_ours": f"≤ wer_recipe + {WER_TOLERANCE}",
            "ours_saw": f"within ± {SHARE_TOLERANCE} of recipe_saw",
        },
    }


def _script(settings: Settings) -> str:
    from cli.demo.video import build_demo_interview

    made = build_demo_interview(settings.models_dir, settings.home / "demo" / "media", "en")
    return " ".join(e.answer for e in made.exchanges)


def _wer(reference: str, heard: str) -> float:
    plain = jiwer.Compose([jiwer.ToLowerCase(), jiwer.RemovePunctuation(), jiwer.RemoveMultipleSpaces(), jiwer.Strip()])
    return jiwer.wer(plain(reference), plain(heard))


def timed(work: Any, rounds: int) -> float:
    """Median seconds of `work()` over `rounds` calls."""
    spans = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        spans.append(time.perf_counter() - started)
    return statistics.median(spans)
