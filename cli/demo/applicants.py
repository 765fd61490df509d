"""Two further applicants of the demo, so that there is something to rank: the same questions, other answers.

One says what was done without a result, one speaks in generalities. Long enough that every criterion has its evidence.
"""

from __future__ import annotations

import msgspec

from cli.demo.video import SCRIPT, Exchange, Voice
from include.interview.records import Bilingual


class DemoApplicant(msgspec.Struct, frozen=True):
    """Somebody whose recording the demo makes: what is said, and with which synthetic voice."""

    name: Bilingual
    voice: Voice
    exchanges: tuple[Exchange, ...]


def _answering(language: str, *answers: str) -> tuple[Exchange, ...]:
    return tuple(
        msgspec.structs.replace(exchange, answer=answer)
        for exchange, answer in zip(SCRIPT[language], answers, strict=True)
    )


_SECOND, _THIRD = Bilingual("데모 지원자 2", "Demo candidate 2"), Bilingual("데모 지원자 3", "Demo candidate 3")

OTHERS: dict[str, tuple[DemoApplicant, ...]] = {
    "en": (
        DemoApplicant(
            _SECOND,
            Voice("en-gb", 135, 40),
            _answering(
                "en",
                "In my second job the printer of the warehouse stopped again and again, and the parcels were late. I "
                "looked at the cables and at the settings, and I called the company that sold it to us. They sent a "
                "person who changed a part. After that I wrote down what to do when it happens again, and I put the "
                "paper on the wall beside the printer for my colleagues.",
                "Two people in my team did not agree about the plan for the holidays, because both wanted the same "
                "week in August. I talked with them in the kitchen and asked what was important for each of them. One "
                "of them could also travel in July, so she changed her week. I told our manager about it, and he was "
                "fine with the new plan.",
            ),
        ),
        DemoApplicant(
            _THIRD,
            Voice("en-gb", 145, 60),
            _answering(
                "en",
                "Well, there are always problems at work, and in general I think that one should stay calm and look "
                "at them from different sides. Usually we try several things until something works. It is important "
                "not to give up, and most of the time a problem goes away when everybody helps. I would say that I am "
                "good at this, because I have seen many difficult situations.",
                "People often have different opinions, that is normal everywhere. In my opinion a good team talks "
                "about everything and finds a compromise. I usually try to be friendly with everybody, and I do not "
                "like it when somebody is loud. In the end there is always some solution, and then we go on with our "
                "work as we did before.",
            ),
        ),
    ),
    "ko": (
        DemoApplicant(
            _SECOND,
            Voice("ko", 115, 40),
            _answering(
                "ko",
                "두 번째 직장에서 창고 프린터가 자꾸 멈춰서 택배가 늦어졌습니다. 저는 케이블과 설정을 살펴보고, "
                "그것을 판 회사에 전화했습니다. 그 회사에서 사람이 와서 부품을 바꿔 주었습니다. 그 뒤에 다시 그런 "
                "일이 생기면 어떻게 해야 하는지 적어서, 동료들이 볼 수 있게 프린터 옆 벽에 붙여 두었습니다.",
                "저희 팀에서 두 사람이 휴가 계획을 두고 의견이 달랐습니다. 두 사람 모두 팔월의 같은 주를 원했기 "
                "때문입니다. 저는 두 사람과 이야기하면서 각자에게 무엇이 중요한지 물었습니다. 한 사람은 칠월에도 갈 "
                "수 있어서 주를 바꾸었습니다. 저는 팀장님께 말씀드렸고, 새 계획으로 하기로 했습니다.",
            ),
        ),
        DemoApplicant(
            _THIRD,
            Voice("ko", 125, 60),
            _answering(
                "ko",
                "일을 하다 보면 언제나 문제가 있습니다. 보통은 침착하게 여러 쪽에서 보아야 한다고 생각합니다. "
                "대개는 되는 것이 나올 때까지 이것저것 해 봅니다. 포기하지 않는 것이 중요하고, 모두가 도우면 문제는 "
                "대부분 사라집니다. 어려운 상황을 많이 보았기 때문에 저는 이런 것을 잘하는 편이라고 생각합니다.",
                "사람마다 의견이 다른 것은 어디에서나 당연합니다. 좋은 팀은 모든 것을 이야기하고 서로 양보한다고 "
                "생각합니다. 저는 보통 모두와 잘 지내려고 하고, 누가 목소리를 높이는 것을 좋아하지 않습니다. "
                "결국에는 언제나 방법이 나오고, 그러면 하던 대로 일을 계속합니다.",
            ),
        ),
    ),
}
"""Language -> the applicants besides the one of SCRIPT."""
