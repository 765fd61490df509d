"""
### AI 면접 분석 · AI interview analysis

**무엇을 하나요?** 지원자 한 명의 면접 녹화(또는 질문별 녹화)를 받아 녹취·측정·판정을 거쳐 근거가 달린 100점 평가표와
보고서를 만듭니다. 같은 영상은 언제나 같은 평가표가 됩니다.

**What it does.** Takes the recordings of one interview and makes measurements, a transcript with speakers, criteria
judged with evidence, a 100-point scorecard and a report. The same video always gives the same card.

#### 실행 · Running it
- conf: `{"interview_id": "<uuid>"}` 만 허용됩니다. 이름이나 파일명을 넣지 말아 주세요.
  / Only the id: Airflow shows `conf`.
- run id: `ai-{interview_id}-{media_sha12}-{pipeline_version}`. 같은 run id 를 두 번 보내면 409 이며 한 번만 실행됩니다.
  / The same run id again answers 409: it is one run.
  run id 를 비우면 첫 작업이 `run_id_missing` 으로 실패합니다. / Without one the first task fails with `run_id_missing`.

#### 작업 · Tasks
1. `validate`: id, 동의, 파일 해시와 형식. 입력이 잘못되면 재시도 없이 바로 이유를 말하고 실패합니다. / Ids, consent,
   hash, container, limits. Bad input fails at once with the reason.
2. `prepare_media`: 소리를 한 번 디코딩하여 16 kHz 음성으로 만듭니다. / One decode of the sound: 16 kHz mono.
3. `speech`, `vision`, `voice`: 나란히 실행. `vision` 은 `validate` 다음에 바로 시작합니다. 진행률은 로그와 task state
   store 의 `progress`. / In parallel, `vision` right after `validate`; progress in the log and the task state store.
4. `case`: 판정에 쓰이는 모든 것을 한 번 모아 암호화해 저장합니다. 공고를 고쳤다면 이 작업부터 clear 해 주세요.
   / Gathers
   all that may be judged, once, encrypted. After editing the opening clear from here to have it judged anew.
5. `judge`: 기준 묶음마다 하나. / Mapped, one per group of criteria.
6. `score`: 배점과 정책 프로필. / Weights and policy profile.
7. `review`: 규칙이 요구할 때만 사람에게 묻습니다(아니면 건너뜀). 결정은 감사 기록에 남습니다. / Asks a person
   only when a rule does; skipped otherwise. The decision is recorded.
8. `publish`: 평가표, 보고서, 답변 벡터를 저장하고 asset `scorecards` 이벤트를 냅니다. 평가표는 화면용 보고서가
   저장되면 바로 공개되고, PDF와 색인은 그 뒤에 만듭니다. / Stores card, report and vectors, and emits the asset event.
   The card counts once the report's pages are stored; PDFs and index follow.

#### 실패했을 때 · When it fails
- **빨간 `validate`**: 로그 마지막 문장이 이유와 할 일을 말합니다(다시 업로드, 동의 받기). 고친 뒤 clear 해 주세요.
  / The
  last sentence of its log says what is wrong and what to do; clear the task afterwards.
- **`judge` 재시도 중**: 판정 서비스가 응답하지 않습니다. 점수를 지어내지 않고 기다립니다. / The judge's provider is
  down; nothing is made up meanwhile.
- **`awaiting_input`**: 검토자를 기다립니다. /reviews 페이지나 *Required actions* 에서 답해 주세요.
  / Waits for a reviewer.
- **작업자가 죽음**: clear 하거나 그대로 두면 재시도됩니다. 끝난 단계는 다시 하지 않고 두 번 저장되지 않습니다.
  / Clear or let it retry: finished steps are not repeated and nothing is stored twice.
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

STEPS = "tasks.ai.flow"

flow = Flow(STEPS)

with DAG(
    dag_id="ai_interview_analysis",
    dag_display_name="AI 면접 분석 · AI interview analysis",
    description="One interview's recordings become a scorecard with evidence.",
    doc_md=__doc__,
    **one_interview("ai"),
) as dag:

    @task(**heavy(minutes=15))
    def validate() -> Output:
        return flow.run("validate")

    @task(**heavy(minutes=120))
    def prepare_media(validated: Output) -> Output:
        return flow.run("prepare_media", validated, reports_progress=True)

    @task(**heavy(minutes=360), priority_weight=3)
    def speech(media: Output) -> Output:
        return flow.run("speech", media, reports_progress=True)

    @task(**heavy(minutes=240), priority_weight=2)
    def vision(validated: Output) -> Output:
        return flow.run("vision", validated, reports_progress=True)

    @task(**heavy(minutes=120))
    def voice(media: Output) -> Output:
        return flow.run("voice", media, reports_progress=True)

    @task
    def case(speech: Output, voice: Output, vision: Output) -> Output:
        return flow.run("case", speech, voice, vision)

    @task(**JUDGING)
    def judge(case: Output, group: str) -> Output:
        return flow.run("judge", case, group, reports_progress=True)

    @task
    def score(case: Output, judgements: Output) -> Output:
        return flow.run("score", case, judgements)

    @task(trigger_rule="none_failed", outlets=[SCORECARDS, CARDS_OF_OPENINGS])
    def publish(card: Output, decision: Output, outlet_events: Output = None) -> Iterator[Metadata]:
        stop_when_withheld(decision)
        yield announce(flow.run("publish", card), outlet_events)

    validated = validate()
    prepared = prepare_media(validated)
    judged_case = case(speech(prepared), voice(prepared), vision(validated))
    judged = judge.partial(case=judged_case).expand(group=list(flow_of("ai").judge_groups))
    card = score(judged_case, judged)
    review = ScorecardReview(task_id="review", card=card, flow=STEPS, params=FORM)
    publish(card, review.output)
