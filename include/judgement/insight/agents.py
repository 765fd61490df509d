"""Who did it: the agent of a claim's deeds, against the agent of the same deeds in the cited words.

A claim that gives the candidate what somebody else did, somebody else what the candidate did, or one person another's
deed, is rejected. An agent is told from its place (English) or its particle (Korean); where it cannot be told, nothing
is said about it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from include.interview.insight.records import ClaimRejection
from include.judgement.insight.agent import Agent
from include.judgement.insight.cited import Reading
from include.judgement.insight.english_agents import english_agent
from include.judgement.insight.korean_agents import korean_agent
from include.judgement.insight.lexicon import frame_words, meanings
from include.judgement.insight.matching import Match
from include.judgement.insight.reasons import rejection
from include.judgement.insight.words import ContentWord
from include.korean_morphemes import morphemes


def check_agents(said: Reading, cited: Reading, matches: Sequence[Match]) -> ClaimRejection | None:
    """The first deed of the claim that the cited words tell of somebody else; None when there is none.

    Args:
        matches: the claim's words with the cited words each was found in.
    """
    agent_said, agent_cited = _reader(said), _reader(cited)
    for one in matches:
        korean = not one.word.form.isascii()
        if one.word.kind == "name" or (korean and one.word.kind != "verb" and not one.word.derived):
            continue
        mine = agent_said(said.text, one.word, False)
        places = _places(one, cited, matches, mine) if mine is not None else ()
        if mine is None or not places:
            continue
        if mine.who == "other" and any(_is_object(cited, w, mine) for w in places):
            return rejection("another_did_it", word=one.word.form)
        theirs = [agent_cited(cited.text, w, True) for w in places]
        if theirs and all(t is not None and _differ(mine, t, cited) for t in theirs):
            return rejection("another_did_it", word=one.word.form)
    return None


_TO_WHOM = ("에게", "께", "한테")


def _is_object(cited: Reading, verb: ContentWord, agent: Agent) -> bool:
    """Whether the cited words name the claim's agent as the one it was done to: "told the director", "국장님께"."""
    if cited.language == "ko":
        ends = {m.start: m.form for m in morphemes(cited.text) if m.tag == "JKB" and m.form in _TO_WHOM}
        beside = [w for w in cited.words if w.clause == verb.clause and w.start < verb.start]
        near = [w for w in beside if any(0 <= at - w.end <= 1 for at in ends)]
    else:
        near = [w for w in cited.words if w.clause == verb.clause and 0 <= w.start - verb.end <= OBJECT]
    return any(_one(a, k) or (not a.isascii() and w.form in a) for w in near for k in w.keys for a in agent.words)


OBJECT = 9
"""Characters between an English verb and its object: a blank and "the" or "my"."""


def _reader(reading: Reading) -> Callable[[str, ContentWord, bool], Agent | None]:
    return korean_agent if reading.language == "ko" else english_agent


def _places(one: Match, cited: Reading, matches: Sequence[Match], agent: Agent) -> tuple[ContentWord, ...]:
    """The cited words of one deed of the claim: the same or one meaning, beside most of what its clause speaks of."""
    mine = meanings().get(one.word.key, frozenset())
    same = [w for w in one.found if w.key == one.word.key or mine & _meanings(w)]
    beside = {
        w.start
        for m in matches
        if m is not one and m.word.clause == one.word.clause and m.standing == "cited"
        for w in m.found
    }
    if one.word.key in frame_words():
        same = [w for w in same if w.key == one.word.key]
    for at in ("clause", "sentence"):
        near = {
            w.start: sum(1 for x in cited.words if x.start in beside and getattr(x, at) == getattr(w, at)) for w in same
        }
        best = max(near.values(), default=0)
        if best:
            return tuple(w for w in same if near[w.start] == best)
    # Words of every claim ("take", "work") are the same deed only beside the same things.
    return tuple(same) if agent.explicit and one.word.key not in frame_words() else ()


def _meanings(word: ContentWord) -> frozenset[int]:
    return meanings().get(word.key, frozenset())


def _differ(mine: Agent, theirs: Agent, cited: Reading) -> bool:
    """Whether the two are known to be different: a group of the speaker's may be the speaker."""
    if mine.who == "group" or theirs.who == "group":
        return False
    if mine.who != theirs.who:
        # "두 사람이" may be the speaker and another, where the cited words name no subject.
        return bool(mine.words) or theirs.explicit
    if mine.who == "self" or not mine.words or not theirs.words:
        return False
    if any(_one(a, b) for a in mine.words for b in theirs.words):
        return False
    if any(a[-2:] == b[-2:] and len(a) == len(b) == 3 and not a.isascii() for a in mine.words for b in theirs.words):
        return True  # 박 과장, 오 과장
    # Two words for one person are common ("the doctor", "the registrar"); that one is spoken of elsewhere is needed.
    return any(_one(a, k) for a in mine.words for w in cited.words for k in w.keys)


def _one(a: str, b: str) -> bool:
    return a == b or bool(meanings().get(a, frozenset()) & meanings().get(b, frozenset()))
