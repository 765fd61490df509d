"""Words that separate a speaker label from the beginning of a sentence, in English and Korean.

`speaker_labels` reads a typed transcript with them. All English words are lower case.
"""

from __future__ import annotations


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split("|"))


CANDIDATE_LABELS = ("interviewee", "candidate", "applicant", "answer", "a", "지원자", "응시자", "면접자", "답변")
INTERVIEWER_LABELS = ("interviewer", "recruiter", "question", "q", "면접관", "질문자", "질문")
# 면접자 is used for either side in Korean; the National Institute's dictionary gives the person interviewed first.
TURN_LABELS = frozenset({"answer", "a", "답변", "question", "q", "질문"})
"""Labels that name a turn, not a person: A1 and A2 are two answers of one candidate."""

OTHER_ROLES = _words(
    "speaker|host|moderator|guest|participant|panelist|panellist|narrator|unknown|hr|manager|user|attendee|"
    "organizer|facilitator|observer|translator|interpreter|system|assistant|me|you|interviewers|candidates|panel"
)
"""English words that name somebody's part in a talk and are none of our labels, in whatever case they are written."""
NAME_PARTICLES = _words("van|von|der|den|de|da|di|do|dos|du|del|della|la|le|el|al|bin|ibn|ter|ten|y|e")

SENTENCE_WORDS = _words(
    "the|and|of|to|i|you|it|that|was|is|for|with|my|we|they|this|have|be|at|not|but|what|from|are|would|did|how|our|"
    "which|their|were|been|because|when|who|there|if|about|just|could|should|has|had|as|your|then|them|his|her|she|"
    "he|by|or|i'm|i've|i'd|i'll|it's|don't|that's|where|why|these|those|me|us|its|than|into|also|only|was|being"
)
"""English words that occur in sentences and hardly ever in a name. Words that are Korean, Chinese or Vietnamese name
syllables as well (so, in, an, do, no, to, will) are left out: in a title-case head they may be a name."""
OPENING_WORDS = SENTENCE_WORDS | _words(
    "so|in|on|no|yes|yeah|well|okay|ok|right|now|here|first|second|third|fourth|fifth|finally|firstly|secondly|"
    "thirdly|lastly|last|next|one|two|three|four|five|six|a|an|another|example|examples|instance|note|result|results|"
    "situation|task|action|actions|reason|reasons|point|points|lesson|lessons|conclusion|summary|step|steps|goal|"
    "goals|problem|problems|solution|solutions|rule|rules|idea|plan|option|part|phase|stage|context|background|"
    "impact|outcome|learning|learnings|takeaway|strength|strengths|weakness|weaknesses|skill|skills|experience|"
    "education|fact|truth|remember|imagine|however|today|meanwhile|again|basically|specifically|namely|key|main|"
    "important|big|short|more|less|all|every|each|some|any|same|other|overall|challenge|approach|motivation|monday|"
    "tuesday|wednesday|thursday|friday|saturday|sunday|ps|edit|warning|tip|story|bottom|line|thing|things|number|"
    "time|way|case|can|do|will|let|think|know|say|said|says|like|very|really|out|up|too|still|even|once|"
    "before|after|until|while|since|though|although|simple|simply|yet|why|hence|thus|therefore|oh|um|uh|hmm|sure"
)
"""English words with which a sentence or a list item opens before a colon: "First: …", "Result: …", "One thing: …"."""

ONE_WORD_NAMES = frozenset(("will", "an", "do", "in"))
"""Opening words that stand alone before a colon only as a name."""

SURNAMES = frozenset(
    "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진나지엄채원천방공현함변염여추도소석선설"
    "마길연위표명기반왕금옥육인맹제모탁국은편용"
) | frozenset(("남궁", "황보", "제갈", "사공", "선우", "독고", "동방", "서문"))
TITLES = tuple(
    sorted(
        _words(
            "씨|님|군|양|팀장|부장|차장|과장|대리|사원|주임|실장|본부장|센터장|이사|상무|전무|대표|사장|매니저|리더|위원|위원장|교수|박사|"
            "선생|담당|담당자|인사팀|관|자|화자|발언자|참석자|참가자|진행자|사회자|면접관|면접위원|지원자|응시자|후보자|컨설턴트|팀|지사"
        )
    )
)
"""Korean words that close a speaker label: a form of address, a rank, a part in the talk."""

KOREAN_OWN = ("제", "저희", "우리", "내", "그")
"""Words before a noun of somebody's own: 제 원칙은, 우리 팀장님."""
KOREAN_OPENINGS = _words(
    "첫째|둘째|셋째|넷째|다섯째|첫|첫번째|두번째|세번째|번째|하나|둘|셋|한|두|세|네|가지|제|저|저는|제가|저희|우리|그|이|예|"
    "아니요|아니오|음|어|그리고|그래서|그런데|그러나|그래도|하지만|또|또한|또는|다음|다음은|다음으로|먼저|우선|마지막|결국|결론적|즉|"
    "다만|단|물론|사실|특히|예컨대|예를|예를들어|들어|들면|왜|왜냐하면|따라서|그러므로|가장|중요한|바로|주로|역시|참고|참고로|"
    "정리|요약|요컨대|이것|그것|것|점|때|더|꼭|당시|지금|오늘|어제|당연히|솔직히|간단히|간단한|당시에|이렇게|그렇게|"
    "이후|이전|이어서|반면|반대로|대신|나는|내가|내|나의"
)
KOREAN_NOUNS = _words(
    "결과|결론|예시|이유|원인|문제|문제점|해결|해결책|방법|방안|목표|목적|원칙|조건|규칙|장점|단점|강점|약점|주장|정답|답|상황|"
    "과제|행동|역할|배경|성과|교훈|계획|전략|단계|경험|경력|학력|역량|기술|핵심|요점|포인트|과정|동기|생각|의견|차이|특징|가치|"
    "전제|기준|내용|주제|제목|사례|사실|시간|장소|대상|기간|지표|효과|영향|변화|개선|습관|좌우명|신념|태도|소감|자격증|수상|활동|"
    "프로젝트|도구|언어|시작|처음|끝|나머지|둘|셋|부분|공통점|차이점|중요점|가설|검증|측정|분석|설계|구현|시험"
)
