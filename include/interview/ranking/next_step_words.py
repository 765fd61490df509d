"""The sentences of the steps that are recommended next: what to do, and on which ground, in both languages."""

from __future__ import annotations

from typing import Literal

from include.interview.records import Bilingual

Words = Literal[
    "erased",
    "withdrawn",
    "decided",
    "people_only",
    "look_at_run",
    "answer_review",
    "answer_contest",
    "contest_granted",
    "settle_withheld",
    "wait_for_card",
    "not_ranked",
    "collect_ratings",
    "second_rater",
    "ask_again",
    "words_only",
    "error_unknown",
    "other_profile",
    "other_rubric",
    "other_pipeline",
    "decide_insights",
    "next_interview",
    "ask_about_statements",
    "compare_evidence",
    "decide",
]
_NO_STEP = Bilingual("할 일이 없습니다", "Nothing to do")
_EVALUATE_AGAIN = Bilingual("{stage}: 같은 규칙으로 다시 평가", "{stage}: evaluate again under the same rules")

STEP_WORDS: dict[Words, tuple[Bilingual, Bilingual]] = {
    "erased": (_NO_STEP, Bilingual("개인정보가 삭제되었습니다.", "The personal data were erased.")),
    "withdrawn": (_NO_STEP, Bilingual("지원이 철회되었습니다.", "The application was withdrawn.")),
    "decided": (_NO_STEP, Bilingual("사람이 이미 결정했습니다.", "A person has decided already.")),
    "people_only": (
        Bilingual("{stage}: 사람이 직접 평가", "{stage}: evaluation by people"),
        Bilingual(
            "프로그램에 의한 평가 동의가 철회되어 점수를 쓰지 않습니다.",
            "The consent to evaluation by a program was taken back, so no score is used.",
        ),
    ),
    "look_at_run": (
        Bilingual("{stage}: 멈춘 평가 확인", "{stage}: look at the evaluation that stopped"),
        Bilingual("평가가 끝나지 못하고 멈추었습니다.", "The evaluation stopped before its end."),
    ),
    "answer_review": (
        Bilingual("{stage}: 열려 있는 검토에 답하기", "{stage}: answer the open review"),
        Bilingual(
            "평가표가 사람의 검토를 기다리고 있습니다. 그때까지 순위에 들어가지 않습니다.",
            "The card waits for a person and is in no ranking until then.",
        ),
    ),
    "answer_contest": (
        Bilingual("{stage}: 지원자의 이의 제기에 답하기", "{stage}: answer the candidate's contest"),
        Bilingual(
            "지원자가 결과에 이의를 제기했습니다. 30일 안에 사람이 답합니다. 그동안 점수는 그대로입니다.",
            "The candidate contests the result. A person answers within 30 days; the score stays as it is meanwhile.",
        ),
    ),
    "contest_granted": (
        Bilingual("{stage}: 다시 평가", "{stage}: evaluate again"),
        Bilingual(
            "이의 제기에 다시 평가하겠다고 답했고, 그 뒤의 평가표가 아직 없습니다.",
            "A contest was answered with another evaluation, and there is no newer card yet.",
        ),
    ),
    "settle_withheld": (
        Bilingual("{stage}: 다시 검토하거나 면접을 다시 하기", "{stage}: review once more, or hold it again"),
        Bilingual("검토한 사람이 평가표를 보류했습니다.", "A reviewer withheld the card."),
    ),
    "wait_for_card": (
        Bilingual("{stage}: 평가표를 기다리기", "{stage}: wait for the card"),
        Bilingual("면접이 시작되었고 아직 평가표가 없습니다.", "The interview has begun and has no card yet."),
    ),
    "not_ranked": (
        Bilingual("다음 순위를 기다리기", "Wait for the next ranking"),
        Bilingual(
            "평가표가 모두 있지만 이 순위에는 아직 들어가지 않았습니다.",
            "All cards are there, but this ranking was made without them.",
        ),
    ),
    "collect_ratings": (
        Bilingual("{stage}: 남은 면접관의 평가 받기", "{stage}: collect the remaining ratings"),
        Bilingual("면접관 {n}명이 아직 평가하지 않았습니다.", "Not everybody who conducted it has rated ({n} to go)."),
    ),
    "second_rater": (
        Bilingual("{stage}: {criteria} 항목에 두 번째 평가자 필요", "{stage}: second rater needed for {criteria}"),
        Bilingual(
            "평가자끼리 2수준 이상, 또는 평가자와 프로그램이 1.5수준 이상 다릅니다.",
            "Raters are 2 levels or more apart, or a rater and the program 1.5 or more.",
        ),
    ),
    "ask_again": (
        Bilingual("{criteria}: 다시 물어보기 ({stage})", "Ask about {criteria} again ({stage})"),
        Bilingual(
            "근거가 모자라 점수를 매기지 못한 항목이 있습니다.",
            "There was too little evidence to score this.",
        ),
    ),
    "words_only": (
        _EVALUATE_AGAIN,
        Bilingual(
            "말만으로 평가되어 다른 평가표와 비교할 수 없습니다.",
            "The card was judged from words only and cannot be compared with the others.",
        ),
    ),
    "error_unknown": (
        _EVALUATE_AGAIN,
        Bilingual("평가표에 표준오차가 없습니다.", "The card states no standard error."),
    ),
    "other_profile": (
        _EVALUATE_AGAIN,
        Bilingual("다른 정책 프로필로 평가되었습니다.", "The card was judged under another policy profile."),
    ),
    "other_rubric": (
        _EVALUATE_AGAIN,
        Bilingual("다른 판의 평가 기준으로 평가되었습니다.", "The card was judged by another version of the rubric."),
    ),
    "other_pipeline": (
        _EVALUATE_AGAIN,
        Bilingual(
            "다른 판의 평가 프로그램으로 평가되었습니다.",
            "The card was made by another version of the evaluation program.",
        ),
    ),
    "decide_insights": (
        Bilingual("{stage}: 통찰을 승인하거나 물리치기", "{stage}: decide about the insights"),
        Bilingual("사람의 결정을 기다리는 통찰이 {n}건 있습니다.", "Insights wait for a person: {n}."),
    ),
    "next_interview": (
        Bilingual("다음 단계: {stage}", "{stage} next"),
        Bilingual(
            "이 단계의 면접이 아직 없습니다. 없는 단계는 0점으로 세지 않습니다.",
            "This stage has not been held. A missing stage never counts as zero.",
        ),
    ),
    "ask_about_statements": (
        Bilingual("다르게 들리거나 열려 있는 점을 지원자에게 물어보기", "Ask the candidate about open statements"),
        Bilingual(
            "{stage} 뒤에 승인된 통찰 가운데 확인할 것이 {n}건 있습니다.",
            "{stage}: approved insights leave {n} to ask about.",
        ),
    ),
    "compare_evidence": (
        Bilingual("구별되지 않는 지원자들의 근거를 나란히 보기", "Compare the evidence of those not told apart"),
        Bilingual(
            "순위 구간 {best}–{worst}이 모집 인원 {k}명의 경계에 걸쳐 있어 점수로는 알 수 없습니다.",
            "The rank set {best}–{worst} reaches across the {k} places: scores leave it open.",
        ),
    ),
    "decide": (
        Bilingual("사람이 근거를 열어 보고 결정을 기록하기", "A person opens the evidence and records a decision"),
        Bilingual(
            "모든 단계의 평가표가 있습니다. 순위는 아무것도 결정하지 않습니다.",
            "Every stage has its card. The ranking decides nothing.",
        ),
    ),
}
"""What to do and on which ground. Filled in: `stage`, `criteria`, `n`, `best`, `worst`, `k`."""
