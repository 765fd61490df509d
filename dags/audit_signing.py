"""
### 감사 기록의 서명 · Signing the audit trail

**무엇을 하나요?** 감사 기록 전체를 검사하고, 마지막 항목의 해시에 서명해 객체 저장소에 둡니다. 서명이 데이터베이스
바깥에 있어, 기록의 끝을 잘라 내거나, 비우거나, 오래된 데이터베이스로 바꿔도 드러납니다.

**What it does.** Checks the whole audit trail, then signs the hash of its last entry (Ed25519) and keeps it in the
object store. As the signature lies outside the database, it shows when the end of the trail was cut off, the table was
emptied, or an older database took its place.

#### 실행 · Running it
- 매일 03:30 UTC. 손으로는 `./triview db sign-audit`, 검사만 하려면 `./triview db verify-audit`. / Daily, 03:30 UTC.
  By hand `./triview db sign-audit`; to check only, `./triview db verify-audit`.

#### 작업 · Tasks
1. `sign_audit`: 검사하고 서명합니다. XCom 에는 항목 번호와 해시만 있습니다. / Checks and signs. XCom holds the entry's
   number and hash only.

#### 결과 · What comes of it
- 객체 `lasting/audit-heads/…` 하나와, 서명했다는 감사 항목 하나. 순위 보고서에도 같은 번호와 해시가 적힙니다. /
  One object `lasting/audit-heads/…`, and one entry that says so. Reports of rankings print the same number and hash.

#### 실패했을 때 · When it fails
- **`audit_broken`**: 기록이 맞지 않습니다. `./triview db verify-audit` 이 맞지 않는 첫 항목을 알려 줍니다. 누가
  데이터베이스를 바꿨는지 찾아 주세요. 일부러 백업을 되돌린 것이라면 `./triview db sign-audit --restored`. / The trail
  does not hold; `./triview db verify-audit` names the first entry that does not fit. Find out who changed the database.
  After the restore of a backup on purpose: `./triview db sign-audit --restored`.
- **데이터베이스나 객체 저장소가 응답하지 않음 / database or object store away**: 재시도됩니다. / It is retried.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from airflow.sdk import DAG, task

from dags.binding import Output, StoreFlow
from dags.interview_runs import any_run

flow = StoreFlow("tasks.privacy.audit")

with DAG(
    dag_id="audit_signing",
    dag_display_name="감사 서명 · Audit signing",
    description="Every night the audit trail is checked, and its end is signed and kept outside the database.",
    doc_md=__doc__,
    start_date=datetime(2026, 11, 1, tzinfo=UTC),
    **any_run("30 3 * * *", "privacy", runs=1),
) as dag:

    @task(execution_timeout=timedelta(hours=1))
    def sign_audit() -> Output:
        return flow.run("sign_audit")

    sign_audit()
