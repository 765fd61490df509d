"""The tone of the words of an answer, quoted: what is said is described, what is felt is not claimed, no score.

Words come from `lexicon/tone_*.yaml`, Korean ones by morpheme. A word under a negation ("not happy", "좋지 않았다") is
quoted as negated and counted for nothing: its opposite is not what was said either.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import get_args

from include.interview.records import Answer, Quote, Utterance
from include.interview.transcript.quotes import find_in_utterance
from include.interview.transcript.text import fold, language_of, sentences, words
from include.interview.voice.records import AnswerTone, ToneKind, ToneWord
from include.judgement.korean_lists import Place
from include.judgement.lexicon_files import tone_lexicon
from include.korean_morphemes import Morpheme, morphemes

TONE_LANGUAGES = ("ko", "en")
NEGATION_WORDS = 3
"""An English negation reaches this many words ahead: "not very happy", "never felt really nervous"."""
_NEGATION = re.compile(
    r"\b(?:not|no|never|without|hardly|neither|nor|nothing|cannot|[a-z]+n['’]t)\b(?! only\b)", re.IGNORECASE
)
_BOUNDARY = re.compile(r"[,;:.!?]|\b(?:but|and|because|so|although)\b", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z]+(?:['’][a-z]+)?")
_SET_PHRASE = re.compile(
    r"\bgood (?:morning|afternoon|evening|day|night|luck)\b"
    r"|\b(?:do|did|does|done|doing|try|tried|trying) (?:my|our|your|his|her|their) best\b"
    r"|\bbest (?:practi[cs]es?|case|regards|effort)\b|\bfor the better\b|\bhad better\b"
    r"|\b(?:great|good) (?:deal|many|number)\b|\bgood at\b|\bas good as\b|\bfor good\b|\bworst[- ]case\b"
    r"|\bbad (?:debts?|sectors?|requests?)\b|\b(?:great|good)[- ]?(?:grand\w+|will)\b"
    r"|\b(?:present|past|future) tense\b",
    re.IGNORECASE,
)
"""Set phrases whose words carry no tone."""
_DENYING_STEMS = frozenset(("않", "못하", "말", "없", "아니"))
_LIGHT = frozenset(("하", "되", "느낌", "생각", "마음", "필요", "일"))
"""What may stand between a Korean word and its denial: 불안한 마음은 없었다, 걱정할 필요가 없다."""
_CLAUSE_ENDINGS = frozenset(("지만", "는데", "ᆫ데", "고", "어서", "아서", "니까", "으니까", "면서"))


def tone_of_words(answers: Sequence[Answer]) -> tuple[AnswerTone, ...]:
    """The tone of each answer's words, in order; answers in other languages than Korean and English are left out."""
    found = []
    for answer in answers:
        if language_of(answer.text) not in TONE_LANGUAGES:
            continue
        hits = tuple(hit for u in answer.utterances for hit in _in_utterance(u))
        counts: Counter[ToneKind] = Counter(hit.kind for hit in hits if not hit.negated)
        kinds = {kind: counts[kind] for kind in get_args(ToneKind)}
        found.append(AnswerTone(answer.utterances[0].id, len(words(fold(answer.text))), kinds, hits))
    return tuple(found)


def _in_utterance(u: Utterance) -> list[ToneWord]:
    hits: list[ToneWord] = []
    for sentence in sentences(unicodedata.normalize("NFC", u.text)):
        language = language_of(sentence)
        if language not in TONE_LANGUAGES:
            continue
        lexicon = tone_lexicon(language)
        for kind in get_args(ToneKind):
            for place in lexicon.places(kind, sentence):
                if language == "en" and _set_phrase(sentence, place):
                    continue
                negated = _negated_ko(sentence, place) if language == "ko" else _negated_en(sentence, place)
                quote = _quote(u, sentence, place, language)
                if quote is not None:
                    hits.append(ToneWord(kind, quote, negated))
    return hits


def _quote(u: Utterance, sentence: str, place: Place, language: str) -> Quote | None:
    """The words as said; a Korean hit is quoted to the end of its written word, with its ending."""
    start, end = place.start, place.end
    if language == "ko":
        while start > 0 and not sentence[start - 1].isspace():
            start -= 1
        while end < len(sentence) and not sentence[end].isspace():
            end += 1
    return find_in_utterance(u, sentence[start:end].strip(".,!?"))


def _set_phrase(sentence: str, place: Place) -> bool:
    return any(m.start() <= place.start and place.end <= m.end() for m in _SET_PHRASE.finditer(sentence))


def _negated_en(sentence: str, place: Place) -> bool:
    """A negation up to three words before, with no clause boundary between."""
    for negation in _NEGATION.finditer(sentence[: place.start]):
        between = sentence[negation.end() : place.start]
        if not _BOUNDARY.search(between) and len(_WORD.findall(between)) < NEGATION_WORDS:
            return True
    return False


def _negated_ko(sentence: str, place: Place) -> bool:
    """안 or 못 before the word, or -지 않다, -지 못하다, -지 말다, 없다, 아니다 after it in the same clause."""
    said = morphemes(sentence)
    before = [m for m in said if m.end <= place.start]
    if before and before[-1].tag == "MAG" and before[-1].form in ("안", "못"):
        return True
    after = [m for m in said if m.start >= place.end or (m.start >= place.start and m.end > place.end)]
    return _denied(after)


def _denied(after: Sequence[Morpheme]) -> bool:
    """Whether the morphemes after a word deny it.

    Only particles and endings, and light nouns such as 것, 적 or 점, may lie between.
    """
    for m in after:
        if m.form in _DENYING_STEMS and m.tag.startswith(("VX", "VA", "VV", "VCN")):
            return True
        if m.form == "못" and m.tag == "MAG":
            return True
        if m.form in _CLAUSE_ENDINGS or not (m.tag.startswith(("J", "E", "XS", "NNB")) or m.form in _LIGHT):
            return False
    return False
