"""One stream: delays of the first text, of speech.end and of finals, and error rates against the offline pass.

In two conditions: the gateway alone with transcription only, and in what `./triview up` starts, with Airflow idle,
feedback on, and one microphone whose voices are told apart.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any

from benchmarks.live.clips import Clip, as_waveform, speech_clips
from benchmarks.live.scoring import (
    Heard,
    error_rate,
    final_delays,
    first_text_delays,
    last_word_delays,
    percentile,
)
from benchmarks.live.system import stream, system
from include.settings import Settings

TARGETS = {
    "first_partial_p95_s": "≤ 1.0",
    "final_p50_s": "≤ 0.8",
    "final_p95_s": "≤ 1.5",
    "points_above_offline": "≤ 2.0",
}
ONLY_SPEECH = {"TRIVIEW_DIARIZATION": "off", "TRIVIEW_FEEDBACK": "off"}


def offline_text(clip: Clip, settings: Settings) -> str:
    """The text that the offline pass recognises in `clip`."""
    from include.perception.speech import SpeechModels, transcribe

    models = SpeechModels(settings.models_dir, settings.cores)
    found = transcribe(as_waveform(clip.pcm), models, language=clip.language)
    return " ".join(u.text for u in found.transcript.utterances)


def summary(pairs: list[tuple[Clip, Heard]]) -> dict[str, Any]:
    """Delays in seconds over all stretches of all streams, with counts of what never became final."""
    first = [d for clip, heard in pairs for d in first_text_delays(clip, heard)]
    final = [d for clip, heard in pairs for d in final_delays(clip, heard)]
    known = [d for d in final if d is not None]
    words = [d for clip, heard in pairs for d in last_word_delays(clip, heard) if d is not None]
    ends = [arrived - end for _, heard in pairs for arrived, end in heard.ends]
    return {
        "stretches": len(final),
        "never_final": sum(d is None for d in final),
        "first_partial_p50_s": percentile(first, 50),
        "first_partial_p95_s": percentile(first, 95),
        "speech_end_p50_s": percentile(ends, 50),
        "final_p50_s": percentile(known, 50),
        "final_p95_s": percentile(known, 95),
        "last_word_p50_s": percentile(words, 50),
        "last_word_p95_s": percentile(words, 95),
        "gaps": sum(heard.gaps for _, heard in pairs),
        "errors": [heard.error for _, heard in pairs if heard.error],
    }


def run(settings: Settings, *, quick: bool = False) -> dict[str, Any]:
    """Delays in seconds and error rates (live and offline) of every clip, sent one after the other, speech only.

    `local_system`: delays of the same clips in what `./triview up` starts. `load`: of the machine, in both conditions.
    """
    clips = speech_clips(settings)
    clips = clips[:2] if quick else clips
    pairs = asyncio.run(_stream_all(settings, clips, more=ONLY_SPEECH))
    load = round(os.getloadavg()[0], 1)
    around = summary(asyncio.run(_stream_all(settings, clips, with_airflow=True)))
    whole = {"local_system": {**around, "load": round(os.getloadavg()[0], 1)}, "load": load}
    rates: dict[str, Any] = {}
    worst = 0.0
    for clip, heard in pairs:
        offline = offline_text(clip, settings)
        reference = clip.reference or offline
        live, base = error_rate(reference, heard.text, clip.language), error_rate(reference, offline, clip.language)
        rates[clip.name] = {
            "live": round(live, 4),
            "offline": round(base, 4),
            "reference": "text" if clip.reference else "offline",
        }
        if clip.reference:
            worst = max(worst, 100 * (live - base))
    found = {"error_rates": rates, "points_above_offline": round(worst, 2), "targets": TARGETS}
    return {"clips": [c.name for c, _ in pairs], **summary(pairs), **whole, **found}


async def _stream_all(
    settings: Settings, clips: tuple[Clip, ...], *, more: dict[str, str] | None = None, with_airflow: bool = False
) -> list[tuple[Clip, Heard]]:
    async with system(settings, more=more, with_airflow=with_airflow) as ours:
        return [(clip, await stream(await ours.session(clip.language), clip)) for clip in clips]
