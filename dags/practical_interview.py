"""
### 실무 면접 평가 · Practical interview evaluation

**무엇을 하나요?** 끝난 실시간 면접의 녹음 전체를 다시 듣고 녹취·판정하여 오프라인 평가표를 만듭니다. 실시간 평가표는
그대로 두고 나란히 비교하여 보고합니다.

**What it does.** Hears the whole recording of a finished live interview again, offline and with full context, judges it
and makes the offline scorecard. The live card stays beside it: the report shows both, how the transcripts differ (word
error rate, relabelled turns) and where sound was missing.

#### 실행 · Running it
- 면접이 끝나면 게이트웨이가 한 번 실행합니다. / The gateway triggers it once, when the session was handed over.
- conf: `{"interview_id": "<session id>"}` 만 허용됩니다. / Only the id: a live session's id is its interview's id.
- run id: `practical-{session_id}-{pipeline_version}`. 같은 run id 는 409 이며 한 번만 실행됩니다. / The same run id
  again answers 409: it is one run.
  run id 를 비우면 첫 작업이 `run_id_missing` 으로 실패합니다. / Without one the first task fails with `run_id_missing`.

#### 작업 · Tasks
1. `assemble`: id, 동의, 파일 해시. 채널마다 16 kHz 음성으로 나누어 세션 시각에 맞춥니다. / Ids, consents, hashes; every
   track becomes 16 kHz mono on the session's clock.
2. `speech`, `voice`: 나란히. 사람마다 마이크가 있으면 채널별로 녹취하고, 마이크가 하나면 목소리를 구분합니다. 면접관이
   고친 화자는 그대로 지킵니다. `voice` 는 지원자만 재며 정책이 금하면 재지 않습니다. / Side by side. One microphone
   per person: each track by itself; one for the room: voices are told apart. Speakers the interviewer put right stay
   so. `voice` measures the candidate only, and not where the policy profile refuses it.
3. `compare`: 실시간 녹취록과 비교. / The live transcript against this one.
4. `case`: 판정에 쓰이는 모든 것을 한 번 모아 암호화해 저장합니다. 공고를 고쳤다면 이 작업부터 clear 해 주세요.
   / Gathers
   all that may be judged, once, encrypted. After editing the opening clear from here to have it judged anew.
5. `judge`: 기준 묶음마다 하나. / Mapped, one per group of criteria.
6. `score`: 배점과 정책 프로필. / Weights and policy profile.
7. `review`: 두 평가표 중 하나에라도 규칙이 요구할 때만 사람에게 묻습니다. `live.` 으로 시작하는 이유는 실시간 평가표의
   것입니다. / Asks a person only when a rule does, on either card; skipped otherwise. Reasons that begin with `live.`
   are about the live card.
8. `publish`: 오프라인 평가표, 비교가 담긴 보고서, 답변 벡터를 저장합니다. 평가표는 화면용 보고서가 저장되면 바로
   공개되고, PDF와 색인은 그 뒤에 만듭니다. / Stores the offline card, the report with the comparison and answer
   vectors, and emits the asset event. The card counts once the report's pages are stored; PDFs and index follow.

#### 실패했을 때 · When it fails
- **`assemble`: `not_handed_over`**: 게이트웨이가 아직 녹음을 넘기지 않았습니다. 게이트웨이 로그에서 hand-over 를
  보고, 넘긴 뒤 clear 해 주세요. / The gateway has not stored the recording yet: look for `hand-over` in its log, then
  clear the task.
- **`assemble`: `no_recording`**: 소리가 하나도 오지 않았습니다. 다시 면접해야 합니다. / No sound arrived at all; the
  interview has to be held again.
- **`review` 의 `no_keywords`**: 공고에 핵심 개념을 적고 `case` 부터 clear 하거나, 이 항목 없이 공개할지 정해 주세요. /
  Write the opening's key concepts down and clear from `case`, or decide to publish without their criterion.
- **`judge` 재시도 중**: 판정 서비스가 응답하지 않습니다. 점수를 지어내지 않고 기다립니다. / The judge's provider is
  down; nothing is made up meanwhile.
- **`awaiting_input`**: 검토자를 기다립니다. /reviews 페이지나 *Required actions* 에서 답해 주세요.
  / Waits for a reviewer.
- **작업자가 죽음**: 그대로 두면 재시도됩니다. 끝난 단계는 다시 하지 않습니다. / It is retried; finished steps are not
  repeated and nothing is stored twice.
- **3시간 초과**: `LATE run=…` 경고가 로그에 남습니다. / After three hours a `LATE run=…` warning is logged.

#### 풀 · Pools
`media` = 코어 수(cores), `judge` = 판정 서비스 동시 호출 수(calls at a time).
"""

from __future__ import annotations

from collections.abc import Iterator

from airflow.sdk import DAG, Metadata, task

from dags.binding import Flow, Output
from dags.human_review import FORM, ScorecardReview, stop_when_withheld
from dags.interview_runs import CARDS_OF_OPENINGS, JUDGING, SCORECARDS, announce, one_interview
from dags.policy import heavy
from include.interview.stages import flow_of

STEPS = "tasks.practical.flow"

flow = Flow(STEPS)

with DAG(
    dag_id="practical_interview_evaluation",
    dag_display_name="실무 면접 평가 · Practical interview evaluation",
    description="A live interview's recording becomes an offline scorecard beside the live one.",
    doc_md=__doc__,
    **one_interview("practical"),
) as dag:

    @task(**heavy(minutes=60))
    def assemble() -> Output:
        return flow.run("assemble")

    @task(**heavy(minutes=360), priority_weight=3)
    def speech(media: Output) -> Output:
        return flow.run("speech", media, reports_progress=True)

    @task(**heavy(minutes=120))
    def voice(media: Output) -> Output:
        return flow.run("voice", media, reports_progress=True)

    @task
    def compare(speech: Output) -> Output:
        return flow.run("compare", speech)

    @task
    def case(speech: Output, voice: Output) -> Output:
        return flow.run("case", speech, voice)

    @task(**JUDGING)
    def judge(case: Output, group: str) -> Output:
        return flow.run("judge", case, group, reports_progress=True)

    @task
    def score(case: Output, judgements: Output) -> Output:
        return flow.run("score", case, judgements)

    @task(trigger_rule="none_failed", outlets=[SCORECARDS, CARDS_OF_OPENINGS])
    def publish(card: Output, compared: Output, decision: Output, outlet_events: Output = None) -> Iterator[Metadata]:
        stop_when_withheld(decision)
        yield announce(flow.run("publish", card, compared), outlet_events)

    media = assemble()
    spoken, voiced = speech(media), voice(media)
    compared = compare(spoken)
    judged_case = case(spoken, voiced)
    judged = judge.partial(case=judged_case).expand(group=list(flow_of("practical").judge_groups))
    card = score(judged_case, judged)
    review = ScorecardReview(task_id="review", card=card, flow=STEPS, params=FORM)
    publish(card, compared, review.output)
