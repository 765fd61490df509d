"""How answers were spoken, for a reader who will listen: places to play, shares of talk, the tone of the words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from include.interview.voice.measures import VOICE_MEASURES
from include.interview.voice.records import AnswerTone, DeliveryReview, Overlap, TalkShare, ToneKind, VoicePointer
from include.reporting.evidence import Anchors, Moment
from include.reporting.formatting import fixed, quantity
from include.reporting.strings import Strings

TONES: tuple[ToneKind, ...] = ("favourable", "unfavourable", "tense")
MOST_OVERLAPS = 12
"""Overlaps listed; more of them are counted only."""


@dataclass(frozen=True)
class PointerView:
    """A place to listen to, what differs there, and the two figures with their unit."""

    moment: Moment
    title: str
    direction: str
    figures: str


@dataclass(frozen=True)
class ShareView:
    """How much one speaker spoke: share in whole percent of all speech."""

    name: str
    percent: int


@dataclass(frozen=True)
class OverlapView:
    """A moment at which two people spoke at once."""

    moment: Moment
    text: str


@dataclass(frozen=True)
class ToneView:
    """The words of one tone in one answer, as they were said."""

    moment: Moment | None
    kind: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class DeliveryView:
    """The section. `reason`: why there is no comparison of the voice; "" where there is one."""

    refused: tuple[str, ...]
    reason: str
    pointers: tuple[PointerView, ...]
    expected_false: str
    shares: tuple[ShareView, ...]
    overlaps: tuple[OverlapView, ...]
    more_overlaps: int
    tones: tuple[ToneView, ...]
    toned: bool


def delivery_view(found: DeliveryReview | None, anchors: Anchors, t: Strings) -> DeliveryView | None:
    """The section's content; None where nothing was to be described."""
    if found is None:
        return None
    voice = found.voice
    listed = () if voice is None else tuple(o for o in voice.overlaps if o.kind != "backchannel")
    talk = () if voice is None else voice.talk
    names = _names(talk, t)
    return DeliveryView(
        refused=tuple(t(f"delivery.refused.{part}") for part in found.refused),
        reason="" if voice is None or voice.reason is None else t(f"delivery.reason.{voice.reason}"),
        pointers=() if voice is None else tuple(_pointer(p, anchors, t) for p in voice.pointers),
        expected_false="" if voice is None else fixed(voice.expected_false),
        shares=tuple(ShareView(names[one.speaker], round(100 * one.share)) for one in talk),
        overlaps=tuple(_overlap(o, names, anchors, t) for o in listed[:MOST_OVERLAPS]),
        more_overlaps=max(0, len(listed) - MOST_OVERLAPS),
        tones=tuple(view for one in found.tone or () for view in _tones(one, anchors, t)),
        toned=found.tone is not None,
    )


def _pointer(one: VoicePointer, anchors: Anchors, t: Strings) -> PointerView:
    spec = VOICE_MEASURES[one.measure]
    direction = spec.higher if one.direction == "higher" else spec.lower
    figures = t(
        "delivery.figures", value=_number(one.value, spec.unit, t), baseline=_number(one.baseline, spec.unit, t)
    )
    return PointerView(
        anchors.moment(one.start_s, one.end_s), spec.title.text(t.language), direction.text(t.language), figures
    )


def _number(value: float, unit: str, t: Strings) -> str:
    number, shown = quantity(value, unit)
    return f"{number} {t.label('unit', shown) or shown}"


def _names(talk: Sequence[TalkShare], t: Strings) -> dict[str, str]:
    """Speaker's label -> their role's name, with the label where several have that role."""
    alike = Counter(one.role for one in talk)
    return {
        one.speaker: t(f"role.{one.role}") if alike[one.role] == 1 else f"{t(f'role.{one.role}')} {one.speaker}"
        for one in talk
    }


def _overlap(one: Overlap, names: Mapping[str, str], anchors: Anchors, t: Strings) -> OverlapView:
    speaker, over = (names.get(label, label) for label in (one.speaker, one.over))
    return OverlapView(
        anchors.moment(one.start_s, one.end_s), t(f"delivery.overlap.{one.kind}", speaker=speaker, over=over)
    )


def _tones(one: AnswerTone, anchors: Anchors, t: Strings) -> list[ToneView]:
    views = []
    for kind in TONES:
        said = [word.quote for word in one.found if word.kind == kind and not word.negated]
        if said:
            start = said[0].start_s
            moment = None if start is None else anchors.moment(start)
            words = tuple(dict.fromkeys(quote.text for quote in said))
            views.append(ToneView(moment, t(f"delivery.tone.{kind}"), words))
    return views
