"""Probes into an answer: five kinds, in both languages, none for what was told or asked, at most three a criterion."""

# ruff: noqa: E501 - an answer is read in one piece
from __future__ import annotations

import json
from typing import get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.interview.assessment.rubric import load_rubric
from include.interview.case import Case
from include.interview.live.conversation import Conversation
from include.interview.live.wire import Durable, ProbeKind, QuestionActed, QuestionSuggested
from include.judgement import follow_ups as practical
from include.judgement.follow_ups import FollowUp, shown_topic
from include.judgement.live.coverage import coverage_of, sentence_of
from include.judgement.live.probes import probes
from include.judgement.live.question_source import write_questions
from include.judgement.live.stories import Probing, stories_of, wordings
from include.judgement.live.suggestions import MOST_OPEN, MOST_PROBES, put_away, suggest
from include.judgement.preparation.filters import fault_of
from include.judgement.question_writer import PROBES, QuestionWriter
from include.settings import JudgeSettings, load_settings
from tests.support.executive_sessions import opening
from tests.support.ladders import case_of
from tests.support.services.chat_completions import Endpoint, says
from tests.support.spoken_sessions import utterances

pytestmark = pytest.mark.unit
ASKED = {
    "ko": "팀에서 어려움을 겪었던 경험을 말씀해 주세요.",
    "en": "Tell me about a time when you faced a challenge in a team.",
}
WHO = {"ko": ("면접관", "지원자"), "en": ("Interviewer", "Candidate")}


def told(language: str, *turns: str) -> Case:
    """An executive interview: question and answer in turn, the first question being `ASKED`."""
    lines = [f"{WHO[language][n % 2]}: {text}" for n, text in enumerate((ASKED[language], *turns))]
    case = case_of("\n".join(lines), stage="practical")
    return msgspec.structs.replace(
        case, stage="executive", rubric=load_rubric("executive", "1"), opening=opening(language), language=language
    )


def found(case: Case, probing: Probing = Probing()) -> list[FollowUp]:  # noqa: B008 - frozen
    return list(probes(case, {}, probing))


DEED = {
    "en": "Last year the build of our team broke every week. I read every log, I rewrote the scripts and I taught two colleagues how they work.",
    "ko": "작년에 결제 서비스가 느려서 팀원들의 의견이 달랐습니다. 제가 모든 쿼리를 측정했고 캐시를 만들었고 팀원들과 한 명씩 이야기했습니다.",
}
RESULT = {
    "en": "In the end the failures fell from twelve a week to one and the client was happy.",
    "ko": "그 결과 응답 시간이 4초에서 1초로 줄었고 고객이 만족했습니다.",
}
RESULT_ASKED = {"en": "And what came of it in the end?", "ko": "그 일이 어떤 결과로 이어졌는지 말씀해 주세요."}


@pytest.mark.parametrize(
    ("language", "answer", "kind", "probe"),
    [
        ("en", DEED["en"], "result", "result"),
        ("ko", DEED["ko"], "result", "result"),
        ("en", f"{DEED['en']} {RESULT['en']}", "reflection", "reflection"),
        ("ko", f"{DEED['ko']} {RESULT['ko']}", "reflection", "reflection"),
        ("en", "Last year our team had to fix the shop before the deadline. We split the work, we wrote the tests and we moved the data. In the end we finished on time and the client was happy.", "own_part", "ownership"),
        ("ko", "전 직장에서 그해 겨울에 부서 사이에 문제가 많았습니다. 저희는 서로 이야기를 나누었고 저희가 주간 회의를 바꾸었고 계획을 공유했습니다.", "own_part", "ownership"),
        ("en", "In group projects I am always the one who helps. I always try my best and it usually works out for everybody.", "example", "depth"),
        ("ko", "저는 항상 최선을 다하는 사람입니다. 조별 과제를 하면 언제나 열심히 하고 다 잘되는 편입니다. 늘 열심히 하려고 합니다.", "example", "depth"),
        ("en", "Last winter the departments of our company were at odds for months and there were a lot of things going on between them at work.", "vague", "clarify"),
        ("ko", "지난겨울 회사에서 부서들이 몇 달 동안 서로 의견이 달랐습니다. 업무에서 이것저것 문제가 많았고 분위기도 좋지 않았습니다.", "vague", "clarify"),
        ("ko", "작년에 결제 서비스를 만들었습니다. 팀원은 3명이었고 제가 설계했습니다. 일정이 급해서 팀원 5명이 밤을 새웠고 제가 배포했습니다.", "numbers", "clarify"),
    ],
)  # fmt: skip
def test_what_an_answer_lacks_is_probed_for(language: str, answer: str, kind: str, probe: str) -> None:
    case = told(language, answer)
    by_kind = {f.kind: f for f in found(case)}
    assert by_kind[kind].probe == probe
    said = {u.id for u in case.candidate}
    for each in by_kind.values():
        assert each.why
        assert set(each.evidence) <= said
        assert each.criterion in {c.id for c in case.rubric.criteria}
        assert fault_of(each.text) is None, each.text


def test_what_was_learned_or_explained_is_not_asked_for() -> None:
    learned = "I realized that I should ask for help earlier, and since then I have been doing it."
    assert "reflection" not in {f.kind for f in found(told("en", f"{DEED['en']} {RESULT['en']} {learned}"))}
    explained = "지난겨울 회사에서 업무에 이것저것 문제가 많았습니다. 그래서 제가 부서마다 담당자를 정했고 매주 회의를 열었습니다."
    assert "vague" not in {f.kind for f in found(told("ko", explained))}


@pytest.mark.parametrize("language", ["en", "ko"])
def test_an_answer_goes_on_over_the_probes_into_it(language: str) -> None:
    case = told(language, DEED[language], RESULT_ASKED[language], RESULT[language])
    (story,) = stories_of(case, Probing())
    assert len(story.utterances) == len(case.candidate)
    assert story.asked == {"result"}
    kinds = {f.kind for f in found(case)}
    assert not kinds & {"result", "situation", "action", "own_part"}, "told, or asked"
    assert {f.id.split("-")[1] for f in found(case)} <= {case.candidate[0].id}, "ids stay those of the first answer"


def test_a_prepared_question_begins_another_answer_and_names_the_criterion() -> None:
    case = told("en", DEED["en"], RESULT_ASKED["en"], f"{DEED['en'].replace('build', 'shop')}")
    answers = [*case.answers[:-1], msgspec.structs.replace(case.answers[-1], question_id="strategic_thinking-1")]
    case = msgspec.structs.replace(case, answers=tuple(answers))
    probing = Probing(prepared={"strategic_thinking-1": "strategic_thinking"})
    assert len(stories_of(case, probing)) == 2
    assert {f.criterion for f in found(case, probing)} <= {"strategic_thinking"}
    covered = {c.criterion: c for c in coverage_of(case, probing)}
    assert covered["strategic_thinking"].answers >= 1


def test_every_wording_passes_the_filters_and_every_kind_has_one() -> None:
    assert {w.probe for w in wordings().values()} == set(get_args(ProbeKind))
    assert set(practical.wordings()) - {"keyword"} <= set(wordings())
    for lack, wording in wordings().items():
        assert practical.wordings().get(lack, wording).probe == wording.probe
        for language, topic in (("ko", "결제 서비스"), ("ko", "Kafka"), ("en", "Kafka")):
            for text in (wording.plain, *((wording.about,) if wording.about else ())):
                shown = shown_topic(topic, wording.particle, language)
                line = text.text(language).format(topic=shown, a="‘3명’", b="‘5명’")
                assert fault_of(line) is None, line
                assert language == "en" or line.endswith("해 주세요.")


def test_coverage_says_what_was_heard_and_what_is_open() -> None:
    said = "We compared two options by cost and risk and I chose the second one because of the resources we had."
    covered = {c.criterion: c for c in coverage_of(told("en", said), Probing())}
    assert set(covered) == {"leadership", "strategic_thinking", "experience", "culture_fit"}
    strategy = covered["strategic_thinking"]
    assert (strategy.answers, strategy.heard, strategy.evidence) == (1, ("alternatives",), ("u0002",))
    assert sentence_of(strategy, "en").startswith("1 answer; heard: courses compared; open: priorities, ")
    assert sentence_of(strategy, "ko").startswith("답변 1개; 들음: 방안 비교; 아직: 우선순위, ")
    without = msgspec.structs.replace(told("en", said), opening=msgspec.structs.replace(opening("en"), values=()))
    assert "culture_fit" not in {c.criterion for c in coverage_of(without, Probing())}


# ---------------------------------------------------------------- how many


CRITERIA = ("leadership", "experience")
PROBED = st.builds(
    lambda kind, number, criterion: FollowUp(
        f"{kind}-c{number}", kind, f"{kind} {number}?", "open", ("c1000",), wordings()[kind].probe, criterion
    ),
    st.sampled_from(sorted(wordings())), st.integers(0, 4), st.sampled_from(CRITERIA),
)  # fmt: skip


@given(st.lists(st.tuples(st.lists(PROBED, max_size=4), st.sampled_from(["used", "dismissed", ""])), max_size=12))
@settings(max_examples=60, deadline=None)
def test_two_open_three_a_criterion_none_twice_whoever_owns_the_session(
    steps: list[tuple[list[FollowUp], str]],
) -> None:
    events: list[Durable] = []
    talk = Conversation("en", opening("en"))
    (line,) = utterances(["c: I decided it and we did it."], "en")
    talk.add(line)
    for n, (useful, action) in enumerate(steps):
        if n % 3 == 2:  # another owner takes over
            talk = Conversation("en", opening("en"))
            talk.add(line)
            for event in events:
                talk.apply(event)
        talk.now_ms = round(line.end_s * 1000) + 3_000 + n
        news = [*put_away(talk, useful, {})]
        if action and talk.open_suggestions():
            news.append(QuestionActed(id=talk.open_suggestions()[0].id, action=action, at_ms=talk.now_ms))  # type: ignore[arg-type]
        for event in news:
            talk.apply(event)
        for event in (fresh := list(suggest(talk, useful))):
            talk.apply(event)
        events += [*news, *fresh]
        assert len(talk.open_suggestions()) <= MOST_OPEN
    made = [e for e in events if isinstance(e, QuestionSuggested)]
    assert all(e.probe for e in made)
    assert all(sum(e.criterion == c for e in made) <= MOST_PROBES for c in CRITERIA)
    assert len({e.id for e in made}) == len({e.text for e in made}) == len(made)


# ---------------------------------------------------------------- the model


def test_a_models_probes_are_filtered_and_named() -> None:
    case = told("en", DEED["en"])
    texts = {
        "What did the client say about the scripts afterwards?": "result",
        "What would you do if the service became slow again?": "depth",
        "What did you do? Why?": "depth",
        "You led the team well, didn't you?": "ownership",
        "How did your church help?": "depth",
        "Which of the logs pointed to the cause?": None,
    }
    questions = [
        {"why": "It is open.", "evidence": ["u0002"], "text": text, **({"probe": probe} if probe else {})}
        for text, probe in texts.items()
    ]
    with Endpoint(says(json.dumps({"questions": questions}))) as endpoint:
        judge = JudgeSettings(kind="openai", base_url=endpoint.url, api_key="k", model="scripted", timeout_s=5.0)
        written = QuestionWriter(judge, PROBES, wait=lambda _: None).write(case, ())
        schema = endpoint.requests[0]["response_format"]["json_schema"]
        settings_ = msgspec.structs.replace(load_settings({"TRIVIEW_HOME": "/nonexistent"}), judge=judge)
        again = write_questions(case, {}, Probing(suggested={"model-1": written[0].text}), settings_)
        live = write_questions(case, {}, Probing(), settings_)
        shown = endpoint.requests[-1]["messages"][1]["content"]
    assert again == (), "never twice"
    assert live is not None
    assert [(f.text, f.criterion) for f in live] == [(written[0].text, probes(case, {}, Probing())[0].criterion)]
    assert ASKED["en"] in shown, "what was asked already is named to the model"
    assert [(f.text, f.probe) for f in written] == [("What did the client say about the scripts afterwards?", "result")]
    item = schema["schema"]["properties"]["questions"]["items"]
    assert item["properties"]["probe"]["enum"] == list(get_args(ProbeKind))
    assert schema["strict"] is True
