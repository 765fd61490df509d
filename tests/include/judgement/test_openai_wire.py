"""The wire to a real model: a small one behind a real OpenAI-compatible server, JSON schema included.

The model is far too small to judge; what is proved is that a real server accepts the request and that its constrained
answer is parsed and then checked like any other.
"""

# ruff: noqa: E501 - spoken passages stay in one line
from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from include.interview.assessment.rubric import Anchor, Criterion
from include.interview.errors import JudgeFailure
from include.interview.records import Bilingual, Judgement
from include.judgement import openai_judge
from include.judgement.openai_judge import OpenAIJudge
from include.judgement.prompting import ANSWER_SCHEMA
from include.settings import JudgeSettings, load_settings
from tests.support.ladders import case_of

pytestmark = [pytest.mark.models, pytest.mark.slow]

TEXT = (
    "Interviewer: What did you do?\nInterviewee: I led a team of five. We had two weeks, so I split the work. In the end "
    "we won the prize. I learned to listen, and I now ask for advice early, because it saves time for everyone here."
)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    xllamacpp = pytest.importorskip("xllamacpp")
    weights = load_settings().models_dir / "llm" / "SmolLM2-135M-Instruct.Q4_1.gguf"
    if not weights.is_file():
        pytest.skip(f"the test model is not there: {weights.name}")
    params = xllamacpp.CommonParams()
    params.model.path = str(weights)
    params.n_ctx = 4096
    params.n_parallel = 1
    # One thread: two wait for each other at every layer, and where the other tests hold the processors that takes minutes.
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.sampling.dry_multiplier = 0.8  # a model of this size repeats itself, and never ends, without
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    running = xllamacpp.Server(params)
    yield f"{running.listening_address}/v1"
    del running


def test_a_real_server_takes_the_schema_and_its_answer_is_checked(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    replies: list[str] = []
    decode = openai_judge.decode_answer

    def keep(text: str, wanted: type) -> object:
        replies.append(text)
        return decode(text, wanted)

    monkeypatch.setattr(openai_judge, "decode_answer", keep)
    levels = tuple(Anchor(n, Bilingual(f"{n} 수준", f"level {n}")) for n in range(1, 6))
    criterion = Criterion(
        "cognitive", Bilingual("사고", "Thinking"), Bilingual("짜임", "Structure"), 15, ("transcript",), "model", levels
    )
    judge = OpenAIJudge(
        JudgeSettings(kind="openai", base_url=server, api_key="local", model="small", timeout_s=240, answer_tokens=75),
        wait=lambda _s: None,
    )
    try:
        outcome: Judgement | JudgeFailure = judge.judge(case_of(TEXT), criterion, 0)
    except JudgeFailure as failure:
        outcome = failure
    if isinstance(outcome, Judgement):
        assert outcome.usage.prompt_tokens > 100
        assert outcome.level is None or outcome.evidence
    else:
        # A model of this size invents quotes or runs on: both must end in one of these sentences, never in a score.
        assert any(said in str(outcome) for said in ("did not hold", "cut off"))
    for reply in replies:
        assert set(json.loads(reply)) == set(ANSWER_SCHEMA["required"])
    assert replies or "cut off" in str(outcome)
