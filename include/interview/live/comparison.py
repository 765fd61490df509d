"""A live interview beside its offline evaluation: what was heard differently, and what that does to the card.

The offline pass hears the whole recording with more context, so its transcript is the reference of the error rates.
It is no ground truth: a difference says that the two passes disagree, not which of them is right.
"""

from __future__ import annotations

from collections.abc import Sequence

from include.interview.live.session import LiveGap
from include.interview.records import CriterionScore, CriterionStatus, Record, Role, Scorecard, Transcript, Utterance
from include.interview.transcript.edit_distance import Edits, distance, edits
from include.interview.transcript.text import fold, words

SAME_STRETCH = 0.3
"""Share of the shorter of two utterances that must overlap for them to be the same stretch of speech: the passes cut at
slightly different moments, and a brush of two neighbours is no common speech."""
_ROOM_LETTER = "r"
_TRACK_LETTERS = frozenset("ic" + _ROOM_LETTER)
"""First letters of the tracks interviewer, candidate and room (see `live.wire.Track`)."""


class UtterancePair(Record, frozen=True):
    """One stretch of speech as both passes wrote it down; one side is empty where a pass heard nothing.

    Ids are those of the passes' utterances, times are session seconds, `errors` counts words of `offline_text`.
    """

    start_s: float
    end_s: float
    live: tuple[str, ...]
    offline: tuple[str, ...]
    live_text: str
    offline_text: str
    live_role: Role | None
    offline_role: Role | None
    words: int
    errors: int

    @property
    def relabelled(self) -> bool:
        """True when both passes heard it and named different speakers."""
        return None not in (self.live_role, self.offline_role) and self.live_role != self.offline_role


class TranscriptComparison(Record, frozen=True):
    """The live transcript against the offline one. `characters` are counted without spaces.

    `word_edits.rate` and `character_edits` over `characters` are the error rates; Korean is read by the latter, because
    spacing is a matter of taste there. `corrected`: utterances whose speaker the interviewer had put right.
    """

    word_edits: Edits
    characters: int
    character_errors: int
    pairs: tuple[UtterancePair, ...]
    corrected: int = 0

    @property
    def wer(self) -> float | None:
        """Word error rate; None when the offline pass heard no word."""
        return self.word_edits.rate

    @property
    def cer(self) -> float | None:
        """Character error rate; None when the offline pass heard nothing."""
        return self.character_errors / self.characters if self.characters else None

    @property
    def relabelled(self) -> tuple[UtterancePair, ...]:
        """The stretches to which the passes give different speakers."""
        return tuple(pair for pair in self.pairs if pair.relabelled)


class CriterionPair(Record, frozen=True):
    """One criterion on both cards; a status is None where a card does not have the criterion.

    `difference` is offline minus live in points of the card's own scale, `within_error` whether the two levels lie
    within their standard errors: both None unless both are scored (and comparable).
    """

    criterion: str
    live_status: CriterionStatus | None
    offline_status: CriterionStatus | None
    live_level: float | None = None
    offline_level: float | None = None
    live_points: float | None = None
    offline_points: float | None = None
    difference: float | None = None
    within_error: bool | None = None


class CardComparison(Record, frozen=True):
    """The live card and the offline card of one interview, side by side.

    `comparable`: same policy profile and rubric version; otherwise no difference is given. Totals as on the cards.
    """

    comparable: bool
    criteria: tuple[CriterionPair, ...]
    live_total: float | None = None
    live_sem: float | None = None
    offline_total: float | None = None
    offline_sem: float | None = None
    difference: float | None = None
    within_error: bool | None = None
    transcript: TranscriptComparison | None = None
    gaps: tuple[LiveGap, ...] = ()


def compare_transcripts(live: Transcript, offline: Transcript, corrected: Sequence[str] = ()) -> TranscriptComparison:
    """How the live transcript differs from the offline one, voice channel by voice channel where both have them."""
    total = Edits(0, 0, 0, 0)
    characters = wrong = 0
    pairs: list[UtterancePair] = []
    for mine, theirs in _channels(live.utterances, offline.utterances):
        heard, reference = _words(mine), _words(theirs)
        total = _sum(total, edits(reference, heard))
        characters += sum(map(len, reference))
        wrong += distance("".join(reference), "".join(heard))
        pairs.extend(_pairs(mine, theirs))
    pairs.sort(key=lambda pair: (pair.start_s, pair.end_s))
    return TranscriptComparison(total, characters, wrong, tuple(pairs), len(set(corrected)))


def side_by_side(
    live: Scorecard,
    offline: Scorecard,
    transcript: TranscriptComparison | None = None,
    gaps: Sequence[LiveGap] = (),
) -> CardComparison:
    """Both cards criterion by criterion, in the offline card's order."""
    comparable = (live.profile, live.rubric_version) == (offline.profile, offline.rubric_version)
    mine = {line.criterion: line for line in live.criteria}
    theirs = {line.criterion: line for line in offline.criteria}
    criteria = tuple(_criterion(name, mine.get(name), theirs.get(name), comparable) for name in {**theirs, **mine})
    difference = within = None
    if comparable and live.total is not None and offline.total is not None:
        difference = offline.total - live.total
        within = _within(difference, live.total_sem, offline.total_sem)
    return CardComparison(
        comparable=comparable,
        criteria=criteria,
        live_total=live.total,
        live_sem=live.total_sem,
        offline_total=offline.total,
        offline_sem=offline.total_sem,
        difference=difference,
        within_error=within,
        transcript=transcript,
        gaps=tuple(gaps),
    )


def _criterion(
    name: str, live: CriterionScore | None, offline: CriterionScore | None, comparable: bool
) -> CriterionPair:
    difference = within = None
    if comparable and live is not None and offline is not None:
        if live.points is not None and offline.points is not None:
            difference = offline.points - live.points
        if live.score is not None and offline.score is not None:
            within = _within(offline.score - live.score, live.sem, offline.sem)
    return CriterionPair(
        criterion=name,
        live_status=live.status if live else None,
        offline_status=offline.status if offline else None,
        live_level=live.level if live else None,
        offline_level=offline.level if offline else None,
        live_points=live.points if live else None,
        offline_points=offline.points if offline else None,
        difference=difference,
        within_error=within,
    )


def _within(difference: float, one: float | None, other: float | None) -> bool | None:
    """Whether the two intervals of one standard error overlap; None when neither states an error."""
    if one is None and other is None:
        return None
    return abs(difference) <= (one or 0.0) + (other or 0.0)


def _sum(one: Edits, other: Edits) -> Edits:
    return Edits(
        one.reference + other.reference,
        one.substitutions + other.substitutions,
        one.deletions + other.deletions,
        one.insertions + other.insertions,
    )


def _words(said: Sequence[Utterance]) -> list[str]:
    return [word for u in said for word in words(fold(u.text))]


def _channels(
    live: Sequence[Utterance], offline: Sequence[Utterance]
) -> list[tuple[tuple[Utterance, ...], tuple[Utterance, ...]]]:
    """(live, offline) per voice channel: two people who speak at once are two orders of words, not errors.

    Utterance ids of live sessions begin with the letter of their track; with other ids everything is one channel, and
    also where only one pass took the two tracks for one microphone.
    """
    mine, theirs = {u.id[:1] for u in live}, {u.id[:1] for u in offline}
    letters = mine | theirs
    differ = bool(mine and theirs) and (_ROOM_LETTER in mine) != (_ROOM_LETTER in theirs)
    if differ or not letters <= _TRACK_LETTERS:
        return [(_in_time(live), _in_time(offline))]
    return [
        (_in_time([u for u in live if u.id[:1] == letter]), _in_time([u for u in offline if u.id[:1] == letter]))
        for letter in sorted(letters)
    ]


def _in_time(said: Sequence[Utterance]) -> tuple[Utterance, ...]:
    return tuple(sorted(said, key=lambda u: (u.start_s or 0.0, u.end_s or 0.0)))


def _pairs(live: Sequence[Utterance], offline: Sequence[Utterance]) -> list[UtterancePair]:
    """Utterances joined where they are the same stretch of speech (connected by overlap); both sides in time."""
    parent = list(range(len(live) + len(offline)))

    def root(n: int) -> int:
        while parent[n] != n:
            n = parent[n]
        return n

    for n, mine in enumerate(live):
        for m, theirs in enumerate(offline, len(live)):
            if (theirs.start_s or 0.0) >= (mine.end_s or 0.0):
                break
            if _same_stretch(mine, theirs):
                parent[root(m)] = root(n)
    members: dict[int, tuple[list[Utterance], list[Utterance]]] = {}
    for n, u in enumerate((*live, *offline)):
        members.setdefault(root(n), ([], []))[n >= len(live)].append(u)
    return [_pair(mine, theirs) for mine, theirs in members.values()]


def _same_stretch(one: Utterance, other: Utterance) -> bool:
    a, b, c, d = one.start_s or 0.0, one.end_s or 0.0, other.start_s or 0.0, other.end_s or 0.0
    shorter = min(b - a, d - c)
    return shorter > 0 and min(b, d) - max(a, c) >= SAME_STRETCH * shorter


def _pair(live: Sequence[Utterance], offline: Sequence[Utterance]) -> UtterancePair:
    both = (*live, *offline)
    reference = _words(offline)
    return UtterancePair(
        start_s=min(u.start_s or 0.0 for u in both),
        end_s=max(u.end_s or 0.0 for u in both),
        live=tuple(u.id for u in live),
        offline=tuple(u.id for u in offline),
        live_text=" ".join(u.text for u in live),
        offline_text=" ".join(u.text for u in offline),
        live_role=_main_role(live),
        offline_role=_main_role(offline),
        words=len(reference),
        errors=edits(reference, _words(live)).errors,
    )


def _main_role(said: Sequence[Utterance]) -> Role | None:
    """The role that speaks most of the time; None for no utterance."""
    seconds: dict[Role, float] = {}
    for u in said:
        seconds[u.role] = seconds.get(u.role, 0.0) + (u.end_s or 0.0) - (u.start_s or 0.0)
    if not seconds:
        return None
    return max(seconds.items(), key=lambda item: item[1])[0]
