"""Why a claim is rejected: one sentence per code, in both languages."""

from __future__ import annotations

from include.interview.insight.records import ClaimRejection
from include.interview.records import Bilingual

_TEXTS = {
    "unknown_kind": (
        "종류는 strength, risk, contradiction, open_question 가운데 하나여야 합니다.",
        "The kind must be strength, risk, contradiction or open_question.",
    ),
    "empty": ("주장에 글이 없습니다.", "The claim holds no words."),
    "too_long": (
        "주장은 한두 문장, {most}자까지입니다.",
        "A claim is one or two sentences of at most {most} characters.",
    ),
    "wrong_language": (
        "한국어 문장에는 한국어를, 영어 문장에는 영어를 적어 주세요.",
        "Write the Korean sentence in Korean and the English one in English.",
    ),
    "holds_verdict": (
        "점수, 등급이나 채용 여부를 말하는 주장은 받지 않습니다.",
        "A claim holds no score, level or recommendation to hire or reject.",
    ),
    "accusing": (
        "비난하는 표현 대신, 무엇을 물어볼지 중립적으로 적어 주세요.",
        "Put it neutrally, as something to ask about; it accuses.",
    ),
    "protected_ground": (
        "평가에 쓸 수 없는 개인 사정({ground})에 관한 주장입니다.",
        "The claim touches on what may not be assessed ({ground}).",
    ),
    "no_citation": ("인용한 발화가 없습니다.", "The claim cites no utterance."),
    "too_many_citations": ("발화는 {most}개까지 인용할 수 있습니다.", "A claim cites at most {most} utterances."),
    "unknown_utterance": ("{id} 발화가 없습니다.", "There is no utterance {id}."),
    "ambiguous_utterance": (
        "{id} 발화가 여러 파일에 있습니다. {options}처럼 적어 주세요.",
        "The utterance {id} stands in several files; write {options}.",
    ),
    "not_the_candidate": ("{id} 발화는 지원자의 말이 아닙니다.", "The utterance {id} is not the candidate's."),
    "addresses_judge": ("{id} 발화는 평가 엔진에 하는 요청입니다.", "The utterance {id} is a request to the judge."),
    "needs_two_citations": (
        "모순은 서로 다른 답변 두 곳을 인용해야 합니다.",
        "A contradiction cites two different answers.",
    ),
    "quote_not_cited": (
        "따옴표 안의 말이 인용한 발화에 그대로 있지 않습니다.",
        "The words in quotation marks do not stand in the cited words as they are.",
    ),
    "number_not_cited": (
        "‘{word}’라는 수나 날짜, 기간이 인용한 말에 없습니다.",
        "The figure or date '{word}' does not stand in the cited words.",
    ),
    "number_of_something_else": (
        "인용한 말에서 ‘{word}’는 다른 것의 수입니다.",
        "In the cited words '{word}' is the number of something else.",
    ),
    "numbers_reversed": (
        "인용한 말에서는 두 수의 순서가 반대입니다.",
        "In the cited words the two figures stand the other way round.",
    ),
    "name_not_cited": (
        "‘{word}’라는 이름이 인용한 말에 없습니다.",
        "The name '{word}' does not stand in the cited words.",
    ),
    "subject_not_cited": (
        "‘{word}’에 관한 말이 인용한 발화에 없습니다.",
        "The cited words do not speak of '{word}'.",
    ),
    "interviewers_words": (
        "‘{word}’는 면접관의 말이고 인용한 지원자의 말에는 없습니다.",
        "'{word}' are the interviewer's words; the cited words of the candidate do not hold them.",
    ),
    "comparison_not_cited": (
        "‘{word}’라는 비교나 정도가 인용한 말에 없습니다.",
        "The comparison or degree '{word}' does not stand in the cited words.",
    ),
    "opposite_cited": ("인용한 말은 ‘{word}’의 반대를 말합니다.", "The cited words say the opposite of '{word}'."),
    "negation_not_cited": (
        "주장은 ‘{word}’을(를) 부정하지만 인용한 말은 부정하지 않습니다.",
        "The claim denies '{word}'; the cited words do not.",
    ),
    "negation_left_out": (
        "인용한 말은 ‘{word}’을(를) 부정하지만 주장은 부정하지 않습니다.",
        "The cited words deny '{word}'; the claim does not.",
    ),
    "another_did_it": (
        "인용한 말에서는 ‘{word}’을(를) 다른 사람이 했습니다.",
        "In the cited words '{word}' is somebody else's deed.",
    ),
    "not_supported": ("인용한 말만으로는 이 주장을 할 수 없습니다.", "The cited words do not support the claim."),
}


def rejection(code: str, **values: object) -> ClaimRejection:
    """The rejection `code` with its sentence; `values` fill the sentence."""
    ko, en = _TEXTS[code]
    return ClaimRejection(code, Bilingual(ko.format(**values), en.format(**values)))
