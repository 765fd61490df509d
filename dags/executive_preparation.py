"""
### 임원 면접 준비 · Executive interview preparation

**무엇을 하나요?** 임원 면접에서 물을 질문을 최대 8개 씁니다. 공고의 역량과 가치, 제출한 문서, 그리고 앞선 두 면접에서
근거가 부족했거나 서로 맞지 않았던 점을 바탕으로 합니다. 질문마다 기준, 근거가 없는 단계, 이유, 근거가 된 말이 붙습니다.
앞선 단계의 점수는 어디에도 들어가지 않습니다.

**What it does.** Writes up to eight questions for an executive interview: from the opening's competencies and written
values, the documents, and what the first two stages left open. Every question names its criterion, the anchor level
that lacks evidence, why, and the words it rests on. No score of an earlier stage is in any of it.

#### 실행 · Running it
- 면접 페이지의 ‘질문 준비’ 단추, 또는 `POST /api/v1/interviews/{id}/questions`. / The button *Prepare questions*, or
  REST.
- conf: `{"interview_id": "<임원 면접의 id>"}` 만 허용됩니다. / Only the executive interview's id.
- run id: `executive-preparation-{interview_id}-{sha12}`. 뒤의 12자리는 앞선 평가표와 공고의 상태입니다. 그대로면 같은
  run id 이고 409 이며 한 번만 실행됩니다. / The twelve digits stand for the state of earlier cards and the opening: as
  long as nothing changed it is the same run, and 409.
  run id 를 비우면 첫 작업이 `run_id_missing` 으로 실패합니다. / Without one the first task fails with `run_id_missing`.

#### 작업 · Tasks
1. `gather`: 앞선 면접의 동의를 확인하고 열려 있는 점을 모읍니다. 보류되었거나 검토 중인 평가표의 면접은 쓰지 않습니다.
   앞선 면접이 없으면 공고만으로 씁니다. / Checks the consent of each earlier interview and gathers what it left open.
   One whose card was withheld or is under review is not used; without earlier stages the opening alone is.
2. `write`: 설정된 작성기(오프라인 또는 모델)가 씁니다. 유도·이중·가정·보호 대상 질문은 걸러지고 이유가 남습니다. / The
   configured writer, offline or model. Leading, double, hypothetical and protected questions are refused with a reason.
3. `store`: 면접관의 목록에 올립니다. 이미 결정한 질문은 그대로 둡니다. / Puts them before the interviewers; questions
   they decided about stay.

#### 실패했을 때 · When it fails
- **`gather`: `not_found`**: 임원 면접의 id 가 아니거나 공고가 없습니다. / Not the id of an executive interview, or its
  opening is gone.
- **`gather`: `erased`**: 지원자의 데이터가 삭제되었습니다. 준비할 것이 없습니다. / The candidate was erased.
- **`write` 재시도 중**: 모델이 쓸 수 있는 답을 주지 않습니다. 다른 작성기가 대신 쓰지 않습니다. / The model's endpoint
  gives no usable answer; nobody else writes in its place. After it is back, clear `write`.
- **작업자가 죽음**: 그대로 두면 재시도됩니다. 두 번 저장되지 않습니다. / It is retried; nothing is stored twice.
- **3시간 초과**: `LATE run=…` 경고가 로그에 남습니다. / After three hours a `LATE run=…` warning is logged.

#### 풀 · Pools
`judge` = 판정 서비스 동시 호출 수(calls at a time).
"""

from __future__ import annotations

from airflow.sdk import DAG, task

from dags.binding import Flow, Output
from dags.interview_runs import one_interview
from dags.policy import JUDGE_POOL

flow = Flow("tasks.executive.preparation")

with DAG(
    dag_id="executive_preparation",
    dag_display_name="임원 면접 준비 · Executive interview preparation",
    description="What earlier stages left open becomes questions for the executive interview.",
    doc_md=__doc__,
    **one_interview("executive"),
) as dag:

    @task
    def gather() -> Output:
        return flow.run("gather")

    @task(pool=JUDGE_POOL)
    def write(matters: Output) -> Output:
        return flow.run("write", matters)

    @task
    def store(questions: Output) -> Output:
        return flow.run("store", questions)

    store(write(gather()))
