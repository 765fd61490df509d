"""What problems say in Korean, by code; English comes from the errors themselves."""

from __future__ import annotations

TITLES: dict[int, tuple[str, str]] = {
    400: ("잘못된 요청", "Bad request"),
    401: ("로그인이 필요합니다", "Not logged in"),
    403: ("권한이 없습니다", "Not allowed"),
    404: ("찾을 수 없습니다", "Not found"),
    405: ("허용되지 않는 방식입니다", "Method not allowed"),
    409: ("지금 상태와 맞지 않습니다", "In conflict with the present state"),
    410: ("삭제되었습니다", "Erased"),
    408: ("너무 느립니다", "Too slow"),
    413: ("너무 큽니다", "Too large"),
    415: ("지원하지 않는 형식입니다", "Not an accepted format"),
    416: ("파일에 없는 범위입니다", "Not a part of the file"),
    422: ("그대로 처리할 수 없습니다", "Not to be done as sent"),
    429: ("요청이 너무 많습니다", "Too many requests"),
    500: ("서버 오류", "Error on our side"),
    503: ("지금은 사용할 수 없습니다", "Not available now"),
    507: ("저장 공간이 부족합니다", "Storage is full"),
}
"""Status -> (Korean, English)."""

EXPORT_KO = "MP4(H.264/AAC)나 WebM으로 다시 내보내어 올려 주세요."
EXPORT_EN = "Export the recording again as MP4 (H.264/AAC) or WebM and upload it once more."
GENERAL = ("요청을 처리할 수 없습니다.", "입력값을 확인하고 다시 시도해 주세요.")

TEXTS: dict[str, tuple[str, str]] = {
    # classes of errors
    "triview_error": GENERAL,
    "bad_input": ("입력값이 올바르지 않습니다.", "입력값을 고쳐서 다시 보내 주세요."),
    "speakers_unclear": (
        "녹취록에서 누가 말했는지 알 수 없는 화자 표시가 있습니다.",
        "화자 표시를 '면접관:'이나 '지원자:'로 고쳐서 다시 보내 주세요.",
    ),
    "consent_withdrawn": (
        "면접 중에 지원자가 동의를 철회했습니다.",
        "그 면접의 기록은 남기지 않았습니다. 다시 진행하려면 먼저 지원자의 동의를 받아 주세요.",
    ),
    "erasure_list": (
        "파기 목록의 항목을 읽을 수 없거나 바뀌었습니다.",
        "운영자에게 객체 저장소의 백업에서 복원해 달라고 요청해 주세요.",
    ),
    "legal_hold": (
        "법적 보존 조치가 걸려 있어 파기할 수 없습니다.",
        "보존 사유가 끝났으면 보존 조치를 해제한 뒤 다시 요청해 주세요.",
    ),
    "erasure_incomplete": (
        "응답하지 않는 저장소가 있어 파기가 끝나지 않았습니다.",
        "모든 저장소가 응답할 때 다시 요청해 주세요. 응답한 곳에서는 이미 파기했습니다.",
    ),
    "invitation_unknown": (
        "이 링크로 열리는 면접 초대가 없습니다. 새 링크로 바뀌었거나 주소가 잘렸을 수 있습니다.",
        "가장 최근에 받은 메시지의 링크 전체를 열어 주세요.",
    ),
    "invitation_submitted": ("이 면접 초대의 답변은 이미 제출되었습니다.", "더 하실 일은 없습니다."),
    "invitation_revoked": ("이 면접 초대는 취소되었습니다.", "초대한 담당자에게 문의해 주세요."),
    "invitation_expired": (
        "이 면접 초대의 마감 시각이 지났습니다.",
        "다시 초대받을 수 있는지 초대한 담당자에게 문의해 주세요.",
    ),
    "invitation_order": ("이 면접 초대는 그 상태로 바뀔 수 없습니다.", "초대의 상태를 다시 확인해 주세요."),
    "invitation_stage": (
        "실시간으로 진행하는 단계입니다. 초대 링크로는 녹화 면접에만 답할 수 있습니다.",
        "실시간 면접을 만들고 그 참여 주소를 지원자에게 보내 주세요.",
    ),
    "invitation_terms": (
        "허용 범위를 벗어난 조건입니다.",
        "시도 1–10회, 생각 시간 0–600초, 답변 시간 15–900초, 추가 시간 0–1800초에서 정해 주세요.",
    ),
    "invitation_deadline": (
        "마감 시각이 시간대가 있는 시각이 아니거나, 지났거나, 180일보다 멉니다.",
        "2026-12-24T18:00:00+09:00처럼 시간대와 함께 앞으로 180일 안의 시각을 적어 주세요.",
    ),
    "interview_status": (
        "면접이 지금 상태에서 그 상태로 바뀔 수 없습니다.",
        "면접이 지금 어디까지 왔는지 확인해 주세요.",
    ),
    "attempts_used": ("이 질문에 녹화할 수 있는 횟수를 다 썼습니다.", "마지막으로 도착한 녹화가 제출됩니다."),
    "answers_missing": (
        "아직 답하지 않았거나 다 도착하지 않은 질문이 있습니다.",
        "빠진 질문을 녹화하고 모두 보내질 때까지 기다려 주세요.",
    ),
    "answer_sent": (
        "이 시도의 녹화는 다른 크기로 보내기 시작했습니다.",
        "그 녹화를 끝까지 보내거나, 다시 녹화해 주세요.",
    ),
    "bad_id": (
        "아이디로 쓸 수 없는 값입니다.",
        "글자, 숫자와 '-', '_', '.'만 써서 64자 이하로 하고, 글자나 숫자로 시작해 주세요.",
    ),
    "nested_too_deep": ("요청 본문이 너무 깊게 중첩되어 있습니다.", "OpenAPI 문서에 적힌 형식으로 보내 주세요."),
    "encoding_unclear": ("글의 인코딩을 확실히 알 수 없습니다.", "UTF-8로 저장하여 다시 보내 주세요."),
    "no_text": (
        "문서에 읽을 수 있는 글이 없습니다. 스캔한 그림일 수 있습니다.",
        "글이 들어 있는 PDF나 .docx, .hwpx, 텍스트 파일로 보내 주세요.",
    ),
    "old_format": (
        "읽을 수 없는 형식의 문서입니다(옛 .doc, .hwp 등).",
        "글이 들어 있는 PDF나 .docx, .hwpx, 텍스트 파일로 저장하여 보내 주세요.",
    ),
    "password": ("비밀번호가 걸린 문서입니다.", "비밀번호 없이 저장하여 다시 보내 주세요."),
    "damaged": ("손상된 문서입니다.", "다시 저장하거나 텍스트 파일로 보내 주세요."),
    "unreadable_fonts": (
        "PDF의 글꼴에서 어떤 글자인지 알 수 없습니다.",
        "PDF로 다시 인쇄하거나 .docx 또는 텍스트 파일로 보내 주세요.",
    ),
    "bad_media": ("녹화 파일을 사용할 수 없습니다.", "다른 파일로 다시 시도해 주세요."),
    "consent_missing": (
        "이 일에 필요한 지원자의 동의가 없습니다.",
        "지원자에게 동의를 받아 기록한 뒤 다시 시도해 주세요. 동의 없이는 아무것도 처리하지 않습니다.",
    ),
    "not_a_change": ("지원 상태를 그렇게 바꿀 수 없습니다.", "현재 상태를 확인하고 가능한 상태를 선택해 주세요."),
    "changed_meanwhile": ("그사이 지원 상태가 바뀌었습니다.", "현재 상태를 다시 확인한 뒤 결정해 주세요."),
    "ground": ("이 결정에 쓸 수 없는 근거입니다.", "결정에 맞는 근거를 선택해 주세요."),
    "reason_missing": ("결정에는 이유가 필요합니다.", "이유를 적어 주세요."),
    "reason_long": ("이유가 너무 깁니다.", "4,000자 이내로 줄여 주세요."),
    "evidence_of_another": (
        "이 지원의 면접이 아닌 것을 근거로 적었습니다.",
        "이 사람의 평가표, 보고서, 녹취록, 녹화를 열어 주세요.",
    ),
    "evidence_not_opened": (
        "면접 내용을 근거로 한 결정인데 열어 본 자료가 없습니다.",
        "평가표, 보고서, 녹취록, 녹화 가운데 하나 이상을 먼저 확인해 주세요.",
    ),
    "compare_few": ("비교할 사람의 수가 맞지 않습니다.", "순위에서 두 사람에서 네 사람까지 골라 주세요."),
    "decide_nobody": ("고른 사람이 없습니다.", "순위에서 한 사람 이상을 먼저 골라 주세요."),
    "weights": ("공고의 단계 가중치를 쓸 수 없습니다.", "0 이상이고 합이 0보다 큰 가중치를 입력해 주세요."),
    "gate": ("순위 검사를 실행하지 못했습니다.", "잠시 뒤 다시 시도해 주세요. 그동안 이전 순위가 제공됩니다."),
    "awaits_review": (
        "이 평가표는 담당자의 검토를 기다리고 있습니다. 검토자가 근거를 확인한 뒤에 게시됩니다.",
        "검토자는 /reviews 페이지, POST /api/v1/interviews/{id}/review, Airflow의 Required actions에서 답할 수 "
        "있습니다. 게시 여부는 GET /api/v1/interviews/{id}로 확인해 주세요.",
    ),
    "result_withheld": (
        "담당자가 검토한 뒤 보류한 평가표입니다. 아무에게도 보이지 않습니다.",
        "다시 검토하려면 운영자가 Airflow에서 그 실행의 review 작업을 초기화(clear)해야 합니다.",
    ),
    "rate_first": (
        "이 면접의 면접관이며 아직 평가를 제출하지 않았습니다. 평가를 제출한 뒤에 평가표가 보입니다.",
        "먼저 모든 항목을 평가해 주세요.",
    ),
    "report_not_ready": (
        "보고서를 아직 만드는 중입니다.",
        "잠시 뒤 다시 시도해 주세요. 계속되면 Airflow에서 그 면접의 실행이나 `ranking_reports` 실행을 확인해 주세요.",
    ),
    "font_missing": (
        "보고서의 글자를 나타낼 글꼴이 서버에 없습니다.",
        "한글 글꼴(fonts-noto-cjk 또는 fonts-nanum)을 설치한 뒤 다시 시도해 주세요.",
    ),
    "already_settled": (
        "이 차이는 이미 처리되었습니다.",
        "목록을 다시 불러와 누가 어떤 이유로 처리했는지 확인해 주세요.",
    ),
    "settlement_reason": ("처리한 이유를 적지 않았거나 너무 깁니다.", "이유를 2,000자 이하로 적어 주세요."),
    "own_rating": (
        "본인이 준 점수의 차이는 본인이 처리할 수 없습니다.",
        "다른 검토자에게 맡겨 주세요.",
    ),
    "already_rated": (
        "이미 이 면접의 평가를 제출했습니다.",
        "제출한 평가는 바꿀 수 없습니다. 덧붙일 말은 메모나 결정에 적어 주세요.",
    ),
    # insights that people approve
    "already_decided": (
        "이미 결정된 통찰입니다. 먼저 한 결정이 유효합니다.",
        "페이지를 새로 고쳐 누가 어떻게 결정했는지 확인해 주세요.",
    ),
    "approval_closed": (
        "이 면접의 통찰을 결정할 수 있는 시간이 아닙니다.",
        "48시간 안에 결정하지 않은 통찰은 반려됩니다. 덧붙일 말은 메모나 결정에 적어 주세요.",
    ),
    "card_withheld": (
        "이 면접의 평가표가 보류되어 통찰도 공개하지 않습니다.",
        "먼저 평가표를 다시 검토해 주세요.",
    ),
    "own_interview": (
        "면접을 진행한 사람은 그 면접의 통찰을 결정할 수 없습니다.",
        "면접관이 아니었던 검토자나 채용 담당자에게 요청해 주세요.",
    ),
    "edit_without_text": ("고친 문장이 없습니다.", "한국어나 영어로 문장을 적어 주세요."),
    "insight_refused": ("인용한 말과 맞지 않는 문장입니다.", "문장을 고치거나 통찰을 반려해 주세요."),
    "not_over": ("아직 끝나지 않은 면접입니다.", "면접을 마친 뒤에 평가해 주세요."),
    "session_over": (
        "이미 끝난 면접이며, 이 계정은 면접에 참여하지 않았습니다.",
        "면접을 진행한 사람만 평가할 수 있습니다.",
    ),
    "rating_criteria": ("모든 항목을 한 번씩 평가해야 합니다.", "빠진 항목이나 겹친 항목이 없는지 확인해 주세요."),
    "rating_level": ("평가 수준은 1에서 5까지입니다.", "행동지표에 맞는 수준을 골라 주세요."),
    "rating_reason": (
        "1점과 5점에는 이유가 필요하며, 이유는 2,000자 이하여야 합니다.",
        "어떤 말이나 행동에서 그렇게 보았는지 적어 주세요.",
    ),
    # who conducts an interview
    "panel_full": ("면접관을 더 추가할 수 없습니다.", "임원 면접은 여섯 명까지, 실무 면접은 한 명이 진행합니다."),
    "leader_leaves": ("진행자는 면접관 명단에서 뺄 수 없습니다.", "먼저 다른 면접관에게 진행을 넘겨 주세요."),
    "microphone_elsewhere": (
        "면접관의 소리는 진행자의 마이크로만 받습니다.",
        "마이크 없이 참여하거나 진행을 넘겨받아 주세요.",
    ),
    "not_on_panel": ("이 면접의 면접관이 아닙니다.", "먼저 면접관으로 추가해 주세요."),
    "already_led": (
        "이미 진행자가 있습니다. 두 사람이 함께 진행자가 될 수 없습니다.",
        "진행자나 채용 담당자에게 진행을 넘겨 달라고 요청해 주세요.",
    ),
    "not_found": ("요청하신 항목이 없습니다.", "식별자를 확인해 주세요."),
    "wrong_key": ("저장된 데이터를 열 수 없습니다.", "관리자에게 마스터 키 설정을 확인해 달라고 해 주세요."),
    "policy_refusal": ("적용된 정책에서 허용하지 않는 일입니다.", "이를 허용하는 정책을 사용해 주세요."),
    "service_failure": ("필요한 서비스가 응답하지 않습니다.", "잠시 뒤에 다시 시도해 주세요."),
    "judge_failure": ("평가 모델이 쓸 수 있는 답을 주지 않았습니다.", "잠시 뒤에 다시 시도해 주세요."),
    # who asks
    "not_logged_in": ("로그인하지 않았거나 로그인 시간이 지났습니다.", "다시 로그인해 주세요."),
    "bad_login": ("아이디 또는 비밀번호가 맞지 않습니다.", "확인하고 다시 입력해 주세요."),
    "forbidden": ("이 일을 할 권한이 없습니다.", "권한이 있는 계정으로 로그인해 주세요."),
    "bad_origin": ("다른 사이트에서 보낸 요청은 받지 않습니다.", "이 서비스의 페이지에서 다시 시도해 주세요."),
    "rate_limited": ("요청이 너무 잦습니다.", "응답의 Retry-After에 적힌 시간(초) 뒤에 다시 시도해 주세요."),
    "login_taken": ("이미 사용 중인 아이디입니다.", "다른 아이디를 선택해 주세요."),
    "declaration": (
        "선택할 수 없는 응답이 있습니다.",
        "제시된 항목과 응답 가운데에서 골라 주세요. 응답하지 않아도 됩니다.",
    ),
    "bad_login_name": ("쓸 수 없는 아이디입니다.", "빈칸 없이 64자 이하로 정해 주세요."),
    "weak_password": ("비밀번호가 너무 짧거나 깁니다.", "10자 이상으로 정해 주세요."),
    "already_exists": ("같은 식별자의 항목이 이미 있습니다.", "다른 식별자를 쓰거나, 바꾸려면 PUT을 사용해 주세요."),
    "ticket_unknown": (
        "접속 토큰이 없거나 이미 사용되었거나 시간이 지났습니다.",
        "새 접속 토큰을 받아 다시 접속해 주세요.",
    ),
    "wrong_password": ("현재 비밀번호가 맞지 않습니다.", "확인하고 다시 입력해 주세요."),
    "same_password": ("새 비밀번호가 지금 비밀번호와 같습니다.", "다른 비밀번호를 정해 주세요."),
    "login_ended": ("로그인이 끝났습니다.", "다시 로그인해 주세요."),
    "logins_busy": ("지금 로그인하는 사람이 너무 많습니다.", "잠시 뒤에 다시 시도해 주세요."),
    "activation_unknown": (
        "활성화 링크가 없거나 이미 사용되었거나 기간이 지났습니다.",
        "링크를 보낸 사람에게 새 링크를 요청해 주세요.",
    ),
    "candidate_has_account": (
        "이 지원자에게는 이미 계정이 있습니다.",
        "닫힌 계정이면 다시 열거나, 그 계정의 활성화 링크를 새로 만들어 주세요.",
    ),
    "account_closed": ("닫힌 계정입니다.", "채용 담당자에게 계정을 열어 달라고 요청해 주세요."),
    "second_person": (
        "계정을 요청한 사람은 그 계정을 확인할 수 없습니다.",
        "다른 채용 담당자가 확인하거나, 명령줄에서 `./triview accounts confirm`으로 확인해 주세요.",
    ),
    "last_hr": (
        "마지막 채용 담당자 계정입니다. 닫으면 아무도 계정을 만들거나 열 수 없습니다.",
        "채용 담당자 계정을 하나 더 만든 뒤에 닫아 주세요.",
    ),
    # the request itself
    "invalid_request": (
        "요청이 이 인터페이스의 설명과 맞지 않습니다.",
        "`errors`의 항목과 OpenAPI 문서를 확인해 주세요.",
    ),
    "bad_request": ("요청을 처리할 수 없습니다.", "OpenAPI 문서를 확인해 주세요."),
    "no_route": ("존재하지 않는 주소입니다.", "/api/v1/openapi.json에서 주소를 확인해 주세요."),
    "method_not_allowed": ("이 주소에서는 쓸 수 없는 방식입니다.", "응답의 Allow 헤더를 확인해 주세요."),
    "body_too_large": ("요청 본문이 너무 큽니다.", "더 작게 보내 주세요. 녹화 파일은 /api/v1/uploads로 올립니다."),
    "unsupported_media_type": ("받지 않는 본문 형식입니다.", "OpenAPI 문서에서 받는 형식을 확인해 주세요."),
    "unexpected": (
        "저희 쪽에서 문제가 생겼습니다.",
        "다시 시도하시고, 계속되면 관리자에게 참조 번호(reference)를 알려 주세요.",
    ),
    # recordings
    "unsupported_container": (
        "지원하지 않는 파일 형식입니다.",
        "MP4, MOV, WebM, MKV, WAV, FLAC, OGG, MP3 파일을 올려 주세요.",
    ),
    "too_large": ("파일이 허용된 크기보다 큽니다.", "더 작은 파일을 올려 주세요."),
    "empty_file": ("빈 파일입니다.", "다시 녹화하거나 다시 올려 주세요."),
    "media_exists": (
        "이 면접에는 이미 다른 녹화가 있습니다.",
        "저장된 녹화는 바꾸지 않습니다. 새로 올리기를 시작해 주세요.",
    ),
    "review_not_waiting": (
        "답변을 기다리는 검토가 없습니다.",
        "면접의 상태를 확인해 주세요. 이미 답변했거나 검토가 필요 없는 면접입니다.",
    ),
    "review_not_ready": (
        "이 평가표의 검토를 지금 요청하는 중입니다.",
        "잠시 뒤에 같은 답변을 다시 보내 주세요. 보내신 답변은 저장되지 않았습니다.",
    ),
    # contests of published results
    "nothing_to_contest": (
        "이 면접에는 공개된 결과가 없어 이의를 제기할 수 없습니다.",
        "결과가 공개될 때까지 기다리시거나 초대한 담당자에게 문의해 주세요.",
    ),
    "contest_open": (
        "이 면접에는 이미 답을 기다리는 이의 제기가 있습니다.",
        "답을 기다려 주시거나, 먼저 그 이의 제기를 철회해 주세요.",
    ),
    "contest_closed": (
        "이미 답했거나 철회된 이의 제기입니다.",
        "페이지를 새로 고쳐 지금 상태를 확인해 주세요.",
    ),
    "contest_not_independent": (
        "이 면접을 진행했거나 평가했거나 검토한 분은 그 이의 제기에 답할 수 없습니다.",
        "이 면접에 참여하지 않은 다른 담당자에게 맡겨 주세요.",
    ),
    "contest_empty": ("고른 사유나 적은 내용이 없습니다.", "사유를 고르고 내용을 적어 주세요."),
    "contest_long": ("내용이 너무 깁니다.", "4,000자 이내로 줄여 주세요."),
    "no_contest": ("이 면접에는 이의 제기가 없습니다.", "면접의 식별자를 확인해 주세요."),
    "evidence_unknown": (
        "이 면접의 평가 항목이 아닌 것을 근거로 적었습니다.",
        "근거를 열어 본 평가 항목의 식별자를 적어 주세요.",
    ),
    "ground_contradicts": ("결정과 근거가 서로 맞지 않습니다.", "결정에 맞는 근거를 선택해 주세요."),
    "no_airflow": ("이 서버에는 연결된 Airflow가 없습니다.", "운영자에게 알려 주시거나 Airflow에서 답변해 주세요."),
    "already_uploaded": (
        "같은 녹화가 이미 올라와 있습니다.",
        "`existing`에 적힌 면접을 확인하시고, 다른 녹화라면 그 파일을 올려 주세요.",
    ),
    "idempotency_key_reused": (
        "이 Idempotency-Key는 다른 요청에 이미 쓰였습니다.",
        "처음과 똑같은 본문을 다시 보내거나, 새 요청에는 새 키를 써 주세요.",
    ),
    "idempotency_busy": ("이 Idempotency-Key의 첫 요청을 아직 처리하고 있습니다.", "잠시 뒤에 다시 보내 주세요."),
    "no_recording": ("이 면접에는 녹화가 없습니다.", "먼저 녹화를 올려 주세요."),
    "wrong_hash": ("받은 내용의 SHA-256이 알려 주신 값과 다릅니다.", "같은 부분을 다시 보내 주세요."),
    "hash_mismatch": (
        "받은 파일의 SHA-256이 알려 주신 값과 다릅니다.",
        "새 업로드를 신청한 뒤 처음부터 다시 올려 주세요.",
    ),
    "offset_conflict": (
        "올리기 위치가 서버에 저장된 위치와 다릅니다.",
        "HEAD로 Upload-Offset을 확인하고 그 위치부터 보내 주세요.",
    ),
    "upload_closed": ("이미 끝났거나 취소된 올리기입니다.", "새로 시작해 주세요."),
    "upload_incomplete": ("아직 다 올라오지 않았습니다.", "남은 부분을 보내 주세요."),
    "webhook_url": (
        "받을 주소가 올바른 https 주소가 아닙니다.",
        "https://hooks.example.com/triview처럼 공개된 https 주소를 적어 주세요.",
    ),
    "webhook_inner_address": (
        "받을 주소가 공개된 인터넷 주소가 아닙니다.",
        "내부 주소로는 보내지 않습니다. 공개된 https 주소를 적어 주세요.",
    ),
    "import_changed": ("미리 본 파일과 다른 파일입니다.", "파일을 다시 미리 본 뒤 추가해 주세요."),
    "import_faults": (
        "파일에 잘못된 행이 있어 아무도 추가하지 않았습니다.",
        "미리 보기에서 알려 드린 행을 고친 뒤 다시 올려 주세요.",
    ),
    "too_many_rows": (
        "파일에 행이 너무 많습니다. 한 번에 2,000명까지 추가할 수 있습니다.",
        "여러 파일로 나누어 올려 주세요.",
    ),
    "range_not_satisfiable": (
        "Range 헤더가 요청한 부분을 보낼 수 없습니다.",
        "파일 안의 범위 하나만 요청하거나 전체를 요청해 주세요.",
    ),
    "upload_broken": ("올리기가 중간에 끊겼습니다.", "HEAD로 위치를 확인하고 이어서 보내 주세요."),
    "upload_too_slow": (
        "올리는 속도가 너무 느려 연결을 닫았습니다.",
        "HEAD로 위치를 확인하고 나누어 이어서 보내 주세요.",
    ),
    "too_many_uploads": (
        "동시에 올릴 수 있는 녹화 수를 넘었습니다.",
        "올리던 것을 끝내거나 취소한 뒤 다시 시작해 주세요.",
    ),
    "over_quota": (
        "이 지원자가 저장할 수 있는 용량을 넘습니다.",
        "끝나지 않은 올리기를 취소하거나, 관리자에게 한도를 늘려 달라고 해 주세요.",
    ),
    "length_required": ("Content-Length 헤더가 필요합니다.", "본문의 크기를 알려 주세요."),
    "no_file": ("파일이 없습니다.", "파일을 확인해 주세요."),
    # why `validate` refused a recording (include/perception/media/guard.py)
    "bad_media.missing": ("녹화 파일을 열 수 없습니다.", "끝까지 올라갔는지 확인해 주세요."),
    "bad_media.empty": ("녹화 파일이 비어 있습니다.", "파일 전체를 다시 올려 주세요."),
    "bad_media.bytes": ("녹화 파일이 허용된 크기보다 큽니다.", "더 작거나 짧은 녹화를 올려 주세요."),
    "bad_media.unknown_container": (
        "이 시스템이 아는 녹화 파일 형식이 아닙니다.",
        "MP4, MOV, WebM, MKV, WAV, FLAC, OGG, MP3 파일을 올려 주세요.",
    ),
    "bad_media.no_index": ("녹화 파일의 색인이 없거나 깨졌습니다(중간에 끊긴 파일).", "파일 전체를 다시 올려 주세요."),
    "bad_media.undecodable": ("녹화 파일이 깨져 아무것도 읽을 수 없습니다.", EXPORT_KO),
    "bad_media.codec": ("녹화에 쓰인 코덱을 지원하지 않습니다.", EXPORT_KO),
    "bad_media.no_streams": ("파일에 영상도 소리도 없습니다.", "영상이나 소리가 있는 파일을 올려 주세요."),
    "bad_media.streams": ("녹화 파일에 들어 있는 스트림이 너무 많습니다.", EXPORT_KO),
    "bad_media.pixels": ("화면 크기가 허용된 것보다 큽니다.", "더 낮은 해상도로 내보내 주세요."),
    "bad_media.too_long": ("녹화가 허용된 길이보다 깁니다.", "나누거나 줄여 주세요."),
    "bad_media.too_short": ("녹화가 너무 짧습니다.", "답변을 다시 녹화해 주세요."),
    "bad_media.memory": ("녹화를 푸는 데 허용된 것보다 많은 메모리가 필요합니다.", "더 낮은 해상도로 내보내 주세요."),
    "bad_media.timeout": ("녹화를 푸는 데 허용된 것보다 오래 걸렸습니다.", EXPORT_KO),
    "bad_media.crashed": ("이 녹화에서 디코더가 멈췄습니다.", EXPORT_KO),
    # questions prepared for an executive interview
    "question_refused": (
        "이 질문은 사용할 수 없습니다.",
        "표현을 바꾸거나 제안된 질문을 그대로 사용해 주세요.",
    ),
    "not_prepared": ("아직 준비된 질문이 없습니다.", "먼저 질문을 준비해 주세요."),
    # what is stored
    "erased": ("이 지원자의 데이터는 삭제되었습니다.", "되돌릴 수 없습니다."),
    "storage_full": ("저장 공간이 부족합니다. 중간 상태로 남은 것은 없습니다.", "공간을 확보한 뒤 다시 시도해 주세요."),
    "not_empty": (
        "데이터베이스가 비어 있지 않습니다.",
        "새 데이터베이스를 만들어 TRIVIEW_DB_URL로 알려 주신 뒤 복원해 주세요.",
    ),
    "audit_broken": (
        "감사 기록이 맞지 않습니다.",
        "관리자에게 알려 주세요(./triview db verify-audit).",
    ),
    "storage_low": (
        "저장 공간이 거의 남지 않아 새 녹화를 받지 않습니다.",
        "관리자가 공간을 확보한 뒤 다시 시도해 주세요.",
    ),
    "storage": ("저장소를 사용할 수 없습니다.", "잠시 뒤에 다시 시도해 주세요."),
    "object_missing": ("저장된 파일이 저장소에 없습니다.", "관리자에게 알려 주세요."),
    "stored_bytes_damaged": ("저장된 데이터가 손상되었습니다.", "관리자에게 알려 주세요."),
    "database": ("데이터베이스에 연결할 수 없습니다.", "잠시 뒤에 다시 시도해 주세요."),
    "redis_away": ("실시간 저장소(Redis)에 연결할 수 없습니다.", "잠시 뒤에 다시 시도해 주세요."),
    "redis_refused": (
        "실시간 저장소(Redis)가 접속을 받아 주지 않습니다.",
        "관리자에게 설정을 확인해 달라고 해 주세요.",
    ),
    "vectors": ("벡터 저장소를 사용할 수 없습니다.", "잠시 뒤에 다시 시도해 주세요."),
    "unreadable": ("파일을 읽을 수 없습니다.", "파일과 권한을 확인해 주세요."),
    "channels_changed": ("이 연결의 음성 채널 수는 바꿀 수 없습니다.", "처음과 같은 설정으로 다시 접속해 주세요."),
    "frame_odd_length": ("음성 조각의 길이가 맞지 않습니다.", "16비트 표본을 온전히 보내 주세요."),
    "events_contended": ("기록이 몰려 저장하지 못했습니다.", "잠시 뒤에 다시 시도해 주세요."),
    "events_missing": ("남아 있어야 할 기록이 없습니다.", "다시 접속해 주세요."),
    "airflow": ("평가 서버(Airflow)에 연결할 수 없습니다.", "잠시 뒤에 저절로 다시 시도합니다."),
    "airflow_refused": ("평가 서버(Airflow)가 요청을 거절했습니다.", "관리자에게 알려 주세요."),
    "master_key": ("마스터 키가 없습니다.", "관리자에게 알려 주세요."),
    "bad_setting": ("서버 설정이 올바르지 않습니다.", "관리자에게 알려 주세요."),
    "live_state_lost": ("이 면접의 실시간 상태가 남아 있지 않습니다.", "다시 접속해 주세요."),
    "draining": ("이 서버는 곧 멈춥니다.", "잠시 뒤에 다시 시도해 주세요."),
    "full": ("진행 중인 면접이 너무 많습니다.", "잠시 뒤에 다시 시도해 주세요."),
}

NOT_EVALUATED = (
    ("면접을 평가하지 못했습니다.", "운영자가 Airflow의 실행 기록에서 원인을 확인할 수 있습니다."),
    ("The interview could not be evaluated.", "An operator finds the cause in its run in Airflow."),
)
"""Of a stored code without a sentence of its own, in Korean and English."""
ENGLISH_REASONS: dict[str, tuple[str, str]] = {
    "consent_withdrawn": (
        "The candidate's consent was withdrawn while the interview ran.",
        "Nothing of it was kept. Ask the candidate before you plan another one.",
    ),
    "consent_missing": (
        "A consent that the evaluation needs is missing or was withdrawn.",
        "Nothing more is done with it. Ask the candidate; once it is given, an operator starts the run again.",
    ),
    "bad_media": ("The recording cannot be used.", EXPORT_EN),
    "bad_media.missing": ("The recording's file cannot be opened.", "Check that the upload was completed."),
    "bad_media.empty": ("The recording is empty.", "Upload the complete file once more."),
    "bad_media.bytes": ("The recording is larger than accepted.", "Upload a smaller or shorter recording."),
    "bad_media.unknown_container": (
        "The file is not a recording this system knows.",
        "Upload MP4, MOV, WebM, MKV, WAV, FLAC, OGG or MP3.",
    ),
    "bad_media.no_index": (
        "The recording's index is missing or damaged, as after an interrupted upload.",
        "Upload the complete file once more.",
    ),
    "bad_media.undecodable": ("The recording is damaged: nothing in it can be decoded.", EXPORT_EN),
    "bad_media.codec": ("The recording uses a codec this system does not know.", EXPORT_EN),
    "bad_media.no_streams": ("The file has neither picture nor sound.", "Upload a file that has."),
    "bad_media.streams": ("The recording has more streams than accepted.", EXPORT_EN),
    "bad_media.pixels": ("The picture is larger than accepted.", "Export it at a lower resolution."),
    "bad_media.too_long": ("The recording is longer than accepted.", "Split or shorten it."),
    "bad_media.too_short": ("The recording is too short.", "Record the answer again."),
    "bad_media.memory": ("Decoding needs more memory than is allowed.", "Export it at a lower resolution."),
    "bad_media.timeout": ("Decoding took longer than is allowed.", EXPORT_EN),
    "bad_media.crashed": ("The decoder broke down on this recording.", EXPORT_EN),
    "no_recording": ("The interview has no recording.", "Upload one."),
    "upload_broken": ("The upload broke off.", "Upload it again."),
    "upload_too_slow": ("The upload came too slowly.", "Upload it again, in chunks."),
    "over_quota": ("The candidate's files would take more space than is allowed.", "Have the limit raised."),
    "storage_low": ("The storage is nearly full.", "Upload it again once space was freed."),
    "already_uploaded": ("The same recording was uploaded before.", "Read the interview that has it."),
    "hash_mismatch": (
        "What arrived is not what was announced: the SHA-256 differs.",
        "The line or the sender changed it; announce a new upload and send it again.",
    ),
}
"""Sentences for stored codes: the errors' own sentences carry numbers that are not kept."""
ENGLISH_REASONS |= {
    "empty_file": ENGLISH_REASONS["bad_media.empty"],
    "unsupported_container": ENGLISH_REASONS["bad_media.unknown_container"],
    "too_large": ENGLISH_REASONS["bad_media.bytes"],
}
