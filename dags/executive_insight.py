"""
### 임원 면접 평가와 통찰 · Executive interview evaluation and insight

**무엇을 하나요?** 끝난 임원 면접의 녹음 전체를 다시 듣고 네 항목(리더십, 전략적 사고, 경험, 문화 적합성)을 말의
내용만으로 평가하여 평가표를 만듭니다. 면접 중에 만든 평가표는 그대로 두고 나란히 비교합니다. 이어서 세 면접과
서류에서 통찰(강점, 위험, 서로 맞지 않는 말, 물어볼 것)을 쓰고, 인용한 말과 맞는지 검증하고, 사람이 하나씩 승인한
것만 보고서에 싣습니다.

**What it does.** Hears the whole recording of a finished executive interview again and judges its four criteria
(leadership, strategic thinking, experience, culture fit) from words alone. The live card stays beside the new one: the
report shows both and how the transcripts differ. Culture fit is judged only against the values written in the opening.
Then insights (strengths, risks, statements that do not fit each other, open questions) are written over all three
interviews and the documents, verified against the words they cite, and those that people approve are published.

#### 실행 · Running it
- 면접이 끝나면 게이트웨이가 한 번 실행합니다. / The gateway triggers it once, when the session was handed over.
- conf: `{"interview_id": "<session id>"}` 만 허용됩니다. / Only the id: a live session's id is its interview's id.
- run id: `executive-{session_id}-{pipeline_version}`. 같은 run id 는 409 이며 한 번만 실행됩니다. / The same run id
  again answers 409: it is one run.
  run id 를 비우면 첫 작업이 `run_id_missing` 으로 실패합니다. / Without one the first task fails with `run_id_missing`.

#### 작업 · Tasks
1. `assemble`: id, 동의, 파일 해시. 채널마다 16 kHz 음성으로 나누어 세션 시각에 맞춥니다. / Ids, consents, hashes; every
   track becomes 16 kHz mono on the session's clock.
2. `speech`, `voice`: 나란히. 마이크가 하나면 여섯 명까지 목소리를 구분하고, 지원자가 아닌 사람은 모두 면접관으로
   봅니다. 면접관이 고친 화자는 그대로 지킵니다. `voice` 는 지원자만 재며 점수에 쓰지 않고, 정책이 금하면 재지 않습니다.
   / Side by side. One microphone for the room: up to six voices are told apart, and whoever is not the candidate is an
   interviewer. Speakers the interviewers put right stay so. `voice` measures the candidate only, to describe and never
   to score, and not where the policy profile refuses it.
3. `compare`: 실시간 녹취록과 비교. / The live transcript against this one.
   `delivery`: 답변마다 목소리를 지원자 자신의 처음 몇 분과 비교하고 말의 어조를 옮깁니다. 점수에 쓰지 않으며, 정책이나
   동의가 없으면 하지 않습니다. / Each answer's voice beside the candidate's own first minutes, and the tone of its
   words: for people, never for a score, and not where the profile or a missing consent refuses it.
4. `case`: 판정에 쓰이는 모든 것을 한 번 모아 암호화해 저장합니다. 공고의 가치를 고쳤다면 이 작업부터 clear 해 주세요. /
   Gathers all that may be judged, once, encrypted. After editing the opening or its values clear from here.
5. `judge`: 말의 내용만으로 네 항목. / The four criteria, from words alone.
6. `score`: 배점과 정책 프로필. / Weights and policy profile.
7. `draft_insights`, `verify_insights`, `store_insights`: 통찰을 쓰고, 저장된 말과 대조하고, 승인 대기로 저장합니다.
   통찰이 없는 것도 결과입니다. / Written, checked against the stored words, stored to be approved. None is a result.
8. `review` (묶음 `after_score`): 두 평가표 중 하나에라도 규칙이 요구할 때만 사람에게 묻습니다. 공고에 가치가 없으면
   `no_values` 입니다. / Group `after_score`: asks a person only when a rule does, on either card; skipped otherwise.
   `no_values`: the opening states no values, so culture fit was not judged.
9. `approve_insights` (묶음 `after_score`): 통찰마다 승인, 수정, 반려. 여기와 결과 페이지 어디서든 먼저 한 결정이
   유효하며, 이 작업은 결과 페이지의 결정을 스스로 확인합니다(20초에서 10분 간격). 수정은 결과 페이지에서 하고 다시
   검증됩니다. 24시간 뒤 `REMIND run=…` 경고로 알리고, 48시간 안에 결정하지 않은 것은 반려됩니다. 통찰이 없거나
   평가표가 보류되면 건너뜁니다. / Insight by insight: approve, edit, reject. Here or on the result page: the first
   decision counts, and this task looks by itself at what was decided there (every 20 s at first, every 10 min later).
   Edits are made on the result page and verified anew. After 24 h a `REMIND run=…` warning is logged; what nobody
   decided within 48 h is rejected. Skipped where there is no insight, or the card was withheld. Who may answer:
   `TRIVIEW_INSIGHT_REVIEWERS` (ids of Airflow users), else the logins of reviewers; never who conducted the interview.
10. `publish`: 오프라인 평가표, 비교와 승인된 통찰이 담긴 보고서, 답변 벡터를 저장합니다. 평가표는 화면용 보고서가
   저장되면 바로 공개되고, PDF와 색인은 그 뒤에 만듭니다. / Stores the offline card, the report with the comparison and
   the approved insights, and answer vectors, and emits the asset event. The card counts once the report's pages are
   stored; PDFs and index follow.

#### 실패했을 때 · When it fails
- **`assemble`: `not_handed_over`**: 게이트웨이가 아직 녹음을 넘기지 않았습니다. 게이트웨이 로그에서 hand-over 를
  보고, 넘긴 뒤 clear 해 주세요. / The gateway has not stored the recording yet: look for `hand-over` in its log, then
  clear the task.
- **`assemble`: `no_recording`**: 소리가 하나도 오지 않았습니다. 다시 면접해야 합니다. / No sound arrived at all; the
  interview has to be held again.
- **`review` 의 `no_values`**: 공고에 가치를 적고 `case` 부터 clear 하거나, 이 항목 없이 공개할지 정해 주세요.
  / Write the
  opening's values down and clear from `case`, or decide to publish without culture fit.
- **`judge` 재시도 중**: 판정 서비스가 응답하지 않습니다. 점수를 지어내지 않고 기다립니다. / The judge's provider is
  down; nothing is made up meanwhile.
- **`awaiting_input`**: 검토자를 기다립니다. /reviews 페이지나 *Required actions* 에서 답해 주세요.
  / Waits for a reviewer.
- **`approve_insights`: `bad_approval`, `unknown_insight`, `own_interview`**: 양식 밖의 답, 없는 id, 면접관의 답입니다.
  아무것도 기록되지 않았습니다. 작업을 clear 하고 다시 답해 주세요. 48시간은 처음부터 다시 세지 않습니다. / An answer
  outside the form, an id that is not there, an interviewer's answer: nothing was recorded. Clear the task and answer
  again; the 48 h go on from where they began.
- **`approve_insights`: `approval_closed`**: 시간이 지난 답입니다. clear 하면 반려로 마무리됩니다. / The answer came too
  late: clear the task, and it ends with what is undecided rejected.
- **보고서에 면접관 평가가 없음**: 면접관 모두가 평가한 뒤 `publish` 를 clear 해 주세요.
  / No panel ratings in the report:
  clear `publish` once everybody on the panel has rated.
- **작업자가 죽음**: 그대로 두면 재시도됩니다. 끝난 단계는 다시 하지 않습니다. / It is retried; finished steps are not
  repeated and nothing is stored twice.
- **3시간 초과**: `LATE run=…` 경고가 로그에 남습니다. / After three hours a `LATE run=…` warning is logged.

#### 풀 · Pools
`media` = 코어 수(cores), `judge` = 판정 서비스 동시 호출 수(calls at a time).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from airflow.sdk import DAG, Metadata, TaskGroup, task

from dags.binding import Flow, Output
from dags.human_review import FORM, ScorecardReview, stop_when_withheld
from dags.insight_approval import FORM as APPROVAL_FORM
from dags.insight_approval import InsightApproval
from dags.interview_runs import CARDS_OF_OPENINGS, JUDGING, SCORECARDS, announce, one_interview
from dags.policy import heavy
from include.interview.stages import flow_of

STEPS = "tasks.executive.flow"

flow = Flow(STEPS)

with DAG(
    dag_id="executive_insight",
    dag_display_name="임원 면접 평가와 통찰 · Executive interview evaluation and insight",
    description="An executive interview becomes a scorecard from words alone, and insights that people approve.",
    doc_md=__doc__,
    **one_interview("executive"),
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

    @task(**heavy(minutes=120))
    def delivery(speech: Output) -> Output:
        return flow.run("delivery", speech, reports_progress=True)

    @task
    def case(speech: Output, voice: Output) -> Output:
        return flow.run("case", speech, voice)

    @task(**JUDGING)
    def judge(case: Output, group: str) -> Output:
        return flow.run("judge", case, group, reports_progress=True)

    @task
    def score(case: Output, judgements: Output) -> Output:
        return flow.run("score", case, judgements)

    @task(execution_timeout=timedelta(minutes=30))
    def draft_insights(card: Output) -> Output:
        return flow.run("draft", card)

    @task
    def verify_insights(drafted: Output) -> Output:
        return flow.run("verify", drafted)

    @task
    def store_insights(verified: Output) -> Output:
        return flow.run("store_for_approval", verified)

    @task(trigger_rule="none_failed", outlets=[SCORECARDS, CARDS_OF_OPENINGS])
    def publish(
        card: Output, compared: Output, delivered: Output, decision: Output, outlet_events: Output = None
    ) -> Iterator[Metadata]:
        stop_when_withheld(decision)
        yield announce(flow.run("publish", card, compared, delivered), outlet_events)

    media = assemble()
    spoken, voiced = speech(media), voice(media)
    compared = compare(spoken)
    judged_case = case(spoken, voiced)
    judged = judge.partial(case=judged_case).expand(group=list(flow_of("executive").judge_groups))
    card = score(judged_case, judged)
    stored = store_insights(verify_insights(draft_insights(card)))
    # What people are asked between the card and its publication. Tasks join this group, and `publish` waits for all.
    with TaskGroup("after_score", prefix_group_id=False, tooltip="What people decide before publication") as asked:
        review = ScorecardReview(task_id="review", card=card, flow=STEPS, params=FORM)
        InsightApproval(task_id="approve_insights", stored=stored, flow=STEPS, params=APPROVAL_FORM)
    asked >> publish(card, compared, delivery(spoken), review.output)
