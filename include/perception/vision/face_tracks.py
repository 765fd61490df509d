"""The people in a recording, told apart by how their faces look; the candidate's is the one that is large and stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from include.perception.vision.appearance import CUT, Appearance, distances, same_face
from include.perception.vision.sightings import FaceSighting
from include.perception.vision.timeline import Timeline

_LINK_DISTANCE = 0.8
"""A face belongs to a track when its centre moved by less than this many face sizes since the last sighting."""
_LINK_GAP_S = 1.5
"""A track that was not seen for longer than this is closed."""
_SAME_PERSON_SIZE = (0.4, 2.5)
"""Area ratios within which a track without appearance is taken for the same person returning."""
_BRIEF_S = 1.0
"""A track shorter than this, in a gap of somebody's, is that person's: a wink or a blur looks like nobody."""
_GALLERY = 40
"""Appearances that a track is compared by, evenly spaced over it."""
_RECENT = 5
"""Last sightings that the next one is compared with: one second."""


@dataclass
class _Track:
    samples: list[int] = field(default_factory=list)
    faces: list[FaceSighting] = field(default_factory=list)

    @property
    def typical_area(self) -> float:
        return float(np.median([face.area for face in self.faces]))

    @property
    def gallery(self) -> list[Appearance]:
        known = [face.appearance for face in self.faces if face.appearance is not None]
        chosen = np.linspace(0, len(known) - 1, min(len(known), _GALLERY)).round().astype(int)
        return [known[k] for k in chosen]

    def distance(self, face: FaceSighting) -> float:
        last = self.faces[-1]
        size = float(np.sqrt(max(last.area, face.area, 1.0)))
        return float(np.hypot(last.centre[0] - face.centre[0], last.centre[1] - face.centre[1])) / size

    def continues(self, face: FaceSighting) -> bool:
        """True when `face` looks like the last sightings, as far as both show how they look."""
        recent = [f.appearance for f in self.faces[-_RECENT:] if f.appearance is not None]
        if face.appearance is None or not recent:
            return True
        return float(distances([face.appearance], recent).min()) <= CUT


def _link(sightings: Sequence[tuple[FaceSighting, ...]], times: np.ndarray) -> list[_Track]:
    """Tracks of faces that move and change little between samples; the nearest pairs are linked first."""
    tracks: list[_Track] = []
    for sample, faces in enumerate(sightings):
        open_tracks = [k for k, t in enumerate(tracks) if times[sample] - times[t.samples[-1]] <= _LINK_GAP_S]
        pairs = sorted((tracks[k].distance(face), k, f) for k in open_tracks for f, face in enumerate(faces))
        linked_tracks: set[int] = set()
        linked_faces: set[int] = set()
        for distance, k, f in pairs:
            if distance > _LINK_DISTANCE or k in linked_tracks or f in linked_faces:
                continue
            if not tracks[k].continues(faces[f]):
                continue
            tracks[k].samples.append(sample)
            tracks[k].faces.append(faces[f])
            linked_tracks.add(k)
            linked_faces.add(f)
        for f, face in enumerate(faces):
            if f not in linked_faces:
                tracks.append(_Track([sample], [face]))
    return tracks


@dataclass
class _Person:
    faces: dict[int, FaceSighting]
    gallery: list[Appearance]
    area: float
    presence: float

    def may_be(self, track: _Track, brief: bool) -> bool:
        """True when `track` can show this person: never at the same time, and alike."""
        if any(sample in self.faces for sample in track.samples):
            return False
        gallery = track.gallery
        if gallery and self.gallery:
            return same_face(gallery, self.gallery) or (brief and self._beside(track))
        return _SAME_PERSON_SIZE[0] <= track.typical_area / self.area <= _SAME_PERSON_SIZE[1]

    def _beside(self, track: _Track) -> bool:
        """True when this person was seen at the same place right before and right after `track`."""
        ends = (self.faces.get(track.samples[0] - 1), self.faces.get(track.samples[-1] + 1))
        return all(face is not None and track.distance(face) <= _LINK_DISTANCE for face in ends)


Person = list[FaceSighting | None]
"""One person's face per sample, None where it was not seen."""


def people(sightings: Sequence[tuple[FaceSighting, ...]], timeline: Timeline) -> list[Person]:
    """The people whose faces were seen, the one with the largest area summed over time first.

    Tracks are joined by appearance, wherever in the picture and however large they are; sightings without appearance
    by size. Two faces in one sample are always two people.
    """
    tracks = _link(sightings, timeline.times)
    presence = [sum(f.area * timeline.weights[s] for s, f in zip(t.samples, t.faces, strict=True)) for t in tracks]
    found: list[_Person] = []
    for k in sorted(range(len(tracks)), key=lambda k: (-presence[k], k)):
        track = tracks[k]
        brief = float(timeline.weights[track.samples].sum()) < _BRIEF_S
        person = next((p for p in found if p.may_be(track, brief)), None)
        if person is None:
            person = _Person({}, [], track.typical_area, 0.0)
            found.append(person)
        person.faces.update(zip(track.samples, track.faces, strict=True))
        person.gallery = (person.gallery + track.gallery)[-3 * _GALLERY :]
        person.presence += presence[k]
    found.sort(key=lambda p: -p.presence)
    return [[p.faces.get(sample) for sample in range(len(sightings))] for p in found]
