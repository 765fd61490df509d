"""Observation of a recording: one decode, each picture shown to every detector the policy profile allows."""

from __future__ import annotations

import queue
import threading
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np

from include.interview.media import MediaFacts, VideoFacts
from include.interview.progress import Progress, silent
from include.interview.records import Channel, Measurements
from include.perception.media import wire
from include.perception.media.sampling import FRAMES_PER_SECOND, MAX_SIDE_PX, Frame, decoding_frames, picture
from include.perception.vision.body import measure_body, measure_hands
from include.perception.vision.detectors import Detector, Detectors
from include.perception.vision.face import FaceSeries, face_series, measure_face
from include.perception.vision.face_tracks import Person, people
from include.perception.vision.hand_gate import HandGate
from include.perception.vision.integrity import measure_integrity
from include.perception.vision.measuring import refused_channel, unobservable_channel
from include.perception.vision.native_log import native_chatter_hushed
from include.perception.vision.person_track import PersonTrack, person_tracks
from include.perception.vision.pictures import PictureQuality, measure_media
from include.perception.vision.thumbnails import Thumbnails
from include.perception.vision.timeline import Timeline, timeline_of
from include.settings import Limits

CHANNELS: tuple[Channel, ...] = ("media", "face", "body", "hands", "integrity")
"""The channels this room measures."""

_EXPRESSION_MEASURES = {"smile_share", "brow_activity"}
"""The measures that need blendshapes; when all are refused, blendshapes are not computed at all."""

_QUEUED_FRAMES = 8
"""Frames a detector may lag behind the others: enough to even out their different times per frame."""


class _Watcher(threading.Thread):
    """One detector in its own thread, fed through a bounded queue.

    Detectors run native code without the interpreter lock, so three of them keep two cores busy. What it saw goes on to
    `then`, if there is one.
    """

    def __init__(self, detector: Detector) -> None:
        super().__init__(name=f"detector-{detector.name}", daemon=True)
        self._detector = detector
        self._frames: queue.Queue[tuple[Any, Frame, Any] | None] = queue.Queue(_QUEUED_FRAMES)
        self.sightings: list[Any] = []
        self.error: BaseException | None = None
        self.then: _Watcher | None = None

    def show(self, image: Any, frame: Frame, before: Any = None) -> None:
        """Hand over one frame, with what an earlier detector saw in it, waiting while the queue is full.

        Raises what the detector raised.
        """
        if self.error is not None:
            raise self.error
        self._frames.put((image, frame, before))

    def finish(self) -> None:
        """Wait until every frame has been seen; raises what the detector raised."""
        self.stop()
        if self.error is not None:
            raise self.error

    def stop(self) -> None:
        """Let the thread end after the frames it has; harmless when it ended already."""
        if self.is_alive():
            self._frames.put(None)
            self.join()

    def run(self) -> None:
        with self._detector as detector:
            while (item := self._frames.get()) is not None:
                if self.error is not None:
                    continue  # keep emptying the queue, so that nobody waits for room in it
                try:
                    self.sightings.append(self._see(detector, *item))
                    if self.then is not None:
                        self.then.show(item[0], item[1], self.sightings[-1])
                except Exception as error:  # noqa: BLE001 — raised again in the observing thread
                    self.error = error

    def _see(self, detector: Detector, image: Any, frame: Frame, before: Any) -> Any:
        del before
        return detector.see(image, frame.image.shape[1], frame.image.shape[0], frame.time_s)


class _HandWatcher(_Watcher):
    """Looks where a hand can be, as the body detector before it says (see `hand_gate`)."""

    def __init__(self, detector: Detector) -> None:
        super().__init__(detector)
        self._gate = HandGate()

    def _see(self, detector: Detector, image: Any, frame: Frame, before: Any) -> Any:
        if not self._gate.wants(frame.time_s, before):
            return ()
        found = super()._see(detector, image, frame, before)
        self._gate.looked(frame.time_s, bool(found))
        return found


def _watchers(detectors: Detectors, wanted: Sequence[str], expression: bool) -> list[_Watcher]:
    """One watcher per detector; hands come behind the body where both are wanted."""
    made: dict[str, _Watcher] = {}
    for name in wanted:
        kind = _HandWatcher if name == "hands" and "body" in made else _Watcher
        made[name] = kind(detectors.start(name, expression))
    if isinstance(made.get("hands"), _HandWatcher):
        made["body"].then = made["hands"]
    return list(made.values())


class _Seen:
    """Everything one pass over the recording gathered."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.sightings: dict[str, list[Any]] = {}
        self.quality = PictureQuality()
        self.account: dict[str, float] = {}
        self.width = 0
        self.height = 0


def observe(
    path: Path,
    facts: MediaFacts,
    limits: Limits,
    models_dir: Path,
    profile_channels: Collection[str],
    refused: Collection[str] = (),
    progress: Progress = silent,
    detectors: Detectors | None = None,
    thumbnails: Thumbnails | None = None,
    tracks: list[PersonTrack] | None = None,
) -> tuple[Measurements, ...]:
    """Measurements of the channels media, face, body, hands and integrity, in this order.

    A channel that is not in `profile_channels` and a measure in `refused` are not computed; a flag
    `policy_refused` says so. Without a video track every measure is withheld with reason `no_video`. The same
    recording gives the same numbers to the last digit. `detectors`: kept warm by the caller, otherwise loaded
    from `models_dir`. `thumbnails`: is shown every sampled frame. `tracks`: takes what each person's face did, the one
    that was measured first; it stays empty where the profile refuses the face.

    Raises:
        BadMedia: the recording turns out undecodable or over a limit while decoding.
        NotFound: a model file is missing from `models_dir`.
    """
    allowed = set(profile_channels) & set(CHANNELS)
    seen = _Seen()
    wanted = [name for name in ("face", "body", "hands") if name in allowed]
    if facts.video is not None and allowed:
        detectors = (detectors or Detectors(models_dir)) if wanted else None
        expression = not set(refused) >= _EXPRESSION_MEASURES
        with native_chatter_hushed():
            watchers = _watchers(detectors, wanted, expression) if detectors else []
            _watch(path, facts, facts.video, limits, watchers, seen, progress, thumbnails)
    progress(1.0, "observed")
    timeline, persons = _people(facts, seen)
    if tracks is not None and timeline is not None and "face" in allowed:
        tracks.extend(person_tracks(persons, timeline, refused))
    return tuple(_measure(channel, facts, seen, allowed, refused, timeline, persons) for channel in CHANNELS)


def _watch(
    path: Path,
    facts: MediaFacts,
    video: VideoFacts,
    limits: Limits,
    watchers: list[_Watcher],
    seen: _Seen,
    progress: Progress,
    thumbnails: Thumbnails | None,
) -> None:
    if watchers:
        import mediapipe

    for watcher in watchers:
        watcher.start()
    behind = [watcher.then for watcher in watchers]
    first = [watcher for watcher in watchers if watcher not in behind]
    try:
        with decoding_frames(path, facts, video, limits, FRAMES_PER_SECOND, MAX_SIDE_PX) as decoding:
            for kind, body in decoding:
                if kind != wire.PICTURE:
                    continue
                frame = picture(body, video)
                if watchers:
                    image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=frame.image)
                    for watcher in first:
                        watcher.show(image, frame)
                seen.times.append(frame.time_s)
                seen.height, seen.width = frame.image.shape[:2]
                seen.quality.look(frame.image, frame.time_s)
                if thumbnails is not None:
                    thumbnails.look(frame)
                progress(min(0.99, frame.time_s / facts.duration_s), "observing")
            seen.account = decoding.account
        for watcher in watchers:
            watcher.finish()
            seen.sightings[watcher.name.removeprefix("detector-")] = watcher.sightings
    finally:
        for watcher in watchers:
            watcher.stop()


def _people(facts: MediaFacts, seen: _Seen) -> tuple[Timeline | None, list[Person]]:
    """The timeline of the samples, None without pictures, and the people whose faces were seen in them."""
    video = facts.video
    if video is None or not seen.times:
        return None, []
    timeline = timeline_of(seen.times, video.start_s, video.end_s, facts.duration_s, 1.0 / FRAMES_PER_SECOND)
    return timeline, people(seen.sightings.get("face", ()), timeline)


def _measure(
    channel: Channel,
    facts: MediaFacts,
    seen: _Seen,
    allowed: set[str],
    refused: Collection[str],
    timeline: Timeline | None,
    persons: list[Person],
) -> Measurements:
    if channel not in allowed:
        return refused_channel(channel)
    if channel == "media":
        return measure_media(facts, seen.quality, seen.account, refused)
    if timeline is None:
        return unobservable_channel(channel, "no_video", refused)
    if channel == "body":
        return measure_body(seen.sightings["body"], timeline, refused, seen.width)
    if channel == "hands":
        return measure_hands(seen.sightings["hands"], timeline, refused)
    series = face_series(persons[0] if persons else [None] * len(seen.times)) if "face" in seen.sightings else None
    if channel == "face":
        return measure_face(cast(FaceSeries, series), timeline, refused, seen.height)
    others = np.zeros(0, np.int64) if series is None else _others(seen.sightings["face"], series)
    return measure_integrity(series, others, timeline, refused)


def _others(sightings: Sequence[tuple[Any, ...]], series: FaceSeries) -> np.ndarray:
    """Faces beside the measured one in each sample, int64 (samples,)."""
    beside: np.ndarray = np.array([len(faces) for faces in sightings], np.int64) - series.present
    return beside
