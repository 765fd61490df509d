"""Lines that transcription services write around the words: headings, notes about the recording, advertisements."""

from __future__ import annotations

import re

from include.interview.transcript.speaker_labels import known_label, possible_labels
from include.interview.transcript.speaker_names import NamedRoles
from include.interview.transcript.subtitles import Line

MAX_HEADING_LINES = 12
"""Most lines with text that a service writes above the first speaker: title, date, length, those present."""
_NOTES = re.compile(
    r"transcribed by https?://\S+|https?://\S+|.{1,60} (?:started|stopped) transcription\.?"
    r"|transcription ended after [\d:.]+|meeting ended after [\d:.]+ .{0,3}"
    r"|this editable transcript was computer generated and might contain errors\..{0,120}"
    r"|.{1,60} (?:joined|left) the (?:meeting|call)\.?"
    r"|.{1,60}님이 (?:전사를|회의에|기록을) ?(?:시작|중지|참가|퇴장|입장)\S{0,8}",
    re.IGNORECASE,
)
_HEADING_ENDS = frozenset({"transcript", "transcription", "스크립트", "대화 내용", "대화내용", "음성 기록"})


def without_service_lines(lines: list[Line], names: NamedRoles) -> list[Line]:
    """`lines` without notes of the service, which nobody said, and without the heading above the first speaker.

    A heading is left out when it ends with a line like "Transcript", or when the first speaker stands with a time on a
    line of their own and nothing above may be a speaker.
    """
    kept = [line for line in lines if not _NOTES.fullmatch(line.text.strip())]
    first = next((n for n, line in enumerate(kept) if line.name or known_label(line.text, names=names)), None)
    if first is None:
        return kept
    above = [n for n, line in enumerate(kept[:first]) if line.text.strip()]
    if not above or len(above) > MAX_HEADING_LINES:
        return kept
    ended = next((n for n in reversed(above) if kept[n].text.strip(" :#*").casefold() in _HEADING_ENDS), None)
    if ended is not None:
        return kept[ended + 1 :]
    label = known_label(kept[first].text, names=names)
    alone = label is not None and label.form == "time" and not kept[first].text[label.end :].strip()
    speakers = any(p.form in ("time", "colon") and p.likely for n in above for p in possible_labels(kept[n].text))
    return kept[first:] if alone and not speakers else kept
