"""The few numbers of one detector's result in one frame that measurements need.

Picture coordinates are pixels of the sampled frame, x to the right and y down, unless stated otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from include.perception.vision.appearance import Appearance, appearance_of
from include.perception.vision.orientation import head_to_camera_deg

_RIGHT_EYE = (33, 133)
"""Outer and inner corner of the person's right eye in the 478-point face mesh; below, its lids and iris."""
_RIGHT_LIDS = (159, 145)
_RIGHT_IRIS = slice(468, 473)
_LEFT_EYE = (362, 263)
_LEFT_LIDS = (386, 374)
_LEFT_IRIS = slice(473, 478)
_LIPS = (13, 14)
_FOREHEAD_CHIN = (10, 152)
_MOUTH_CORNERS = (61, 291)

_EYE_HALF_WIDTH_PER_EYEBALL_RADIUS = 15.0 / 12.0
"""Palpebral fissure about 30 mm, eyeball radius about 12 mm (Bekerman et al. 2014, J. Ophthalmology; Farkas
1994): an iris shift of `r` half eye widths is an eye rotation of asin(1.25 r)."""

EYES_CLOSED_OPENNESS = 0.12
"""Lid distance over eye width below which the iris cannot be seen (Soukupová & Čech 2016 use about 0.2 for
the onset of a blink; a lowered gaze already reaches 0.15)."""

_HAND_POINTS = (15, 16, 19, 20)
"""Wrists and index fingers among the 33 pose landmarks."""

BROWS = ("browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight")
SMILE = ("mouthSmileLeft", "mouthSmileRight")


@dataclass(frozen=True, slots=True)
class FaceSighting:
    """One face in one frame.

    `box`: left, top, right, bottom. `rotation`: 3×3, head to camera (x right, y up, z towards the camera).
    `eye_deg`: eye-in-head direction (right, up) in degrees, None with closed eyes. `mouth_opening`: lip
    distance over face height. `smile` in [0, 1] and `brows` (5 values) are None when expression was refused.
    `to_camera_deg`: yaw and pitch from the line head→camera, None where the pose has no place. `appearance`: None
    without the picture.
    """

    box: tuple[float, float, float, float]
    rotation: np.ndarray
    eye_width_px: float
    eye_deg: tuple[float, float] | None
    mouth_opening: float
    smile: float | None
    brows: tuple[float, ...] | None
    to_camera_deg: tuple[float, float] | None = None
    appearance: Appearance | None = None

    @property
    def area(self) -> float:
        """Area of `box` in square pixels."""
        return (self.box[2] - self.box[0]) * (self.box[3] - self.box[1])

    @property
    def centre(self) -> tuple[float, float]:
        """Centre (x, y) of `box` in pixels."""
        return (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2


@dataclass(frozen=True, slots=True)
class BodySighting:
    """Nose and shoulders of one person: pixel positions and the detector's visibility in [0, 1].

    `hand_presence`: the detector's highest probability that a wrist or index finger lies inside the picture.
    """

    nose: tuple[float, float, float]
    left_shoulder: tuple[float, float, float]
    right_shoulder: tuple[float, float, float]
    hand_presence: float = 1.0


@dataclass(frozen=True, slots=True)
class HandSighting:
    """One hand: palm centre and palm length (wrist to middle knuckle) in pixels."""

    palm: tuple[float, float]
    length: float


def _points(landmarks: Any, width: int, height: int) -> np.ndarray:
    flat = np.fromiter((c for p in landmarks for c in (p.x, p.y)), np.float64, 2 * len(landmarks))
    return flat.reshape(-1, 2) * (width, height)


def _eye(points: np.ndarray, corners: tuple[int, int], lids: tuple[int, int], iris: slice) -> tuple[float, ...]:
    """Iris shift (along and across the eye axis, in half eye widths), openness and width of one eye."""
    start, end = points[corners[0]], points[corners[1]]
    axis = end - start
    width = float(np.hypot(*axis))
    if width == 0.0:
        return 0.0, 0.0, 0.0, 0.0
    along = axis / width
    down = np.array((-along[1], along[0]))
    shift = points[iris].mean(axis=0) - (start + end) / 2
    openness = float(np.hypot(*(points[lids[1]] - points[lids[0]]))) / width
    return float(shift @ along) / (width / 2), float(shift @ down) / (width / 2), openness, width


def _angle_deg(shift: float) -> float:
    return float(np.degrees(np.arcsin(np.clip(shift * _EYE_HALF_WIDTH_PER_EYEBALL_RADIUS, -1.0, 1.0))))


def faces_of(result: Any, width: int, height: int, image: np.ndarray | None = None) -> tuple[FaceSighting, ...]:
    """The faces of one FaceLandmarkerResult of a frame of `width` × `height` pixels.

    `image`, uint8 RGB (height, width, 3), is what their appearance is read from; without it there is none.
    """
    faces = []
    for index, landmarks in enumerate(result.face_landmarks):
        points = _points(landmarks, width, height)
        right, left = (
            _eye(points, _RIGHT_EYE, _RIGHT_LIDS, _RIGHT_IRIS),
            _eye(points, _LEFT_EYE, _LEFT_LIDS, _LEFT_IRIS),
        )
        across, down, openness, eye_width = (np.asarray(right) + np.asarray(left)) / 2
        pose = np.asarray(result.facial_transformation_matrixes[index], np.float64)
        matrix = pose[:3, :3]
        parts = (_RIGHT_IRIS, _LEFT_IRIS, list(_MOUTH_CORNERS))
        marks = np.stack([points[part].mean(axis=0) for part in parts])
        face_height = float(np.hypot(*(points[_FOREHEAD_CHIN[1]] - points[_FOREHEAD_CHIN[0]])))
        lips = float(np.hypot(*(points[_LIPS[1]] - points[_LIPS[0]])))
        shapes = {c.category_name: c.score for c in result.face_blendshapes[index]} if result.face_blendshapes else {}
        faces.append(
            FaceSighting(
                box=(*points.min(axis=0).tolist(), *points.max(axis=0).tolist()),
                rotation=matrix / np.linalg.norm(matrix, axis=0),
                eye_width_px=float(eye_width),
                eye_deg=(_angle_deg(across), -_angle_deg(down)) if openness >= EYES_CLOSED_OPENNESS else None,
                mouth_opening=lips / face_height if face_height else 0.0,
                smile=float(np.mean([shapes[name] for name in SMILE])) if shapes else None,
                brows=tuple(float(shapes[name]) for name in BROWS) if shapes else None,
                to_camera_deg=head_to_camera_deg(pose),
                appearance=None if image is None else appearance_of(image, marks),
            )
        )
    return tuple(faces)


def body_of(result: Any, width: int, height: int) -> BodySighting | None:
    """The first person of one PoseLandmarkerResult of a frame of `width` × `height` pixels, or None."""
    if not result.pose_landmarks:
        return None
    body = result.pose_landmarks[0]
    nose, left, right = ((body[k].x * width, body[k].y * height, float(body[k].visibility or 0.0)) for k in (0, 11, 12))
    return BodySighting(nose, left, right, max(float(body[k].presence or 0.0) for k in _HAND_POINTS))


def hands_of(result: Any, width: int, height: int) -> tuple[HandSighting, ...]:
    """The hands of one HandLandmarkerResult of a frame of `width` × `height` pixels."""
    hands = []
    for landmarks in result.hand_landmarks:
        points = _points(landmarks, width, height)
        palm = points[[0, 5, 17]].mean(axis=0)  # wrist and the outer knuckles: the palm's triangle
        hands.append(HandSighting((float(palm[0]), float(palm[1])), float(np.hypot(*(points[9] - points[0])))))
    return tuple(hands)
