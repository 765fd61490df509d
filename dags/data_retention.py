"""
### 보유 기간이 끝난 자료의 파기 · Data retention

**무엇을 하나요?** 정책 프로필의 보유 기간이 지난 면접과, 마지막 면접의 기간이 지난 지원자를 모든 저장소에서 파기합니다.
기간은 지원자가 마지막으로 자료를 낸 때부터 셉니다. 다시 평가하거나 다시 발표해도 늘어나지 않습니다.

**What it does.** Lets go of interviews whose profile's retention period is over, and erases people with their last
interview, from every store. The period counts from when the candidate gave the last of it; judging or publishing anew
prolongs nothing.

#### 실행 · Running it
- 매일 04:00 UTC. 무엇이 언제 사라지는지는 `./triview retention --dry-run` 으로 봅니다. / Daily, 04:00 UTC. What goes
  when: `./triview retention --dry-run`.
- 법적 보존(`./triview candidates hold`)이 걸린 사람은 남습니다. 답을 기다리는 이의 제기가
  있는 면접도 남습니다. / People on a legal hold stay, and interviews whose contest waits for an answer.

#### 작업 · Tasks
1. `let_go`: 기간이 지난 면접을 지우고, 사람을 파기하고, 끝나지 않은 파기를 이어서 합니다. XCom 에는 개수와 번호만
   있습니다. / Clears interviews, erases people, and goes on with erasures that were cut short. XCom holds counts and
   ids only.

#### 결과 · What comes of it
- 사람마다 서명한 파기 확인서가 남습니다(`./triview candidates receipt ID`). / A signed receipt per person.

#### 실패했을 때 · When it fails
- **`erasure_incomplete`**: Redis, Airflow, Chroma 가운데 응답하지 않은 곳이 있습니다. 응답한 곳에서는 이미 파기했고,
  다시 실행하면 이어서 합니다. / A place did not answer. What was reached is erased; the next try goes on.
- **데이터베이스나 객체 저장소가 응답하지 않음 / database or object store away**: 재시도됩니다. / It is retried.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from airflow.sdk import DAG, task

from dags.binding import Output, StoreFlow
from dags.interview_runs import any_run

flow = StoreFlow("tasks.privacy.retention", with_settings=True)

with DAG(
    dag_id="data_retention",
    dag_display_name="보유 기간 · Data retention",
    description="Every night what is over its retention period goes, from every store.",
    doc_md=__doc__,
    start_date=datetime(2026, 11, 1, tzinfo=UTC),
    **any_run("0 4 * * *", "privacy", runs=1, late_after_h=12),
) as dag:

    @task(execution_timeout=timedelta(hours=6))
    def let_go() -> Output:
        return flow.run("let_go")

    let_go()
