"""Questions worth asking next, from the parts of an episode that the last answer lacks.

Each suggestion says why and which utterances it rests on. The wording is ours; of the candidate's words only a topic is
quoted, in quotation marks, so that every sentence stays grammatical. None touches a protected ground.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import msgspec

from include.interview.case import Case
from include.interview.live.wire import ProbeKind
from include.interview.records import Answer, Bilingual, Record
from include.judgement.analysis import Analysis, AnswerParts, Sentence, analyse
from include.judgement.components import star_of
from include.judgement.embedding import encode, nearness
from include.judgement.keywords import Mention
from include.judgement.lexicon_files import lexicon
from include.judgement.lexicon_reading import read_lexicon
from include.judgement.particles import with_particle
from include.judgement.protected_grounds import may_be_suggested
from include.korean_morphemes import morphemes

WORDINGS_FILE = Path(__file__).resolve().parent / "lexicon" / "follow_ups.yaml"
LEAST_WORDS = 15.0
"""English-equivalent words from which an answer is long enough to lack something."""
ABSENT, PRESENT = 0.2, 0.3
"""Strength of an episode's part (`star_of`) below which it was not told, and from which it was."""
KNOWN_QUESTION = 0.5
"""Nearness from which a question is of its kind: self-introductions, motives and closings ask for no episode."""
CLAIMS = 2
"""Sentences of mere self-description from which an example is asked for, where the question did not ask for one."""
CLAIM_NEAR = 0.4
KEYWORD_AFTER_ANSWERS = 2
"""Answers after which a keyword of the opening that was not touched is worth a question."""
MAX_EVIDENCE = 4
LONGEST_TOPIC = 24
_LIGHT_TOPIC_WORDS = (
    "경험|생각|부분|정도|경우|시간|사람|문제|결과|과정|상황|이야기|자신|본인|회사|팀|팀원|동료|일|말|것|때|수|점|후|전|중|저|저희|우리|년|월|해결|노력|진행|다음|처음|"
    "마지막|당시|그때|안녕|감사|지원자|면접|목표|인턴|성장|관심|학교|학년|방법|내용|이유|정말|지금"
)
_LIGHT_TOPICS = frozenset(_LIGHT_TOPIC_WORDS.split("|"))
"""Korean nouns that are said often and name no topic."""


class FollowUp(Record, frozen=True):
    """A question worth asking. `id` is the same whenever the same answer lacks the same thing.

    `probe`: what it asks of the answer; None where it opens a new subject. `criterion`: which one the answer speaks to,
    where probes are counted per criterion.
    """

    id: str
    kind: str
    text: str
    why: str
    evidence: tuple[str, ...]
    probe: ProbeKind | None = None
    criterion: str = ""


class Wording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a question of one kind is put, and why."""

    plain: Bilingual
    why: Bilingual
    about: Bilingual | None = None
    """With {topic}: a quoted word of the candidate, with its particle in Korean."""
    particle: str = ""
    probe: ProbeKind | None = None


@cache
def wordings() -> dict[str, Wording]:
    """Kind of follow-up → its wording."""
    return read_lexicon(WORDINGS_FILE, dict[str, Wording])


_ORDER = ("numbers", "own_part", "example", "result", "action", "figure", "situation", "keyword")
"""Most telling first."""


def follow_ups(case: Case, mentions: Mapping[str, Sequence[Mention]]) -> tuple[FollowUp, ...]:
    """What to ask next about the candidate's last answer, best first; () when it lacks nothing or is too short.

    Args:
        mentions: keyword → where it was used so far (`KeywordMatcher.hits`).
    """
    said = [a for a in case.answers if a.utterances]
    if not said:
        return ()
    analysis = analyse(case)
    found: list[FollowUp] = []
    parts = parts_of(analysis, said[-1])
    if parts is not None and parts.n_words >= LEAST_WORDS:
        topic = topic_of(said[-1], mentions, analysis.language)
        for kind, evidence in lacks(parts):
            found.append(_worded(kind, said[-1], evidence, topic, analysis.language))
        found += _numbers(parts, said[-1], analysis.language)
    if len(said) >= KEYWORD_AFTER_ANSWERS:
        found += _untouched(case, said[-1], mentions, analysis.language)
    return tuple(sorted((f for f in found if may_be_suggested(f.text)), key=lambda f: _ORDER.index(f.kind)))


def parts_of(analysis: Analysis, answer: Answer) -> AnswerParts | None:
    """The parts of `answer` in the analysis of its interview; None when it has no sentences."""
    ids = {u.id for u in answer.utterances}
    return next((a for a in analysis.answers if any(s.piece.utterance_id in ids for s in a.sentences)), None)


def lacks(parts: AnswerParts) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(kind, ids of utterances that show it) for everything this answer leaves open; kinds are those of `wordings`."""
    star, counted = star_of(parts), parts.counted
    acting = [s for s in counted if s.words.acts_i + s.words.acts_we]
    episode = parts.kind == "q_behavioural"
    told = episode or bool(acting and max(star["situation"], star["task"]) >= PRESENT)
    claims = [s for s in parts.sentences if s.near["vague"] >= CLAIM_NEAR or s.dropped == "self_praise"]
    if sum(s.words.acts_we for s in counted) >= 2 and not any(s.words.acts_i for s in counted):
        yield "own_part", _ids(s for s in counted if s.words.acts_we)
    if not acting and len(claims) >= (1 if episode else CLAIMS):
        yield "example", _ids(claims)
    elif told and (episode or not _known_kind(parts)):
        yield from _episode_lacks(star, acting, counted)


def _known_kind(parts: AnswerParts) -> bool:
    return bool(parts.question) and float(nearness(encode([parts.question or ""]), parts.kind)[0]) >= KNOWN_QUESTION


def _episode_lacks(
    star: dict[str, float], acting: Sequence[Sentence], counted: Sequence[Sentence]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    if not acting and star["action"] < PRESENT:
        yield "action", _ids(counted)
    elif star["result"] < ABSENT:
        yield "result", _ids(acting or counted)
    elif not any(s.words.numbers for s in counted):
        yield "figure", _ids([s for s in counted if s.hits["result"]] or counted[-1:])
    if star["situation"] < ABSENT and acting:
        yield "situation", _ids(acting)


def _ids(sentences: Iterable[Sentence]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(s.piece.utterance_id for s in sentences))[:MAX_EVIDENCE]


def _worded(kind: str, answer: Answer, evidence: tuple[str, ...], topic: str | None, language: str) -> FollowUp:
    wording = wordings()[kind]
    text = wording.plain.text(language)
    if wording.about is not None and topic is not None:
        about = wording.about.text(language).format(topic=shown_topic(topic, wording.particle, language))
        text = about if may_be_suggested(about) else text
    first = answer.utterances[0].id
    shown = evidence or (answer.utterances[-1].id,)
    return FollowUp(f"{kind}-{first}", kind, text, wording.why.text(language), shown, wording.probe)


def shown_topic(topic: str, particle: str, language: str) -> str:
    """`topic` as a wording takes it: in Korean in quotation marks with the right one of `particle`."""
    return with_particle(topic, particle) if language == "ko" and particle else topic


# ---------------------------------------------------------------- topics


def topic_of(answer: Answer, mentions: Mapping[str, Sequence[Mention]], language: str) -> str | None:
    """What the answer is about, in the candidate's own words: a keyword as it was said, else the noun said most."""
    ids = {u.id for u in answer.utterances}
    nouns = _nouns(answer, language)
    said = [m.quote for each in mentions.values() for m in each if m.utterance_id in ids]
    for quote in said:
        if language == "en" or quote in nouns:
            return quote if _short(quote) and (language == "ko" or quote[:1].isupper()) else None
    counts = sorted(nouns, key=lambda n: (-nouns[n], -len(n), n))
    return next((n for n in counts if _short(n) and nouns[n] >= 2), None)


def _short(topic: str) -> bool:
    return 2 <= len(topic) <= LONGEST_TOPIC


def _nouns(answer: Answer, language: str) -> dict[str, int]:
    """Nouns of an answer as they were said, with how often. English: only names, where capitals show them."""
    found: dict[str, int] = {}
    if language != "ko":
        names = re.findall(r"(?<=[a-z,] )([A-Z][A-Za-z0-9+#]+)", answer.text)
        for name in names:
            if not name.startswith(("I'", "I ")) and name != "I":
                found[name] = found.get(name, 0) + 1
        return found
    for u in answer.utterances:
        run: list[str] = []
        last = -1
        for t in (*morphemes(u.text), None):
            noun_like = t is not None and t.tag in ("NNG", "NNP", "SL")
            if t is not None and noun_like and (not run or t.start == last):
                run.append(t.form)
                last = t.end
                continue
            noun = "".join(run)
            if noun and noun not in _LIGHT_TOPICS and noun in u.text:
                found[noun] = found.get(noun, 0) + 1
            run, last = ([t.form], t.end) if t is not None and noun_like else ([], -1)
    return found


def _untouched(case: Case, answer: Answer, mentions: Mapping[str, Sequence[Mention]], language: str) -> list[FollowUp]:
    """The weightiest keyword of the opening that nobody has spoken of yet."""
    spoken = "".join(u.text for u in case.transcript.utterances)
    for keyword in sorted(case.opening.keywords, key=lambda k: -k.weight):
        forms = (keyword.term, *keyword.synonyms)
        if mentions.get(keyword.term) or any(f and f.lower() in spoken.lower() for f in forms):
            continue
        term = next((f for f in forms if ("가" <= f[:1] <= "힣") == (language == "ko")), keyword.term)
        wording = wordings()["keyword"]
        text = wording.plain.text(language).format(topic=shown_topic(term, "과/와", language))
        why = wording.why.text(language)
        return [FollowUp(f"keyword-{keyword.term}", "keyword", text, why, (answer.utterances[-1].id,))]
    return []


# ---------------------------------------------------------------- two figures for one thing

_COUNTED = re.compile(
    r"(?P<n>\d+)\s?(?P<unit>명|개월|년|%|퍼센트)|\b(?P<m>\d+|two|three|four|five|six|seven|eight|nine|ten)[ -]"
    r"(?P<thing>(?:team )?(?:members|people|engineers|developers)|percent|months|years)\b"
)
_CHANGE = re.compile(
    r"\b(?:from|to|grew|increas\w*|decreas\w*|reduc\w*|later|then|first|another"
    r"|other|each|more|after|before|until)\b"
)
_SPELLED = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBERS = {w: str(n) for n, w in enumerate(_SPELLED, 2)}


def _numbers(parts: AnswerParts, answer: Answer, language: str) -> list[FollowUp]:
    found = two_numbers(parts, language)
    if found is None:
        return []
    a, b, evidence = found
    wording = wordings()["numbers"]
    text = wording.plain.text(language).format(a=f"‘{a}’", b=f"‘{b}’")
    first = answer.utterances[0].id
    return [FollowUp(f"numbers-{first}", "numbers", text, wording.why.text(language), evidence, wording.probe)]


def two_numbers(parts: AnswerParts, language: str) -> tuple[str, str, tuple[str, ...]] | None:
    """Two different counts of people in one answer, where nothing in either sentence speaks of a change.

    Returns both as they were said, and the ids of the utterances that say them; None when there are none.
    """
    seen: dict[str, tuple[str, str, str]] = {}
    for sentence in parts.counted:
        low = sentence.piece.text.lower()
        if _CHANGE.search(low) or (language == "ko" and lexicon("ko").hits("change", sentence.piece.text)):
            continue
        for match in _COUNTED.finditer(low):
            unit = match["unit"] or match["thing"]
            if unit not in ("명", "members", "team members", "people", "engineers", "developers"):
                continue
            number = _NUMBERS.get(match["n"] or match["m"], match["n"] or match["m"])
            head = low[: match.start()].split()[-1:]
            if language == "ko" and not (head and head[0].startswith(("팀원", "팀은", "팀이", "인원"))):
                continue
            before = seen.setdefault(unit, (number, match[0], sentence.piece.utterance_id))
            if before[0] != number:
                return before[1], match[0], tuple(dict.fromkeys((before[2], sentence.piece.utterance_id)))
    return None
