"""Probes by rule: questions into the last answer of an executive interview, from what it leaves open.

An answer goes on over the probes into it: what was told to a probe counts as told, and what was asked once, by whatever
wording, is not asked again. Wordings stand in `probes.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import msgspec

from include.interview.case import Case
from include.interview.preparation.open_matters import criteria_shares
from include.interview.records import Answer, Record
from include.judgement.analysis import Analysis, AnswerParts, Sentence, analyse
from include.judgement.components import star_of
from include.judgement.follow_ups import (
    ABSENT,
    LEAST_WORDS,
    FollowUp,
    Wording,
    lacks,
    parts_of,
    shown_topic,
    topic_of,
    two_numbers,
)
from include.judgement.keywords import Mention
from include.judgement.lexicon_reading import read_lexicon
from include.judgement.live.utterance_analysis import nearest_text
from include.judgement.preparation.filters import fault_of
from include.judgement.preparation.gaps import KIND, facets_told, told_in

PROBES_FILE = Path(__file__).resolve().parents[1] / "lexicon" / "probes.yaml"
REFLECTED = 0.3
"""Nearness to reflections from which a sentence with a phrase of learning tells what was learned: such sentences of the
hand-written ladder begin at .31."""
NOT_QUOTED = frozenset({"thing", "anything", "whatever"})
"""Vague words that mean too little alone to be asked about."""
_ORDER = ("numbers", "own_part", "example", "result", "action", "vague", "figure", "situation", "reflection")
"""Most telling first."""


class Probing(Record, frozen=True):
    """What a session knows that probes depend on.

    `suggested`: id -> text of every suggestion so far. `prepared`: id of a prepared question -> its criterion.
    `listed`: texts of prepared questions, which no model's probe repeats.
    """

    suggested: Mapping[str, str] = {}
    prepared: Mapping[str, str] = {}
    listed: tuple[str, ...] = ()


class Story(Record, frozen=True):
    """The last answer with those it goes on from: the question that began it, all its words, and what was probed."""

    answer: Answer
    parts: AnswerParts
    asked: frozenset[str]


@cache
def wordings() -> dict[str, Wording]:
    """What an answer lacks -> the wording of the probe for it."""
    return read_lexicon(PROBES_FILE, dict[str, Wording])


def probes(case: Case, mentions: Mapping[str, Sequence[Mention]], probing: Probing) -> tuple[FollowUp, ...]:
    """Probes into the last answer of `case`, best first; () when it lacks nothing or is too short.

    Args:
        mentions: keyword -> where it was used so far (`KeywordMatcher.hits`).
    """
    analysis = analyse(case)
    story = last_story(case, analysis, probing)
    if story is None or story.parts.n_words < LEAST_WORDS:
        return ()
    criterion = criterion_of(case, story, probing)
    topic = topic_of(story.answer, mentions, analysis.language)
    found = []
    for lack, evidence, filled in _open(story.parts, analysis.language):
        if lack in story.asked:
            continue
        text = _text(lack, topic, filled, analysis.language)
        if text is not None:
            found.append(_probe(lack, text, evidence, story, criterion, analysis.language))
    return tuple(sorted(found, key=lambda f: _ORDER.index(f.kind)))


def _probe(lack: str, text: str, evidence: tuple[str, ...], story: Story, criterion: str, language: str) -> FollowUp:
    wording, utterances = wordings()[lack], story.answer.utterances
    return FollowUp(
        id=f"{lack}-{utterances[0].id}",
        kind=lack,
        text=text,
        why=wording.why.text(language),
        evidence=evidence or (utterances[-1].id,),
        probe=wording.probe,
        criterion=criterion,
    )


# ---------------------------------------------------------------- which answer, and what it speaks to


def last_story(case: Case, analysis: Analysis, probing: Probing) -> Story | None:
    """The last answer, together with the earlier ones that its probes go into; None before the first answer."""
    said = [a for a in case.answers if a.utterances and parts_of(analysis, a) is not None]
    if not said:
        return None
    begin, asked = len(said) - 1, set()
    while begin > 0:
        lack = _probed(said[begin], case, probing)
        if lack is None:
            break
        asked.add(lack)
        begin -= 1
    story = said[begin:]
    parts = [p for a in story if (p := parts_of(analysis, a)) is not None]
    sentences = tuple(s for p in parts for s in p.sentences)
    return Story(
        answer=msgspec.structs.replace(story[0], utterances=tuple(u for a in story for u in a.utterances)),
        parts=msgspec.structs.replace(parts[0], sentences=sentences),
        asked=frozenset(asked),
    )


def _probed(answer: Answer, case: Case, probing: Probing) -> str | None:
    """What the question of `answer` probes for (a key of `wordings`); "" for a model's probe, None for a new matter."""
    if answer.question_id in probing.suggested:
        lack = str(answer.question_id).split("-")[0]
        return lack if lack in wordings() else ""
    opens = {q.id for q in case.opening.questions} | set(probing.prepared)
    if answer.question is None or answer.question_id in opens:
        return None
    texts = [(lack, text) for lack, w in wordings().items() for text in (w.plain.ko, w.plain.en)]
    nearest = nearest_text(answer.question, [text for _, text in texts])
    return None if nearest is None else texts[nearest][0]


def criterion_of(case: Case, story: Story, probing: Probing) -> str:
    """The criterion that `story` speaks to: that of its prepared question, else the one of which it tells most."""
    prepared = probing.prepared.get(story.answer.question_id or "")
    shares = criteria_shares(case.opening, case.rubric, case.profile)
    if prepared in shares:
        return str(prepared)
    own = {u.id for u in story.answer.utterances}
    told = told_in([case])
    count = dict.fromkeys(shares, 0)
    for (criterion, _), indices in facets_told(told).items():
        if criterion in count:
            count[criterion] += sum(told[i].sentence.piece.utterance_id in own for i in indices)
    sentences = story.parts.counted
    near = {c: sum(s.near[KIND[c]] for s in sentences) for c in shares}
    return max(shares, key=lambda c: (count[c], near[c]), default="")


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
