"""The newest seconds of a stream, and which window of them is due."""

from __future__ import annotations

import msgspec
import numpy as np

from include.perception.streaming.diarization import frames


class AudioBufferState(msgspec.Struct, frozen=True):
    """`next_end`: the frame at which the next window ends; `speech`: recent (start, end) samples with speech."""

    next_end: int
    speech: tuple[tuple[int, int], ...]


class AudioBuffer:
    """Samples [base, position) as int16, and where a voice activity detector heard somebody."""

    def __init__(self, window_frames: int, step_frames: int, tail_samples: int) -> None:
        self._window, self._step, self._tail = window_frames, step_frames, tail_samples
        self._base = 0
        self._pcm = np.zeros(0, np.int16)
        self._next_end = step_frames
        self._speech: list[tuple[int, int]] = []

    @property
    def position(self) -> int:
        """The next sample it has not got."""
        return self._base + len(self._pcm)

    @property
    def needs_from(self) -> int:
        """The first sample of the next window."""
        return max(0, self._next_end - self._window) * frames.HOP

    @property
    def lag_s(self) -> float:
        """Seconds from the end of the last window to the end of the sound, less a step that must be waited for."""
        if self.due() is None:
            return 0.0
        return max(0.0, (self.position - frames.samples_of(self._next_end)) / frames.SAMPLE_RATE)

    def push(self, pcm: np.ndarray, start: int, *, speech: bool) -> None:
        """Add samples; those it has are left out, and a hole makes it begin anew."""
        end = start + len(pcm)
        if end <= self.position and len(self._pcm):
            return
        if start > self.position or not len(self._pcm):
            self._pcm, self._base = np.asarray(pcm, np.int16).copy(), start
        else:
            self._pcm = np.concatenate([self._pcm, np.asarray(pcm[self.position - start :], np.int16)])
        if speech and len(pcm):
            if self._speech and self._speech[-1][1] >= start:
                self._speech[-1] = (self._speech[-1][0], max(end, self._speech[-1][1]))
            else:
                self._speech.append((start, end))
        self._skip_silence()

    def due(self) -> int | None:
        """The frame at which the next window to compute ends."""
        if self.position < frames.samples_of(self._next_end) or not len(self._pcm):
            return None
        return self._next_end

    def last_frame(self) -> int | None:
        """The frame at which the sound ends, when the windows so far left some of its speech unheard."""
        end = frames.frames_of(self.position)
        heard = self._next_end - self._step
        return end if end > heard and self._worth(end, since=frames.samples_of(heard)) else None

    def window(self, end: int) -> tuple[int, np.ndarray]:
        """The first frame and the samples (a copy) of the window that ends before frame `end`."""
        first = max(end - self._window, -(-self._base // frames.HOP))
        start = first * frames.HOP - self._base
        return first, self._pcm[start : start + max(0, frames.samples_of(end - first))].copy()

    def done(self, end: int) -> None:
        """The window that ends at frame `end` was computed."""
        self._next_end = max(self._next_end, end + self._step)
        self._skip_silence()

    def state(self) -> AudioBufferState:
        """All but the samples."""
        return AudioBufferState(self._next_end, tuple(self._speech))

    def restore(self, state: AudioBufferState) -> None:
        """Wait for the samples from `needs_from` on."""
        self._next_end, self._speech = state.next_end, list(state.speech)
        self._pcm, self._base = np.zeros(0, np.int16), 0

    def _worth(self, end: int, *, since: int | None = None) -> bool:
        """Whether somebody spoke in the newest part of the window that ends at frame `end`."""
        until = frames.samples_of(end)
        from_sample = until - self._step * frames.HOP - self._tail if since is None else since
        return any(a < until and b > from_sample for a, b in self._speech)

    def _skip_silence(self) -> None:
        """Pass over windows without speech, and forget samples no window can need."""
        while self.due() is not None and not self._worth(self._next_end):
            self._next_end += self._step
        spare = self.needs_from - self._base
        if spare > self._step * frames.HOP:
            self._pcm = self._pcm[spare:].copy()
            self._base = self._base + spare if len(self._pcm) else self.needs_from
        horizon = self.needs_from - self._tail
        self._speech = [span for span in self._speech if span[1] > horizon]
