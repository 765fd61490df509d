"""The three MediaPipe detectors in VIDEO mode, each as a function from frames to sightings."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any

from include.interview.errors import NotFound
from include.perception.vision import sightings

ENGINE = "mediapipe 1.2.2 (face_landmarker, pose_landmarker_lite, hand_landmarker), 5 fps"

MAX_FACES = 3
"""The candidate and two more: enough to say that somebody else is there."""
MAX_HANDS = 2

_FILES = {"face": "face_landmarker.task", "body": "pose_landmarker_lite.task", "hands": "hand_landmarker.task"}


class Detectors:
    """The detector models of one folder, kept in memory.

    A running detector is made anew for every recording (10 to 60 ms): VIDEO mode carries regions of interest
    and time stamps on from frame to frame, and a detector that had seen another recording would give other
    numbers. What stays warm is what costs: the import and the weights.

    Raises:
        NotFound: a model file is missing from the folder.
    """

    def __init__(self, models_dir: Path) -> None:
        self._weights: dict[str, bytes] = {}
        for name, file in _FILES.items():
            path = models_dir / "mediapipe" / file
            if not path.is_file():
                raise NotFound(f"The model file mediapipe/{file} is missing.", "Fetch it with: ./triview models fetch")
            self._weights[name] = path.read_bytes()

    def start(self, name: str, expression: bool) -> Detector:
        """A fresh detector called "face", "body" or "hands"; `expression`: with blendshapes."""
        return Detector(name, self._weights[name], expression)


class Detector(AbstractContextManager["Detector"]):
    """One detector following one recording. Not for use by two threads at once."""

    def __init__(self, name: str, weights: bytes, expression: bool) -> None:
        from mediapipe.tasks.python import BaseOptions, vision

        base = BaseOptions(model_asset_buffer=weights)
        mode = vision.RunningMode.VIDEO
        self.name = name
        self._last_ms = -1
        self._landmarker: Any
        self._reduce: Callable[..., Any]
        if name == "face":
            self._reduce = sightings.faces_of
            self._landmarker = vision.FaceLandmarker.create_from_options(
                vision.FaceLandmarkerOptions(
                    base_options=base,
                    running_mode=mode,
                    num_faces=MAX_FACES,
                    output_face_blendshapes=expression,
                    output_facial_transformation_matrixes=True,
                )
            )
        elif name == "body":
            self._reduce = sightings.body_of
            self._landmarker = vision.PoseLandmarker.create_from_options(
                vision.PoseLandmarkerOptions(base_options=base, running_mode=mode)
            )
        else:
            self._reduce = sightings.hands_of
            self._landmarker = vision.HandLandmarker.create_from_options(
                vision.HandLandmarkerOptions(base_options=base, running_mode=mode, num_hands=MAX_HANDS)
            )

    def see(self, image: Any, width: int, height: int, time_s: float) -> Any:
        """Sightings in the `mediapipe.Image` of `width` × `height` pixels shown at `time_s`, in time order."""
        stamp = max(round(time_s * 1000), self._last_ms + 1)
        self._last_ms = stamp
        found = self._landmarker.detect_for_video(image, stamp)
        return self._reduce(found, width, height, *((image.numpy_view(),) if self.name == "face" else ()))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._landmarker.close()
