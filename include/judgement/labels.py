"""What the components are called when a person reads them, and the order in which they are shown."""

from __future__ import annotations

from include.interview.records import Bilingual

LABELS: dict[str, Bilingual] = {
    "elaboration": Bilingual("답변의 내용량", "amount of content per answer"),
    "fluency": Bilingual("군말이 적은 말", "few filler words"),
    "cohesion": Bilingual("문장 사이의 연결", "links between sentences"),
    "organising": Bilingual("순서와 개요를 알리는 말", "signposting of the order"),
    "specificity": Bilingual("숫자·이름·시점의 구체성", "numbers, names and times"),
    "situation": Bilingual("상황 설명", "situation described"),
    "task": Bilingual("과제·문제 제시", "task or problem stated"),
    "action": Bilingual("본인의 행동", "own actions told"),
    "result": Bilingual("결과 제시", "results told"),
    "structure": Bilingual("상황-과제-행동-결과의 짜임", "situation-task-action-result structure"),
    "relevance": Bilingual("질문과의 관련성", "relevance to the question"),
    "motivation": Bilingual("지원 동기", "motivation for the job"),
    "job_similarity": Bilingual("직무 설명과의 의미 유사도", "closeness to the job description"),
    "keywords": Bilingual("핵심 개념을 써서 말함", "key concepts used"),
    "documents": Bilingual("제출 서류와의 일치", "agreement with the documents"),
    "own_error": Bilingual("자신의 잘못을 밝힘", "own error named"),
    "correction": Bilingual("지적을 받아들이고 고침", "correction taken and acted on"),
    "follow_through": Bilingual("끝까지 해냄", "seen through to the end"),
    "cause": Bilingual("원인을 찾음", "cause found"),
    "alternatives": Bilingual("다른 방법을 견줌", "alternatives named"),
    "check": Bilingual("결과를 확인함", "outcome checked"),
    "job_deed": Bilingual("직무와 가까운 일을 한 경험", "work done close to the job"),
    "job_knowledge": Bilingual("직무에 대한 이해", "knowledge of the job"),
    "reason": Bilingual("이유를 댐", "reason given"),
    "exception": Bilingual("예외와 위험을 짚음", "exception and risk named"),
    "verified": Bilingual("확인 방법을 말함", "how it was checked"),
    "concession": Bilingual("다른 의견의 타당한 점을 인정함", "what is sound in the other view is named"),
    "position": Bilingual("유지하거나 바꾸는 이유를 말함", "why the position is kept or changed"),
    "coping": Bilingual("어려운 상황을 차분히 다룸", "hard moments dealt with calmly"),
    "direction": Bilingual("방향과 목표를 세움", "direction set"),
    "entrusting": Bilingual("맡기고 권한을 줌", "entrusting others"),
    "accountability": Bilingual("책임을 짐", "taking responsibility"),
    "developing": Bilingual("사람을 키움", "developing people"),
    "choice": Bilingual("택한 것과 하지 않기로 한 것", "choice made and what was left out"),
    "resources": Bilingual("비용과 인력을 견줌", "resources compared"),
    "risk": Bilingual("위험과 대비", "risk and provision for it"),
    "indicators": Bilingual("지표와 중단 기준", "indicators and point of exit"),
    "scope": Bilingual("맡은 일의 범위와 어려움", "scope and difficulty of the work"),
    "own_part": Bilingual("자신이 한 부분", "own part kept apart"),
    "outcome": Bilingual("확인할 수 있는 결과", "checkable result"),
    "transfer": Bilingual("다른 상황에 옮겨 씀", "transferred elsewhere"),
    "value_cost": Bilingual("손해를 보며 지킨 가치", "value kept at a cost"),
    "ethics": Bilingual("윤리와 규정을 지킴", "ethics and compliance"),
    "inclusion": Bilingual("다른 배경의 의견을 받아들임", "people of other backgrounds heard"),
    "speaking_up": Bilingual("문제를 제기함", "speaking up"),
    "psychological_amount": Bilingual(
        "책임과 성찰을 보여 주는 말의 양", "amount said that shows responsibility and reflection"
    ),
    "cognitive_amount": Bilingual(
        "원인·대안·확인을 보여 주는 말의 양", "amount said that shows cause, alternatives and check"
    ),
    "job_fit_amount": Bilingual("직무와 관련된 말의 양", "amount said about the job"),
    "answer_quality_amount": Bilingual(
        "이유·예외·확인을 보여 주는 말의 양", "amount said that shows reason, exception and check"
    ),
    "emotion_amount": Bilingual("이견과 어려움을 다룬 말의 양", "amount said about handling disagreement"),
    "leadership_amount": Bilingual("리더십을 보여 주는 말의 양", "amount said that shows leadership"),
    "strategic_thinking_amount": Bilingual(
        "전략적 판단을 보여 주는 말의 양", "amount said that shows strategic thinking"
    ),
    "experience_amount": Bilingual("경험을 보여 주는 말의 양", "amount said that shows experience"),
    "culture_fit_amount": Bilingual("가치에 따른 행동을 보여 주는 말의 양", "amount said that shows acting on values"),
}
