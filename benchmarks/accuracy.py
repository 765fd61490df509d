"""Character and word error rates on real recordings beside the project, whose texts are public."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

import jiwer

from benchmarks.clips import SHARED_MEDIA, mono_audio
from include.settings import Settings

JFK = "And so, my fellow Americans, ask not what your country can do for you, ask what you can do for your country."


def plain(text: str) -> str:
    """`text` in lower case without punctuation; what error rates are counted on."""
    return " ".join(re.sub(r"[^\w\s]", " ", text.lower()).split())


def korean_texts(readme: str) -> dict[str, str]:
    """Reference texts by file name, from the README beside the recordings."""
    return {m[1]: m[2] for m in re.finditer(r"^ko/(\S+\.wav): (.+)$", readme, re.MULTILINE)}


def run(settings: Settings, *, quick: bool = False) -> dict[str, Any]:  # noqa: ARG001 - the same in both
    """Error rates by recording: `cer_NAME` of the Korean ones and `wer_jfk.flac` of the English one, as shares.

    Only `skipped` with the reason where the recordings do not lie beside the project.
    """
    from include.perception.speech import SpeechModels, open_waveform, transcribe

    if not SHARED_MEDIA.is_dir():
        return {"skipped": "no recordings lie in ../shared/media"}
    models = SpeechModels(settings.models_dir, settings.cores)

    def heard(path: Path) -> str:
        with tempfile.TemporaryDirectory() as folder:
            audio = open_waveform(mono_audio(path, settings, Path(folder)))
            return " ".join(u.text for u in transcribe(audio, models).transcript.utterances)

    found: dict[str, Any] = {}
    texts = korean_texts((SHARED_MEDIA / "README.md").read_text(encoding="utf-8"))
    for name, reference in sorted(texts.items()):
        hypothesis = plain(heard(SHARED_MEDIA / "ko" / name)).replace(" ", "")
        found[f"cer_{name}"] = jiwer.cer(plain(reference).replace(" ", ""), hypothesis)
    found["wer_jfk.flac"] = jiwer.wer(plain(JFK), plain(heard(SHARED_MEDIA / "jfk.flac")))
    return {**found, "targets": {"cer": "≤ 0.12"}}
