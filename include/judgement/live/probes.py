"""Probes by rule: questions into the last answer of an executive interview, from what it leaves open.

What was told to a probe counts as told, and what was asked once, by whatever wording, is not asked again (see
`stories`). Wordings stand in `probes.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from include.interview.case import Case
from include.judgement.analysis import AnswerParts, Sentence, language_of_case
from include.judgement.components import star_of
from include.judgement.follow_ups import (
    ABSENT,
    LEAST_WORDS,
    FollowUp,
    lacks,
    shown_topic,
    topic_of,
    two_numbers,
)
from include.judgement.keywords import Mention
from include.judgement.live.stories import Probing, Story, criterion_of, stories_of, wordings
from include.judgement.preparation.filters import fault_of
from include.judgement.preparation.gaps import facets_told, told_in

REFLECTED = 0.3
"""Nearness to reflections from which a sentence with a phrase of learning tells what was learned: such sentences of the
hand-written ladder begin at .31."""
NOT_QUOTED = frozenset({"thing", "anything", "whatever"})
"""Vague words that mean too little alone to be asked about."""
_ORDER = ("numbers", "own_part", "example", "result", "action", "vague", "figure", "situation", "reflection")
"""Most telling first."""


def probes(case: Case, mentions: Mapping[str, Sequence[Mention]], probing: Probing) -> tuple[FollowUp, ...]:
    """Probes into the last answer of `case`, best first; () when it lacks nothing or is too short.

    Args:
        mentions: keyword -> where it was used so far (`KeywordMatcher.hits`).
    """
    stories = stories_of(case, probing)
    if not stories or stories[-1].parts.n_words < LEAST_WORDS:
        return ()
    story, language = stories[-1], language_of_case(case)
    criterion = last_criterion(case, stories, probing)
    topic = topic_of(story.answer, mentions, language)
    found = []
    for lack, evidence, filled in _open(story.parts, language):
        text = None if lack in story.asked else _text(lack, topic, filled, language)
        if text is not None:
            found.append(_probe(lack, text, evidence, story, criterion, language))
    return tuple(sorted(found, key=lambda f: _ORDER.index(f.kind)))


def last_criterion(case: Case, stories: Sequence[Story], probing: Probing) -> str:
    """The criterion that the last of `stories` speaks to; "" without any."""
    told = told_in([case])
    return criterion_of(case, stories[-1], probing, told, facets_told(told)) if stories else ""


def _probe(lack: str, text: str, evidence: tuple[str, ...], story: Story, criterion: str, language: str) -> FollowUp:
    return FollowUp(
        id=f"{lack}-{story.utterances[0]}",
        kind=lack,
        text=text,
        why=wordings()[lack].why.text(language),
        evidence=evidence or story.utterances[-1:],
        probe=wordings()[lack].probe,
        criterion=criterion,
    )


# ---------------------------------------------------------------- what is open

_Lack = tuple[str, tuple[str, ...], dict[str, str]]
"""(key of `wordings`, ids of utterances that show it, what is filled into its wording)."""


def _open(parts: AnswerParts, language: str) -> Iterator[_Lack]:
    found = list(lacks(parts))
    yield from ((lack, evidence, {}) for lack, evidence in found)
    figures = two_numbers(parts, language)
    if figures is not None:
        yield "numbers", figures[2], {"a": f"‘{figures[0]}’", "b": f"‘{figures[1]}’"}
    yield from _vague(parts.counted)
    if not found and _unreflected(parts):
        yield "reflection", tuple(dict.fromkeys(s.piece.utterance_id for s in parts.counted))[-2:], {}


def _vague(counted: Sequence[Sentence]) -> Iterator[_Lack]:
    """The last vague words after which nothing concrete was said: no deed and no figure."""
    for n, sentence in reversed(list(enumerate(counted))):
        said = [p for p in sentence.hits["vague"] if p not in NOT_QUOTED and p in sentence.piece.text.lower()]
        if said and not sentence.words.numbers and not any(_concrete(s) for s in counted[n + 1 :]):
            yield "vague", (sentence.piece.utterance_id,), {"topic": max(said, key=len)}
            return


def _concrete(sentence: Sentence) -> bool:
    words = sentence.words
    return bool(words.acts_i + words.acts_we + words.numbers) and not sentence.hits["vague"]


def _unreflected(parts: AnswerParts) -> bool:
    """Whether deeds and their result were told, and nothing that was learned from them."""
    acting = any(s.words.acts_i for s in parts.counted)
    learned = any(s.hits["learn"] and s.near["reflection"] >= REFLECTED for s in parts.counted)
    return acting and star_of(parts)["result"] >= ABSENT and not learned


def _text(lack: str, topic: str | None, filled: dict[str, str], language: str) -> str | None:
    """The probe's wording, tied to the candidate's words where that passes the filters; None when none does."""
    wording = wordings()[lack]
    words = filled.get("topic", topic)
    candidates = []
    if wording.about is not None and words is not None:
        candidates.append(wording.about.text(language).format(topic=shown_topic(words, wording.particle, language)))
    candidates.append(wording.plain.text(language).format(**{"a": "", "b": "", **filled}))
    return next((text for text in candidates if fault_of(text) is None), None)
