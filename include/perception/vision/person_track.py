"""What one person's face did over a recording, in the form that is stored between steps."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec
import numpy as np

from include.interview.records import Record
from include.perception.vision.face_tracks import Person
from include.perception.vision.timeline import Timeline

MOST_PEOPLE = 4
"""People of a recording that are kept, the largest first."""


class PersonTrack(Record, frozen=True):
    """One person's face per sample, as little-endian float32 bytes; NaN where it was not seen or not measured.

    `times`, `weights`: seconds, when the sample was taken and for how long it stands. `yaw`, `pitch`: head direction
    from the line head→camera in degrees. `mouth`: lip distance over face height.
    """

    times: bytes
    weights: bytes
    yaw: bytes
    pitch: bytes
    mouth: bytes

    def array(self, name: str) -> np.ndarray:
        """One of the fields as float64 of shape (samples,)."""
        return np.frombuffer(getattr(self, name), "<f4").astype(np.float64)

    def encode(self) -> bytes:
        """MessagePack bytes for the artifact store."""
        return msgspec.msgpack.encode(self)

    @staticmethod
    def decode(data: bytes) -> PersonTrack:
        """A track from `encode`d bytes.

        Raises:
            msgspec.ValidationError: the bytes are something else.
        """
        return msgspec.msgpack.decode(data, type=PersonTrack)


MOUTH_MEASURE = "jaw_activity"
"""A profile that refuses this measure lets no mouth be looked at."""


def person_tracks(
    people: Sequence[Person], timeline: Timeline, refused: Collection[str] = ()
) -> tuple[PersonTrack, ...]:
    """Tracks of the first `MOST_PEOPLE` of `people`, without their mouths when `refused` holds `MOUTH_MEASURE`."""
    mouths = MOUTH_MEASURE not in refused

    def row(values: Sequence[float | None]) -> bytes:
        return np.array([np.nan if v is None else v for v in values], "<f4").tobytes()

    found = []
    for person in people[:MOST_PEOPLE]:
        angles = [None if face is None else face.to_camera_deg for face in person]
        found.append(
            PersonTrack(
                times=timeline.times.astype("<f4").tobytes(),
                weights=timeline.weights.astype("<f4").tobytes(),
                yaw=row([None if a is None else a[0] for a in angles]),
                pitch=row([None if a is None else a[1] for a in angles]),
                mouth=row([face.mouth_opening if face is not None and mouths else None for face in person]),
            )
        )
    return tuple(found)
