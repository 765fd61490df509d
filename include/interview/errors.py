"""Errors a person reads: each names the cause and the remedy, and carries a stable code.

Texts never contain personal data: they travel into logs, Airflow's database and HTTP answers.
"""

from __future__ import annotations

from collections.abc import Sequence


class TriviewError(Exception):
    """Base of all errors Triview raises on purpose. `code` is stable; `remedy` says what to do next."""

    code = "triview_error"

    def __init__(self, cause: str, remedy: str = "", *, code: str | None = None) -> None:
        super().__init__(f"{cause} {remedy}".strip())
        self.cause = cause
        self.remedy = remedy
        if code is not None:
            self.code = code


class BadInput(TriviewError):
    """The input itself is at fault: trying again with the same input cannot help."""

    code = "bad_input"


class SpeakersUnclear(BadInput):
    """A typed transcript with labels that do not say whose words follow.

    `labels` are those labels, (line, as written). They may be names of persons: show them to whoever gave the file, and
    keep them out of logs. The text of the error does not hold them.
    """

    code = "speakers_unclear"

    def __init__(self, cause: str, remedy: str = "", *, labels: tuple[tuple[int, str], ...] = ()) -> None:
        super().__init__(cause, remedy)
        self.labels = labels


class BadMedia(BadInput):
    """A recording that cannot be read, or breaks a limit."""

    code = "bad_media"


class QuotaExceeded(BadInput):
    """More than an account or a candidate may have at a time."""

    code = "over_quota"


class AlreadyExists(BadInput):
    """What should be made is there already; `existing` is its id, "" where the raiser does not know it."""

    code = "already_exists"

    def __init__(self, cause: str, remedy: str = "", *, existing: str = "") -> None:
        super().__init__(cause, remedy)
        self.existing = existing


class ConsentMissing(BadInput):
    """A step was asked to touch data without the recorded consent it needs; `purposes` are those not agreed to."""

    code = "consent_missing"

    def __init__(self, cause: str, remedy: str = "", *, purposes: Sequence[str] = ()) -> None:
        super().__init__(cause, remedy)
        self.purposes = tuple(purposes)


class NotFound(BadInput):
    """An id that names nothing."""

    code = "not_found"


class WrongKey(BadInput):
    """Stored bytes that do not open with the configured master key."""

    code = "wrong_key"


class PolicyRefusal(BadInput):
    """The policy profile forbids what was asked."""

    code = "policy_refusal"


class ServiceFailure(TriviewError):
    """Something outside failed (model service, disk, database): the same step may be tried again."""

    code = "service_failure"


class JudgeFailure(ServiceFailure):
    """A judge gave no usable answer: the step fails, a score is never made up."""

    code = "judge_failure"
