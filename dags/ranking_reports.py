"""
### 순위 보고서 · Reports of rankings

**무엇을 하나요?** 순위가 새로 산정될 때마다, 보고서에 실리는 것이 바뀐 공고의 보고서를 만들어 암호화하여 보관합니다.
한국어와 영어로 된 HTML과 PDF, 그리고 XLSX와 CSV이며, 이름이 있는 것과 없는 것을 함께 만듭니다.

**What it does.** After every ranking it makes the reports of the openings in which something that they show changed,
and keeps them encrypted: HTML and PDF in Korean and English, XLSX and CSV, each with names and blind (ids of
applications instead).

#### 실행 · Running it
- `nightly_ranking`, `opening_ranking`, `fairness_report` 가 끝나면 자동으로 실행됩니다(자산 `rankings`). conf 는 비워
  주세요. / By itself after each of those DAGs (asset `rankings`); conf stays empty.
- 직접 실행해도 안전합니다. 이미 있는 보고서는 다시 만들지 않습니다. / Safe to run by hand at any time: a report that
  is there is not made again.

#### 작업 · Tasks
1. `due`: 제공되는 순위의 보고서가 없거나 내용이 바뀐 공고의 id. / Ids of openings whose served ranking has no report,
   or one that shows what is no longer so: after a new snapshot, after a gate stopped a newer one (its banner belongs
   into the report), after an erasure, after an update, and when an interview, a rating, an insight, a decision, a
   fairness warning or the opening itself changed.
2. `report`: 공고마다 하나(1,000개가 넘으면 묶음). / Mapped, one per opening (above 1,000 openings share a task). Its
   log and XCom hold ids and `stored`, `unchanged`, `changed_meanwhile` or `deleted`; never a name.

#### 결과 · What comes of it
- HR 은 `GET /api/v1/openings/{id}/ranking/report?format=pdf&language=ko` 에서 받습니다. 내려받을 때마다 감사 기록이
  남습니다. / HR downloads them there; every download is an audit entry.
- 새 보고서가 완성되어야 이전 보고서를 바꿉니다. 지원자가 삭제되면 그 공고의 보고서는 열쇠와 함께 사라집니다. / A new
  report replaces the earlier one when it is complete. When an applicant is erased, the reports of their openings go
  with their key, and the next run makes others.

#### 실패했을 때 · When it fails
- **`font_missing`**: 한글 글꼴이 없습니다. 글꼴(fonts-noto-cjk 또는 fonts-nanum)을 설치하고 clear 해 주세요. 아무것도
  저장되지 않았습니다. / Install a Korean font on the workers, then clear. Nothing was stored.
- **`storage_full`, 데이터베이스가 응답하지 않음 / the database is away**: 재시도됩니다. 이전 보고서가 그대로
  있습니다. / It is retried; the earlier report stays.
- **`wrong_key`**: 마스터 키가 다릅니다. 설정을 고친 뒤 clear 해 주세요.
  / Another master key is configured: put the right
  one back, then clear.
- **`changed_meanwhile`**: 만드는 동안 순위가 세 번 바뀌었습니다. 다음 실행이 이어받습니다. / Another ranking was
  served three times meanwhile; the next run takes over.
- **3시간 초과**: `LATE run=…` 경고가 로그에 남습니다. / After three hours a `LATE run=…` warning is logged.

#### 풀 · Pools
`report` 는 `media`(코어 하나를 씁니다), 나머지는 기본 풀. / `report` takes `media`, as it fills a core; the rest is in
the default pool.
"""

from __future__ import annotations

from airflow.sdk import DAG, task
from airflow.sdk.definitions.timetables.assets import PartitionedAssetTimetable

from dags.binding import Output, StoreFlow
from dags.interview_runs import RANKINGS, any_run
from dags.policy import heavy

flow = StoreFlow("tasks.ranking.stored_reports")

with DAG(
    dag_id="ranking_reports",
    dag_display_name="순위 보고서 · Reports of rankings",
    description="Reports of openings in which something shown changed, in two languages and four formats, encrypted.",
    doc_md=__doc__,
    **any_run(PartitionedAssetTimetable(assets=RANKINGS), "ranking", runs=1),
) as dag:

    @task
    def due() -> Output:
        return flow.run("openings_to_report")

    @task(**heavy(minutes=60), map_index_template="{{ task.op_kwargs['opening_ids'] | join(', ') }}")
    def report(opening_ids: Output) -> Output:
        return flow.run("report_openings", opening_ids)

    report.expand(opening_ids=due())
