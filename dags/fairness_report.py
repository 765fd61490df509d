"""
### 공정성 보고서 · Fairness report

**무엇을 하나요?** 지원자가 자발적으로 밝힌 집단별로 선발과 점수를 비교해 공고마다, 그리고 모든 공고를 합쳐 보고서를
발표합니다. 사람의 결정, 단계, 평가 기준, 말의 인식을 따로 봅니다.

**What it does.** Compares selections and scores between groups that candidates declared voluntarily, per opening and
over all openings: decisions by people, each stage, each criterion, and how well speech was recognised. Figures and
method: docs/fairness.md.

#### 실행 · Running it
- 매주 월요일 03:00 UTC. 매일 발표하면 두 보고서를 빼서 몇 사람을 셀 수 있으므로 주마다 합니다. / Mondays, 03:00 UTC.
  Weekly on purpose: two reports of two days would let a few people be counted by subtraction.
- 직접 실행해도 안전합니다. 발표할 수 없는 수치는 보류되고 지난 보고서가 남습니다. / Safe to run by hand at any time:
  what must not be published is held, and the earlier report stays.

#### 작업 · Tasks
1. `openings`: 지원자가 있는 공고의 id. / Ids of the openings somebody applied to.
2. `opening`: 공고마다 하나(1,000개가 넘으면 묶음). / Mapped, one per opening (above 1,000 they share tasks). Its log
   and XCom hold counts only: `published`, `unchanged`, `held`, `flags`, `recognition_warnings`.
3. `all_openings`: 모두 합친 보고서. / All of them together, after the single ones, because it must not give them away.
   순위 보고서에 실린 경고가 바뀌었으면 `ranking_reports` 가 이어서 고칩니다. / Reports of rankings whose warnings
   changed by it are made anew by `ranking_reports`.

#### 결과 · What comes of it
- HR 과 감사자는 `GET /api/v1/openings/{id}/fairness.html` 과 `GET /api/v1/fairness.html` 에서 봅니다. / Read by HR and
  auditors at these addresses, as JSON without the suffix, as `.pdf` for printing.
- `flags` 는 원인을 찾으라는 뜻이지 차별의 증거가 아닙니다. / A flag asks to find the cause; it is no proof.
- `recognition_warnings` 가 있으면 로그에 경고가 남습니다. 그 집단의 점수를 쓰기 전에 녹음과 녹취록을 확인해 주세요.
  / With a
  recognition warning check recordings and transcripts before any score of that group is used.

#### 실패했을 때 · When it fails
- **`wrong_key`**: 마스터 키가 다릅니다. 설정을 고친 뒤 clear 해 주세요.
  / Another master key is configured: put the right
  one back, then clear the task.
- **데이터베이스가 응답하지 않음 / The database is away**: 재시도됩니다. 발표는 한 트랜잭션이라 반쪽 보고서는 없습니다.
  / It is retried; a report is one transaction, there are no halves.
- **`held` 가 계속됨 / `held` week after week**: 오류가 아닙니다. 새로 온 사람이 아직 5명보다 적습니다. / No error:
  fewer than five people came since.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from airflow.sdk import DAG, task

from dags.binding import Output, StoreFlow
from dags.interview_runs import RANKINGS, any_run, tell_reports

flow = StoreFlow("tasks.ranking.fairness")

with DAG(
    dag_id="fairness_report",
    dag_display_name="공정성 보고서 · Fairness report",
    description="Weekly figures of groups per opening and over all, published so that no few people can be counted.",
    doc_md=__doc__,
    start_date=datetime(2026, 11, 1, tzinfo=UTC),
    **any_run("0 3 * * 1", "fairness", runs=1, late_after_h=6),
) as dag:

    @task
    def openings() -> Output:
        return flow.run("openings_in_groups")

    @task(execution_timeout=timedelta(minutes=60), max_active_tis_per_dagrun=1)
    def opening(opening_ids: Output) -> Output:
        return flow.run("report_openings", opening_ids)

    @task(execution_timeout=timedelta(minutes=60), trigger_rule="none_failed", outlets=[RANKINGS])
    def all_openings(outlet_events: Output = None) -> Output:
        tell_reports(outlet_events)
        return flow.run("report_all")

    opening.expand(opening_ids=openings()) >> all_openings()
