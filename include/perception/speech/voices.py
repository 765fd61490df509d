"""Whether a recording has more than one voice: a cheap check before the expensive diarization."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from include.interview.records import Interval
from include.perception.speech.models import SpeechModels
from include.perception.speech.waveform import Waveform

SAME_VOICE = 0.45
"""Mean cosine of WeSpeaker voice prints of 1.5 s below which two groups count as different voices. Measured: within
one voice group means stay above 0.55 (Korean and English recordings), between two voices below 0.25. A wrong
"several" only costs time, a wrong "one" would mix speakers, so the threshold lies nearer to the first."""
PROBE_S = 1.5
SHORTEST_PROBE_S = 0.7
"""Voice prints of less speech than this are not comparable."""
PROBE_EVERY_S = 4.0
"""One probe per stretch of speech and per this many seconds of it."""
MOST_PROBES = 120
MANY_PROBES = 12
"""With more probes than this a single odd one (a cough, a laugh) is no second voice."""


def probes(speech: Sequence[Interval]) -> list[Interval]:
    """Intervals in seconds from which voice prints are taken: at most 120, spread over the recording."""
    found = []
    for interval in speech:
        length = interval.end_s - interval.start_s
        if length < SHORTEST_PROBE_S:
            continue
        count = max(1, int(length // PROBE_EVERY_S))
        for k in range(count):
            middle = interval.start_s + (k + 0.5) * length / count
            half = min(PROBE_S, length) / 2
            found.append(Interval(middle - half, middle + half, "probe"))
    if len(found) > MOST_PROBES:
        found = [found[i] for i in np.linspace(0, len(found) - 1, MOST_PROBES).round().astype(int)]
    return found


def groups(prints: np.ndarray, threshold: float = SAME_VOICE) -> np.ndarray:
    """Group index of each voice print, int (n,), groups in order of size; 0 is the largest.

    Average-linkage clustering by cosine of `prints`, float32 (n, 256) of unit length, down to the similarity
    `threshold`.
    """
    members = [[i] for i in range(len(prints))]
    sums = (prints @ prints.T).astype(np.float64)
    while len(members) > 1:
        sizes = np.array([len(m) for m in members], dtype=np.float64)
        means = sums / np.outer(sizes, sizes)
        np.fill_diagonal(means, -np.inf)
        first, second = sorted(divmod(int(np.argmax(means)), len(members)))
        if means[first, second] < threshold:
            break
        members[first].extend(members.pop(second))
        sums[first] += sums[second]
        sums[:, first] += sums[:, second]
        sums = np.delete(np.delete(sums, second, axis=0), second, axis=1)
    members.sort(key=lambda m: (-len(m), m[0]))
    labels = np.zeros(len(prints), dtype=int)
    for label, group in enumerate(members):
        labels[group] = label
    return labels


def several_voices(waveform: Waveform, speech: Sequence[Interval], models: SpeechModels) -> bool:
    """True when the voice prints of the recording do not look like one person's.

    Raises:
        ModelUnavailable: a weight file is missing or cannot be loaded.
    """
    places = probes(speech)
    if len(places) < 2:
        return False
    voice_prints = models.voice_prints
    with ThreadPoolExecutor(models.cores) as pool:
        found = np.stack(list(pool.map(lambda p: voice_prints(waveform.window(p.start_s, p.end_s)), places)))
    sizes = np.bincount(groups(found))
    return len(sizes) > 1 and bool(sizes[1] >= (2 if len(places) > MANY_PROBES else 1))
