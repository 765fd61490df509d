"""What was done to what: the object of a claim's deed, against the object of the same deed in the cited words."""

from __future__ import annotations

from collections.abc import Sequence

from include.interview.insight.records import ClaimRejection
from include.judgement.insight.cited import Reading
from include.judgement.insight.lexicon import frame_words
from include.judgement.insight.matching import Match
from include.judgement.insight.reasons import rejection
from include.judgement.insight.words import ContentWord
from include.korean_morphemes import morphemes


def check_objects(said: Reading, cited: Reading, matches: Sequence[Match]) -> ClaimRejection | None:
    """The first thing of the claim to which the cited words do something else, and its deed to another thing."""
    if said.language != "ko":
        return None
    found = {m.word.start: m for m in matches}
    for one in matches:
        if one.word.kind != "verb" or len(one.word.form) < 2:
            continue
        mine = [found[w.start] for w in _objects(said, one.word) if w.start in found]
        mine = [m for m in mine if m.standing == "cited" and m.found and m.word.key not in frame_words()]
        same = [w for w in one.found if w.key == one.word.key]
        if not mine or not same:
            continue
        if all(_of_another(w, cited, mine) for w in same):
            return rejection("subject_not_cited", word=mine[0].word.form)
    return None


def _of_another(verb: ContentWord, cited: Reading, mine: Sequence[Match]) -> bool:
    """Whether the cited verb has an object of its own, and none of the claim's stands in its clause."""
    places = [w for m in mine for w in m.found]
    if any(w.clause == verb.clause for w in places) or not any(w.sentence == verb.sentence for w in places):
        return False
    theirs = _objects(cited, verb)
    return bool(theirs) and not any(w.start == x.start for m in mine for w in m.found for x in theirs)


def _objects(reading: Reading, verb: ContentWord) -> list[ContentWord]:
    """The noun that a Korean verb takes as its object in its own clause (…를), or none."""
    nouns = [w for w in reading.words if w.clause == verb.clause and w.kind in ("noun", "name") and w is not verb]
    ends = {m.start for m in morphemes(reading.text) if m.tag == "JKO"}
    return [w for w in nouns if w.end in ends and w.end <= verb.start][-1:]
