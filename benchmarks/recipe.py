"""The two comparisons: the bare models on the same input (the floor), and the recipe most such systems use."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np

from include.settings import Settings

DETECTORS = ("face", "body", "hands")


def bare_vision(frames: list[tuple[float, Any]], settings: Settings) -> float:
    """Processor seconds that the three detectors alone take for `frames` (seconds, uint8 RGB), one after the other."""
    import mediapipe

    from include.perception.vision import Detectors

    models = Detectors(settings.models_dir)
    images = [(mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=image), at) for at, image in frames]
    total = 0.0
    for name in DETECTORS:
        with models.start(name, expression=True) as detector:
            started = time.process_time()
            for image, at in images:
                detector._landmarker.detect_for_video(image, round(at * 1000))
            total += time.process_time() - started
    return total


def bare_speech(audio: Path, models: Any) -> float:
    """Processor seconds of VAD, encoder, decoder and alignment for the product's own windows, one after the other.

    Where the product diarizes, the bare pipeline call is part of it.
    """
    from include.perception.speech import open_waveform, vad, voices
    from include.perception.speech import recognition as rec
    from include.perception.speech.packing import pack

    waveform = open_waveform(audio)
    started = time.process_time()
    probabilities = vad.speech_probabilities(waveform, models.vad)
    speech = vad.speech_intervals(probabilities)
    windows = pack(speech, probabilities, len(waveform.samples))
    whisper = models.whisper
    tok = rec.tokenizer(whisper, "en")
    for window in windows:
        encoded = rec.encode(whisper, [rec.features(whisper, window.sound(waveform))])
        heard = rec.generate(whisper, encoded, 1, tok)
        rec.align(whisper, encoded, heard, [window.seconds], tok)
    if voices.several_voices(waveform, speech, models):
        models.diarizer(waveform)
    return time.process_time() - started


class UsualRecipe:
    """faster-whisper with its defaults, pyannote at step 0.1 on everything, every frame through every detector."""

    def __init__(self, settings: Settings) -> None:
        from faster_whisper import WhisperModel

        from include.perception.speech import SpeechModels
        from include.perception.vision import Detectors

        self._settings = settings
        self._whisper = WhisperModel(str(settings.models_dir / "whisper-base"), device="cpu", compute_type="int8")
        self._diarizer = SpeechModels(settings.models_dir, settings.cores).diarizer
        self._detectors = Detectors(settings.models_dir)

    def run(self, clip: Path, audio: Path) -> tuple[float, str, dict[str, float]]:
        """Wall seconds that the recipe takes for `clip`, the text it recognised, and its shares of frames."""
        sound = np.fromfile(audio, dtype="<i2").astype(np.float32) / 32768.0
        started = time.perf_counter()
        segments, _ = self._whisper.transcribe(sound, word_timestamps=True)
        text = " ".join(segment.text.strip() for segment in segments)
        self._diarize(sound)
        shares = self._every_frame(clip)
        return time.perf_counter() - started, text, shares

    def _diarize(self, sound: np.ndarray) -> None:
        import torch

        pipeline = self._diarizer._pipeline
        segmentation = pipeline._segmentation
        usual, segmentation.step = segmentation.step, 0.1 * segmentation.duration
        try:
            with torch.inference_mode():
                pipeline({"waveform": torch.from_numpy(sound)[None], "sample_rate": 16_000})
        finally:
            segmentation.step = usual

    def _every_frame(self, clip: Path) -> dict[str, float]:
        import cv2
        import mediapipe

        running = [self._detectors.start(name, expression=True) for name in DETECTORS]
        capture = cv2.VideoCapture(str(clip))
        rate = capture.get(cv2.CAP_PROP_FPS) or 25.0
        index = faces = hands = 0
        while True:
            ok, frame = capture.read()
            if not ok:
                break
            rgb = cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)
            image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=rgb)
            found = [d._landmarker.detect_for_video(image, round(index * 1000 / rate)) for d in running]
            faces += bool(found[0].face_landmarks)
            hands += bool(found[2].hand_landmarks)
            index += 1
        capture.release()
        for detector in running:
            detector.__exit__(None, None, None)
        return {"present_share": faces / max(1, index), "hands_visible_share": hands / max(1, index)}
