"""The candidate's face among several: the one that is large and stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from include.perception.vision.sightings import FaceSighting
from include.perception.vision.timeline import Timeline

_LINK_DISTANCE = 0.8
"""A face belongs to a track when its centre moved by less than this many face sizes since the last sighting."""
_LINK_GAP_S = 1.5
"""A track that was not seen for longer than this is closed."""
_SAME_PERSON_SIZE = (0.4, 2.5)
"""Area ratios within which a track that fills a gap of the main face is taken for the same person returning."""


@dataclass
class _Track:
    samples: list[int] = field(default_factory=list)
    faces: list[FaceSighting] = field(default_factory=list)

    @property
    def typical_area(self) -> float:
        return float(np.median([face.area for face in self.faces]))

    def distance(self, face: FaceSighting) -> float:
        last = self.faces[-1]
        size = float(np.sqrt(max(last.area, face.area, 1.0)))
        return float(np.hypot(last.centre[0] - face.centre[0], last.centre[1] - face.centre[1])) / size


def _link(sightings: Sequence[tuple[FaceSighting, ...]], times: np.ndarray) -> list[_Track]:
    """Tracks of faces that move little between samples; the nearest pairs are linked first."""
    tracks: list[_Track] = []
    for sample, faces in enumerate(sightings):
        open_tracks = [k for k, t in enumerate(tracks) if times[sample] - times[t.samples[-1]] <= _LINK_GAP_S]
        pairs = sorted((tracks[k].distance(face), k, f) for k in open_tracks for f, face in enumerate(faces))
        linked_tracks: set[int] = set()
        linked_faces: set[int] = set()
        for distance, k, f in pairs:
            if distance > _LINK_DISTANCE or k in linked_tracks or f in linked_faces:
                continue
            tracks[k].samples.append(sample)
            tracks[k].faces.append(faces[f])
            linked_tracks.add(k)
            linked_faces.add(f)
        for f, face in enumerate(faces):
            if f not in linked_faces:
                tracks.append(_Track([sample], [face]))
    return tracks


def main_face(
    sightings: Sequence[tuple[FaceSighting, ...]], timeline: Timeline
) -> tuple[list[FaceSighting | None], np.ndarray]:
    """The candidate's face per sample (None when absent), and the number of other faces, int64 (samples,).

    The main track is the one with the largest area summed over time; tracks that fill its gaps at a similar
    size are the same person coming back (no face recognition is done, on purpose). All else are others.
    """
    main: list[FaceSighting | None] = [None] * len(sightings)
    others = np.array([len(faces) for faces in sightings], np.int64)
    tracks = _link(sightings, timeline.times)
    if not tracks:
        return main, others
    presence = [sum(f.area * timeline.weights[s] for s, f in zip(t.samples, t.faces, strict=True)) for t in tracks]
    order = sorted(range(len(tracks)), key=lambda k: (-presence[k], k))
    reference = tracks[order[0]].typical_area
    for k in order:
        track = tracks[k]
        similar = _SAME_PERSON_SIZE[0] <= track.typical_area / reference <= _SAME_PERSON_SIZE[1]
        if similar and all(main[sample] is None for sample in track.samples):
            for sample, face in zip(track.samples, track.faces, strict=True):
                main[sample] = face
                others[sample] -= 1
    return main, others
