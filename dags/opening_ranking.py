"""
### 공고 순위 산정 · Ranking of one opening

**무엇을 하나요?** 공고 하나의 평가표가 공개될 때마다, 또는 요청할 때 그 공고의 순위를 다시 계산합니다.

**What it does.** Ranks one opening when a card of it was published, or on request. The steps are those of
`nightly_ranking`, which catches up on whatever this one missed.

#### 실행 · Running it
- 평가표가 공개되면 자동으로 실행됩니다. 자산 `cards_of_openings` 의 파티션이 공고 id 입니다. / By itself when a card is
  published: the partition of the asset `cards_of_openings` is the opening's id.
- 요청: 버튼에 공고 id 를 넣거나, REST `POST /api/v2/dags/opening_ranking/dagRuns` 에 conf `{"opening_id": "…"}`. / On
  request: the button, or REST with that conf. Nothing else belongs into conf.

#### 작업 · Tasks
1. `rank`: 모으기 → 들어갈 사람 → 입력 검사 → 순위 → 출력 검사 → 교체. / Gather → who enters → gate on inputs → rank →
   gate on outputs → swap in. The same inputs give no new snapshot.

보고서는 `ranking_reports` 가 이어서 만듭니다. / The reports follow in `ranking_reports`.

#### 실패했을 때 · When it fails
- **`opening_missing`, `conf_not_ids_only`**: conf 를 고쳐 다시 실행해 주세요. / Trigger again with the id alone.
- **로그에 `RANKING STOPPED …`**: 검사가 막았습니다. 이전 순위가 그대로 제공됩니다. `nightly_ranking` 을 봐 주세요. /
  A gate stopped it; the last ranking is still served. See the manual of `nightly_ranking`.
- **`changed_meanwhile`**: 계산하는 동안 평가표가 세 번 바뀌었습니다. 다음 실행이 이어받습니다. / Its cards changed
  three times while it was ranked; the next run takes over.
- **3시간 초과**: `LATE run=…` 경고가 로그에 남습니다. / After three hours a `LATE run=…` warning is logged.

#### 풀 · Pools
기본 풀(default).
"""

from __future__ import annotations

from collections.abc import Iterator

from airflow.sdk import DAG, Metadata, Param, get_current_context, task
from airflow.sdk.definitions.timetables.assets import PartitionedAssetTimetable

from dags.binding import Output, StoreFlow, opening_of
from dags.interview_runs import CARDS_OF_OPENINGS, RANKINGS, announce_rankings, any_run

flow = StoreFlow("tasks.ranking.flow")

with DAG(
    dag_id="opening_ranking",
    dag_display_name="공고 순위 산정 · Ranking of one opening",
    description="One opening is ranked anew when a card of it was published, or on request.",
    doc_md=__doc__,
    params={
        "opening_id": Param(
            None,
            type=["null", "string"],
            minLength=1,
            maxLength=64,
            title="공고 id · Opening id",
            description="The opening's id; nothing else belongs into this form.",
        )
    },
    **any_run(PartitionedAssetTimetable(assets=CARDS_OF_OPENINGS), "ranking", runs=16),
) as dag:

    @task(outlets=[RANKINGS])
    def rank(outlet_events: Output = None) -> Iterator[Metadata]:
        yield announce_rankings(flow.run("rank_openings", [opening_of(get_current_context())]), outlet_events)

    rank()
