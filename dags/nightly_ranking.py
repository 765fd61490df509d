"""
### 야간 순위 산정 · Nightly ranking

**무엇을 하나요?** 매일 02:00 UTC에, 평가표·지원 상태·가중치가 바뀐 공고의 순위를 다시 계산하여 새 순위로 바꿉니다.
바뀌지 않은 공고는 건드리지 않습니다. 순위는 오차가 허용하는 순위 구간이며, 합격이나 불합격을 정하지 않습니다.

**What it does.** At 02:00 UTC it ranks every opening whose cards, applicants, weights or method changed since it was
last ranked, and serves the new snapshots. Openings without a change are left alone. A ranking says which ranks the
errors leave possible; it decides about nobody.

#### 실행 · Running it
- 매일 자동으로, 또는 버튼으로 실행합니다. conf 는 비워 주세요. / Every night, or by the button; conf stays empty.
- 공고 하나만: `opening_ranking` 또는 `./triview rankings run OPENING`. / One opening: those.

#### 작업 · Tasks
1. `changed`: 바뀐 공고를 묶음으로 나눕니다. 바뀐 공고가 없으면 빈 묶음 하나입니다. / Finds openings that changed, in
   batches of up to 60,000 cards; one empty batch when none did.
2. `rank`: 묶음마다 하나. 모으기 → 들어갈 사람 → 입력 검사 → 순위 → 출력 검사 → 교체. 여러 작업자가 나누어 합니다. /
   Mapped, one per batch, on any number of workers: gather → who enters → gate on inputs → rank → gate on outputs → swap
   in. The gates are suites of Great Expectations. The reports follow in `ranking_reports`, also after a night without a
   change: what stands beside a ranking in its report may have changed.

#### 실패했을 때 · When it fails
- **로그에 `RANKING STOPPED opening=… expectations={…}`**: 검사가 그 공고를 막았습니다. 이전 순위가 그대로 제공됩니다.
  이름은 docs/ranking.md 에 있고, 숫자는 해당 행의 수입니다. 값은 남기지 않습니다. / A gate stopped that opening; its
  last ranking is still served. The names are explained in docs/ranking.md; the numbers count rows; no values are kept.
  The task itself succeeds, so that one opening's fault does not stop the others.
- **`total_equals_recomputed`**: 저장된 총점이 기준 점수와 다릅니다. 데이터베이스를 손으로 고친 것인지 확인해 주세요. /
  A stored total differs from its criteria: look for somebody who changed the database by hand.
- **`The library of the gates could not be loaded`**: 설치를 확인하고 clear 해 주세요. /
  Check the installation, then clear.
- **데이터베이스가 사라짐**: 재시도됩니다. 교체는 한 트랜잭션이므로 반쪽 순위는 없습니다. / It is retried; the swap is
  one transaction, so there is no half ranking.
- **3시간 초과**: `LATE run=…` 경고가 로그에 남습니다. / After three hours a `LATE run=…` warning is logged.

#### 풀 · Pools
기본 풀(default).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from airflow.sdk import DAG, Metadata, task

from dags.binding import Output, StoreFlow
from dags.interview_runs import RANKINGS, announce_rankings, any_run

flow = StoreFlow("tasks.ranking.flow")

with DAG(
    dag_id="nightly_ranking",
    dag_display_name="야간 순위 산정 · Nightly ranking",
    description="Every opening whose inputs changed is ranked anew, behind two gates.",
    doc_md=__doc__,
    **any_run("0 2 * * *", "ranking", runs=1),
) as dag:

    @task
    def changed() -> Output:
        return flow.run("night_batches")

    @task(outlets=[RANKINGS], execution_timeout=timedelta(minutes=60))
    def rank(batch: Output, outlet_events: Output = None) -> Iterator[Metadata]:
        yield announce_rankings(flow.run("rank_openings", batch), outlet_events)

    rank.expand(batch=changed())
