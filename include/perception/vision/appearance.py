"""Whether two sightings show the same face, by how it looks and not by where it is; used within one recording only.

No name, no comparison with another recording, and nothing of it is stored: small grey patches and a skin tone, enough
to notice that the picture now shows somebody else. Not face recognition: alike faces in alike light are taken for one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

SIDE = 24
"""Pixels of a patch's side; eyes and mouth always lie at the same places in it."""
_EYES_AND_MOUTH = np.array([(0.28, 0.32), (0.72, 0.32), (0.5, 0.8)], np.float32) * SIDE
_CHEEKS = (slice(8, 20), slice(4, 20))
CHROMA_SCALE = 10.0
"""Distance in CIELAB a* and b* (8 bits) that weighs as much as patches without any likeness."""
SAME = 0.45
"""Largest median distance of a face from its likest earlier sightings. Measured on seven people: the same one, over
time, through head turns and changing light, 0.01 to 0.35; two different ones 0.55 and more."""
CUT = 0.75
"""Distance between two neighbouring samples beyond which it is another face at the same place. Measured: at most 0.70
in a wink or a quick turn, which begins a track of its own then and is joined again."""


@dataclass(frozen=True)
class Appearance:
    """`patch`: float32 (SIDE²,), grey, without mean, of length 1. `skin`: float32 (2,), a* and b* of the cheeks."""

    patch: np.ndarray
    skin: np.ndarray


def appearance_of(image: np.ndarray, eyes_and_mouth: np.ndarray) -> Appearance:
    """The appearance of one face.

    Args:
        image: uint8 RGB (height, width, 3).
        eyes_and_mouth: float32 (3, 2), pixel positions (x, y) of the right eye, the left eye and the mouth's middle.
    """
    import cv2

    points = np.asarray(eyes_and_mouth, np.float32)
    apart = float(np.hypot(*(points[1] - points[0])))
    reach = max(4.0, 2.2 * apart)
    middle = points.mean(axis=0)
    left, top = (int(max(0, v - reach)) for v in middle)
    part = image[top : int(middle[1] + reach) + 1, left : int(middle[0] + reach) + 1]
    if part.size == 0:
        return Appearance(np.zeros(SIDE * SIDE, np.float32), np.zeros(2, np.float32))
    smooth = cv2.GaussianBlur(part, (0, 0), max(0.3, apart / (0.44 * SIDE) / 1.2))
    warp = cv2.getAffineTransform(points - np.array((left, top), np.float32), _EYES_AND_MOUTH)
    patch = cv2.warpAffine(smooth, warp, (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE)
    lab = cv2.cvtColor(patch, cv2.COLOR_RGB2LAB).astype(np.float32)
    grey = lab[..., 0] - lab[..., 0].mean()
    length = float(np.linalg.norm(grey))
    return Appearance((grey / length if length else grey).ravel(), lab[_CHEEKS][..., 1:].reshape(-1, 2).mean(axis=0))


def distances(one: Sequence[Appearance], other: Sequence[Appearance]) -> np.ndarray:
    """Distance between each of `one` and each of `other`, (n, m): 0 for equal, 1 for patches without likeness."""
    patches = np.stack([a.patch for a in one]) @ np.stack([a.patch for a in other]).T
    skins = np.stack([a.skin for a in one])[:, None] - np.stack([a.skin for a in other])[None]
    value: np.ndarray = 1.0 - patches + np.hypot(skins[..., 0], skins[..., 1]) / CHROMA_SCALE
    return value


def same_face(one: Sequence[Appearance], other: Sequence[Appearance]) -> bool:
    """True when the sightings `one` mostly look like some of `other`; False when either is empty."""
    if not one or not other:
        return False
    apart = distances(one, other)
    return bool(min(np.median(apart.min(axis=1)), np.median(apart.min(axis=0))) <= SAME)
