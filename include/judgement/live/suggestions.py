"""Suggested questions on their way: at most two open, none twice, put away when asked, answered or overtaken. Pure.

Everything is counted in the session's durable events, so a new owner counts as the old one did.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from include.interview.live.conversation import Conversation
from include.interview.live.wire import Durable, QuestionActed, QuestionSuggested
from include.judgement.follow_ups import FollowUp

MOST_OPEN = 2
MOST_PROBES = 3
"""Probes of one criterion in a session: then it is time for the next subject."""
MODEL = "model-"
"""How ids of a model's suggestions begin."""
REST_MS = 1_500
"""A question is suggested once the candidate has stopped for so long, not in the middle of an answer."""
PROBE_REST_MS = 2_500
"""The same for a probe: one that the candidate forestalls by going on would count all the same."""


def put_away(talk: Conversation, useful: Sequence[FollowUp] | None, asked: Mapping[str, str]) -> Iterator[Durable]:
    """What became of open suggestions.

    Args:
        useful: what the last judgement found worth asking; None when there was none since. What is no longer among it
            was answered, or the conversation has gone on.
        asked: suggestion id → the interviewer's utterance in which it was recognised.
    """
    for suggestion in talk.open_suggestions():
        said = talk.utterance(asked.get(suggestion.id, ""))
        if said is not None:
            yield QuestionActed(id=suggestion.id, action="used", at_ms=round(said.start_s * 1000))
        elif useful is not None and all(f.id != suggestion.id for f in useful) and _over(talk, suggestion):
            yield QuestionActed(id=suggestion.id, action="dismissed", at_ms=talk.now_ms)


def _over(talk: Conversation, suggestion: QuestionSuggested) -> bool:
    """The rules give a suggestion the same id as long as it holds; a model's ends with the next answer."""
    if not suggestion.id.startswith(MODEL):
        return True
    based = rests_on(talk, [suggestion])[suggestion.id]
    asked = [u.start_s for u in talk.utterances("interviewer") if u.start_s >= based]
    return bool(asked) and any(u.start_s > asked[0] for u in talk.utterances("candidate"))


def rests_on(talk: Conversation, suggested: Sequence[QuestionSuggested]) -> dict[str, float]:
    """Suggestion → session time in seconds at which the words it rests on end: it cannot have been asked before."""
    ends = {s.id: [u.end_s for i in s.evidence if (u := talk.utterance(i)) is not None] for s in suggested}
    return {suggestion: max(each, default=0.0) for suggestion, each in ends.items()}


def suggest(talk: Conversation, useful: Sequence[FollowUp]) -> Iterator[Durable]:
    """New suggestions, best first, as far as there is room."""
    if not _resting(talk):
        return
    room = MOST_OPEN - len(talk.open_suggestions())
    texts = {s.text for s in talk.suggested.values()}
    kinds = {s.id.split("-")[0] for s in talk.open_suggestions()}
    spent = Counter(s.criterion for s in talk.suggested.values() if s.criterion)
    for follow_up in useful:
        if room <= 0:
            return
        if follow_up.id in talk.suggested or follow_up.text in texts or follow_up.kind in kinds:
            continue
        if spent[follow_up.criterion] >= MOST_PROBES or (follow_up.criterion and not _resting(talk, PROBE_REST_MS)):
            continue
        room -= 1
        kinds.add(follow_up.kind)
        spent[follow_up.criterion] += bool(follow_up.criterion)
        yield QuestionSuggested(
            id=follow_up.id,
            text=follow_up.text,
            why=follow_up.why,
            evidence=list(follow_up.evidence),
            probe=follow_up.probe,
            criterion=follow_up.criterion,
        )


def _resting(talk: Conversation, rest_ms: int = REST_MS) -> bool:
    said = talk.utterances()
    if not said or said[-1].role != "candidate":
        return bool(said)
    return talk.now_ms - talk.heard_ms >= rest_ms and not talk.speaking
