"""What the components are called when a person reads them, and the order in which they are shown."""

from __future__ import annotations

from include.interview.records import Bilingual

LABELS: dict[str, Bilingual] = {
    "elaboration": Bilingual("답변의 내용량", "amount of content per answer"),
    "fluency": Bilingual("군말이 적은 말", "few filler words"),
    "steadiness": Bilingual("되풀이해 고쳐 말함이 적음", "few restarted phrases"),
    "directness": Bilingual("얼버무리지 않음", "direct, unhedged answers"),
    "diversity": Bilingual("어휘의 다양성", "variety of words"),
    "vocabulary": Bilingual("어휘의 밀도", "density of vocabulary"),
    "cohesion": Bilingual("문장 사이의 연결", "links between sentences"),
    "organising": Bilingual("순서와 개요를 알리는 말", "signposting of the order"),
    "reasoning": Bilingual("이유와 근거의 표현", "reasons given"),
    "specificity": Bilingual("숫자·이름·시점의 구체성", "numbers, names and times"),
    "concreteness": Bilingual("막연하지 않은 구체적 서술", "concrete rather than vague statements"),
    "situation": Bilingual("상황 설명", "situation described"),
    "task": Bilingual("과제·문제 제시", "task or problem stated"),
    "action": Bilingual("본인의 행동", "own actions told"),
    "result": Bilingual("결과 제시", "results told"),
    "structure": Bilingual("상황-과제-행동-결과의 짜임", "situation-task-action-result structure"),
    "relevance": Bilingual("질문과의 관련성", "relevance to the question"),
    "agency": Bilingual("스스로 한 일의 서술", "own deeds"),
    "teamwork": Bilingual("함께한 일의 서술", "working with others"),
    "composure": Bilingual("차분한 표현", "composed wording"),
    "positivity": Bilingual("긍정적인 표현", "positive wording"),
    "enthusiasm": Bilingual("관심과 열의의 표현", "interest and enthusiasm in words"),
    "reflection": Bilingual("배움과 돌아봄", "learning and reflection"),
    "motivation": Bilingual("지원 동기", "motivation for the job"),
    "leadership": Bilingual("이끈 경험의 서술", "leading others"),
    "strategy": Bilingual("계획·우선순위·대안의 검토", "plans, priorities and alternatives"),
    "experience": Bilingual("관련 경험의 서술", "relevant experience"),
    "culture": Bilingual("존중·신뢰·협업의 가치", "respect, trust and cooperation"),
    "job_similarity": Bilingual("직무 설명과의 의미 유사도", "closeness to the job description"),
    "engagement": Bilingual("면접관에게 되묻기", "questions asked back"),
    "keywords": Bilingual("핵심어 언급", "keywords mentioned"),
    "documents": Bilingual("제출 서류와의 일치", "agreement with the documents"),
}
