"""Who speaks, while they speak: the blocks of this folder over one stream of one microphone.

```python
models = DiarizationModels(SpeechModels(models_dir))       # once per process
diarizer = OnlineDiarizer(models)                          # one per stream
diarizer.push(pcm, start_sample, speech=True)              # cheap, from anywhere
while diarizer.ready:
    changed = diarizer.step()                              # inference, in a worker's thread
diarizer.speakers(3.2, 5.0)                                # "S1", "S2" or None
```
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

import msgspec
import numpy as np

from include.interview.records import Interval
from include.perception.streaming.diarization import frames
from include.perception.streaming.diarization.aggregation import Aggregation, AggregationConfig
from include.perception.streaming.diarization.audio_buffer import AudioBuffer
from include.perception.streaming.diarization.clustering import NOBODY, Assignment, Clustering, ClusteringConfig
from include.perception.streaming.diarization.embedding import Embedding, EmbeddingConfig, WindowVoice
from include.perception.streaming.diarization.models import DiarizationModels
from include.perception.streaming.diarization.state_codec import Saved, decode_state, encode_state
from include.perception.streaming.diarization.turn_history import Run, TurnHistory, differences, runs
from include.perception.streaming.diarization.unassigned import Unassigned

_FULL_SCALE = np.float32(32_768.0)


class DiarizerConfig(msgspec.Struct, frozen=True, kw_only=True):
    """diart's window of 5 s and step of 0.5 s in frames of 17 ms.

    `least_frames`: the shortest window, at the beginning of a stream and after a gap. `tail_s`: how long after the last
    speech windows are still computed, to firm up what was said. `history_s`: how far back a merge changes turns.
    """

    window_frames: int = 293
    step_frames: int = 30
    least_frames: int = 59
    tail_s: float = 1.5
    history_s: float = 1800.0
    embedding: EmbeddingConfig = EmbeddingConfig()
    clustering: ClusteringConfig = ClusteringConfig()
    aggregation: AggregationConfig = AggregationConfig()


class Changed(msgspec.Struct, frozen=True):
    """Ask again who spoke between these times: the answer is new or another one than before. Seconds of the stream."""

    start_s: float
    end_s: float


class Work(msgspec.Struct, frozen=True):
    """What was computed so far: `windows` of segmentation and `embeddings`."""

    windows: int
    embeddings: int


class OnlineDiarizer:
    """One stream's speakers, "S1", "S2", … in order of appearance. Times are seconds of the stream (sample 0: 0 s).

    `push` and the questions may come from other threads than `step`; only one thread at a time may `step`.
    """

    def __init__(self, models: DiarizationModels, config: DiarizerConfig | None = None) -> None:
        self._models = models
        self._config = config = config or DiarizerConfig()
        self._lock = threading.Lock()
        self._sound = AudioBuffer(config.window_frames, config.step_frames, round(config.tail_s * frames.SAMPLE_RATE))
        self._embedding = Embedding(models.voice_prints, config.embedding)
        self._clustering = Clustering(config.clustering)
        self._aggregation = Aggregation(config.clustering.speakers, config.aggregation)
        self._history = TurnHistory(round(config.history_s / frames.FRAME_S))
        self._pending = Unassigned()
        self.work = Work(0, 0)

    def push(self, pcm: np.ndarray, start_sample: int, *, speech: bool = True) -> None:
        """Hear sound: int16 of shape (n,) whose first sample is number `start_sample` of the stream.

        What it has already is left out; a hole before it is accepted, and nothing is heard across it.

        Args:
            speech: False where a voice activity detector hears nobody; such sound costs no inference.
        """
        with self._lock:
            self._sound.push(pcm, start_sample, speech=speech)

    @property
    def ready(self) -> bool:
        """True when `step` would compute something."""
        with self._lock:
            return self._sound.due() is not None

    @property
    def lag_s(self) -> float:
        """Seconds of sound that wait for a step."""
        with self._lock:
            return self._sound.lag_s

    @property
    def needs_from(self) -> int:
        """The first sample the next window begins with: replay from here after `restore` to lose nothing."""
        with self._lock:
            return self._sound.needs_from

    def step(self) -> tuple[Changed, ...]:
        """Compute the next window with speech, if one is due; what changed by it."""
        with self._lock:
            frame = self._sound.due()
            if frame is None:
                return ()
            first, samples = self._sound.window(frame)
        changed = self._listen(first, frame, samples)
        with self._lock:
            self._sound.done(frame)
        return changed

    def flush(self) -> tuple[Changed, ...]:
        """Compute every window that is due and a last one that ends where the sound does."""
        changed: list[Changed] = []
        while self.ready:
            changed.extend(self.step())
        with self._lock:
            frame = self._sound.last_frame()
            window = None if frame is None else self._sound.window(frame)
        if frame is not None and window is not None:
            changed.extend(self._listen(window[0], frame, window[1]))
        return tuple(changed)

    def speakers(self, start_s: float, end_s: float) -> str | None:
        """The label of who is heard most between two times, None when nobody is."""
        first, end = frames.frame_at(start_s), frames.frame_at(end_s)
        heard = [0] * self._config.clustering.speakers
        with self._lock:
            for run in self._runs():
                overlap = min(run.end, end) - max(run.first, first)
                for speaker in range(len(heard)):
                    if overlap > 0 and run.code >> speaker & 1:
                        heard[speaker] += overlap
        best = max(range(len(heard)), key=heard.__getitem__)
        return _label(best) if heard[best] else None

    def turns(self) -> tuple[Interval, ...]:
        """All turns of the last `history_s` seconds in order of time; `kind` is the label. They may overlap."""
        found: list[Interval] = []
        with self._lock:
            known = self._runs()
        for speaker in range(self._config.clustering.speakers):
            mine: list[tuple[int, int]] = []
            for run in known:
                if not run.code >> speaker & 1:
                    continue
                if mine and mine[-1][1] == run.first:
                    mine[-1] = (mine[-1][0], run.end)
                else:
                    mine.append((run.first, run.end))
            found.extend(Interval(frames.seconds_of(a), frames.seconds_of(b), _label(speaker)) for a, b in mine)
        return tuple(sorted(found, key=lambda turn: (turn.start_s, turn.end_s)))

    def state(self) -> bytes:
        """Everything but the sound, as bytes (about 10 kB). It holds voice prints, which are biometric: seal it.

        Replayed from `needs_from`, another diarizer goes on exactly; from a later sample with a shorter first window.
        """
        with self._lock:
            return encode_state(
                Saved(
                    sound=self._sound.state(),
                    prints=self._embedding.last,
                    clustering=self._clustering.state(),
                    aggregation=self._aggregation.state(),
                    history=self._history.runs,
                    pending=self._pending.waiting,
                )
            )

    def restore(self, state: bytes) -> None:
        """Become the diarizer that `state` was taken from, with the same config.

        Raises:
            BadInput: code "diarizer_state": these are not the bytes of a state.
        """
        saved = decode_state(state)
        with self._lock:
            self._sound.restore(saved.sound)
            self._embedding.last = saved.prints
            self._clustering.restore(saved.clustering)
            self._aggregation.restore(saved.aggregation)
            self._history.runs = saved.history
            self._pending.waiting = saved.pending

    # ------------------------------------------------------------ inside

    def _listen(self, first: int, end: int, samples: np.ndarray) -> tuple[Changed, ...]:
        """Infer frames [first, end) without the lock, then take the result in with it."""
        if end - first < self._config.least_frames:
            return ()
        sound = samples.astype(np.float32) / _FULL_SCALE
        activity = self._models.segmentation(sound)[: end - first]
        voices, prints = self._embedding(sound, first, activity)
        with self._lock:
            self._embedding.last = prints
            fresh = sum(1 for voice in voices if voice is not None and voice.fresh)
            self.work = Work(self.work.windows + 1, self.work.embeddings + fresh)
            return self._take_in(first, activity, voices)

    def _take_in(self, first: int, activity: np.ndarray, voices: Sequence[WindowVoice | None]) -> tuple[Changed, ...]:
        # The mean is over a whole window even at the beginning: a second of speech is no ground for a new voice.
        loudness = np.stack([activity.sum(axis=0) / self._config.window_frames, activity.max(axis=0)])
        assignment = self._clustering.assign(
            loudness,
            [None if voice is None else voice.print.embedding for voice in voices],
            [voice is not None and voice.fresh for voice in voices],
        )
        before = self._runs()
        self._rename(assignment)
        scores = np.zeros((len(activity), self._config.clustering.speakers), np.float32)
        for local, speaker in enumerate(assignment.speakers):
            voice = voices[local]
            if speaker != NOBODY:
                scores[:, speaker] = np.maximum(scores[:, speaker], activity[:, local])
            elif voice is not None and voice.fresh:
                spoken = (activity[:, local] >= self._config.clustering.tau).astype(np.uint8)
                self._pending.add(tuple((run.first, run.end) for run in runs(first, spoken)), voice.print.embedding)
        self._aggregation.add(first, scores)
        if assignment.begun:
            for run, speaker in self._pending.resolve(self._clustering.nearest):
                settled = self._aggregation.first
                self._history.paint(run.first, min(run.end, settled), speaker)
                self._aggregation.paint(max(run.first, settled), run.end, speaker)
        changed = differences(before, self._runs())
        settled = self._aggregation.first
        self._history.settle(settled, self._aggregation.settle())
        return tuple(Changed(frames.seconds_of(a), frames.seconds_of(b)) for a, b in changed)

    def _rename(self, assignment: Assignment) -> None:
        """The past follows the centroids: one voice under two labels, or a place that changed hands."""
        if assignment.merged is not None:
            self._history.merge(*assignment.merged)
            self._aggregation.merge(*assignment.merged)
        for place, embedding in assignment.left.items():
            codes = (self._aggregation.codes() >> place & 1).astype(np.uint8)
            live = tuple((run.first, run.end) for run in runs(self._aggregation.first, codes))
            self._aggregation.erase(place)
            self._pending.add((*self._history.erase(place), *live), embedding)

    def _runs(self) -> list[Run]:
        return [*self._history.runs, *runs(self._aggregation.first, self._aggregation.codes())]


def _label(speaker: int) -> str:
    return f"S{speaker + 1}"
