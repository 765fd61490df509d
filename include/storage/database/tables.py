"""All tables, in SQLAlchemy Core. `migrations/` builds the same; a test compares the two on both databases.

Columns named `sealed_*` hold ciphertext under the candidate's data key. Ids are uuids as text (openings keep the id
of their file). Times are UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeEngine

MYSQL: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}
"""Ids compare byte by byte, as they do in SQLite."""

ID_CHARS = 36
HASH_CHARS = 64
NAME_CHARS = 64

LongText = Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")
LongBinary = LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql", "mariadb")


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC datetime with microseconds; stored without zone, because neither database keeps one."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """DATETIME(6) on MySQL, whose plain DATETIME drops fractions."""
        return dialect.type_descriptor(mysql.DATETIME(fsp=6) if dialect.name in ("mysql", "mariadb") else DateTime())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """An aware datetime as naive UTC.

        Raises:
            ValueError: `value` has no time zone.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("Times must say their zone.")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """A naive UTC datetime from the database as an aware one."""
        return None if value is None else value.replace(tzinfo=UTC)


metadata = MetaData(
    naming_convention={
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id(name: str = "id", *, foreign: str | None = None, nullable: bool = False, index: bool = False) -> Column[Any]:
    if foreign is None:
        return Column(name, String(ID_CHARS), primary_key=True)
    return Column(name, String(ID_CHARS), ForeignKey(foreign), nullable=nullable, index=index)


openings = Table(
    "openings",
    metadata,
    Column("id", String(NAME_CHARS), primary_key=True),
    Column("document", LongText, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    **MYSQL,
)

candidates = Table(
    "candidates",
    metadata,
    _id(),
    Column("sealed_name", LargeBinary),
    Column("sealed_contact", LargeBinary),
    Column("wrapped_key", LargeBinary),
    Column("master_key_id", String(16), index=True),
    Column("created_at", UtcTime, nullable=False),
    Column("key_destroyed_at", UtcTime),
    **MYSQL,
)

applications = Table(
    "applications",
    metadata,
    _id(),
    _id("candidate_id", foreign="candidates.id"),
    Column("opening_id", String(NAME_CHARS), ForeignKey("openings.id"), nullable=False, index=True),
    Column("status", String(32), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    UniqueConstraint("candidate_id", "opening_id"),
    **MYSQL,
)

interviews = Table(
    "interviews",
    metadata,
    _id(),
    _id("application_id", foreign="applications.id", index=True),
    Column("stage", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("profile", String(NAME_CHARS), nullable=False),
    Column("language", String(8), nullable=False),
    Column("marks", LongText, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    **MYSQL,
)

media_objects = Table(
    "media_objects",
    metadata,
    _id(),
    _id("interview_id", foreign="interviews.id"),
    Column("kind", String(16), nullable=False),
    Column("position", Integer, nullable=False),
    Column("question_id", String(NAME_CHARS)),
    Column("sha256", String(HASH_CHARS), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("object_name", String(128), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    UniqueConstraint("interview_id", "kind", "position"),
    **MYSQL,
)

artifacts = Table(
    "artifacts",
    metadata,
    Column("id", String(HASH_CHARS), primary_key=True),
    _id("interview_id", foreign="interviews.id", index=True),
    Column("step", String(NAME_CHARS), nullable=False),
    Column("pipeline_version", String(16), nullable=False),
    Column("inputs", LongText, nullable=False),
    Column("sha256", String(HASH_CHARS), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("object_name", String(128), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    **MYSQL,
)

consents = Table(
    "consents",
    metadata,
    _id(),
    _id("candidate_id", foreign="candidates.id", index=True),
    _id("interview_id", foreign="interviews.id", nullable=True),
    Column("purposes", Text, nullable=False),
    Column("text_version", String(NAME_CHARS), nullable=False),
    Column("granted_at", UtcTime, nullable=False),
    Column("withdrawn_at", UtcTime),
    **MYSQL,
)

scorecards = Table(
    "scorecards",
    metadata,
    _id(),
    _id("interview_id", foreign="interviews.id"),
    Column("pipeline_version", String(16), nullable=False),
    Column("rubric_version", String(32), nullable=False),
    Column("profile", String(NAME_CHARS), nullable=False),
    Column("stage", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("total", Double),
    Column("total_sem", Double),
    Column("document", LongText, nullable=False),
    Column("published_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    UniqueConstraint("interview_id", "pipeline_version", "rubric_version", "profile"),
    **MYSQL,
)

criterion_scores = Table(
    "criterion_scores",
    metadata,
    Column("scorecard_id", String(ID_CHARS), ForeignKey("scorecards.id"), primary_key=True),
    Column("criterion", String(NAME_CHARS), primary_key=True),
    Column("status", String(16), nullable=False),
    Column("score", Double),
    Column("level", Double),
    Column("sem", Double),
    Column("points", Double),
    Column("effective_weight", Double, nullable=False),
    Column("sealed_evidence", LongBinary, nullable=False),
    **MYSQL,
)

judgements = Table(
    "judgements",
    metadata,
    Column("scorecard_id", String(ID_CHARS), ForeignKey("scorecards.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("criterion", String(NAME_CHARS), nullable=False),
    Column("run", Integer, nullable=False),
    Column("judge", String(NAME_CHARS), nullable=False),
    Column("model", String(255), nullable=False),
    Column("level", Double),
    Column("sealed_document", LongBinary, nullable=False),
    **MYSQL,
)

insights = Table(
    "insights",
    metadata,
    Column("interview_id", String(ID_CHARS), ForeignKey("interviews.id"), primary_key=True),
    Column("insight_id", String(NAME_CHARS), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("sealed_document", LongBinary, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    **MYSQL,
)

insight_decisions = Table(
    "insight_decisions",
    metadata,
    _id(),
    _id("interview_id", foreign="interviews.id", index=True),
    Column("insight_id", String(NAME_CHARS), nullable=False),
    Column("decision", String(16), nullable=False),
    Column("actor", String(128), nullable=False),
    Column("sealed_edit", LongBinary),
    Column("decided_at", UtcTime, nullable=False),
    **MYSQL,
)

insight_approvals = Table(
    "insight_approvals",
    metadata,
    Column("interview_id", String(ID_CHARS), ForeignKey("interviews.id"), primary_key=True),
    Column("asked_at", UtcTime, nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Column("reminded_at", UtcTime),
    Column("closed_at", UtcTime),
    **MYSQL,
)

human_decisions = Table(
    "human_decisions",
    metadata,
    _id(),
    _id("application_id", foreign="applications.id", index=True),
    _id("interview_id", foreign="interviews.id", nullable=True),
    Column("actor", String(128), nullable=False),
    Column("before", String(32), nullable=False, server_default=""),
    Column("decision", String(32), nullable=False),
    Column("ground", String(32), nullable=False, server_default=""),
    Column("sealed_reason", LongBinary, nullable=False),
    Column("evidence_opened", Boolean, nullable=False),
    Column("evidence", LongText),
    Column("decided_at", UtcTime, nullable=False),
    **MYSQL,
)

contests = Table(
    "contests",
    metadata,
    _id(),
    _id("interview_id", foreign="interviews.id", index=True),
    Column("grounds", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("sealed_words", LongBinary, nullable=False),
    Column("state", String(16), nullable=False),
    Column("opened_at", UtcTime, nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Column("closed_at", UtcTime),
    Column("answered_by", String(128)),
    Column("outcome", String(32)),
    Column("sealed_answer", LongBinary),
    Index("ix_contests_state_due_at", "state", "due_at"),
    **MYSQL,
)
"""Candidates' contests of published results, with the answers of people. `grounds`: codes, as a JSON list."""

card_totals = Table(
    "card_totals",
    metadata,
    Column("scorecard_id", String(ID_CHARS), ForeignKey("scorecards.id"), primary_key=True),
    _id("interview_id", foreign="interviews.id", index=True),
    _id("application_id", foreign="applications.id", index=True),
    Column("opening_id", String(NAME_CHARS), ForeignKey("openings.id"), nullable=False),
    Column("stage", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("total", Double),
    Column("total_sem", Double),
    Column("recomputed", Double),
    Column("profile", String(NAME_CHARS), nullable=False),
    Column("rubric_version", String(32), nullable=False),
    Column("pipeline_version", String(16), nullable=False),
    Column("words_only", Boolean, nullable=False),
    Column("sha256", String(HASH_CHARS), nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Index("ix_card_totals_opening_id_application_id", "opening_id", "application_id"),
    **MYSQL,
)
"""What a ranking reads of a card, in narrow rows: written with the card, in the same transaction."""

rankings = Table(
    "rankings",
    metadata,
    _id(),
    Column("opening_id", String(NAME_CHARS), ForeignKey("openings.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("version", String(16), nullable=False),
    Column("method", String(16), nullable=False),
    Column("ranked", Integer, nullable=False),
    Column("listed_apart", Integer, nullable=False),
    Column("inputs_sha256", String(HASH_CHARS), nullable=False),
    Column("document", LongBinary, nullable=False),
    Column("taken_at", UtcTime, nullable=False),
    UniqueConstraint("opening_id", "number"),
    **MYSQL,
)
"""Snapshots of rankings; rows are never changed. `document`: the record, MessagePack, compressed."""

ranking_states = Table(
    "ranking_states",
    metadata,
    Column("opening_id", String(NAME_CHARS), ForeignKey("openings.id"), primary_key=True),
    _id("served_id", foreign="rankings.id", nullable=True),
    Column("stamp", String(255), nullable=False),
    Column("failures", Text, nullable=False),
    Column("checked_at", UtcTime, nullable=False),
    **MYSQL,
)
"""Per opening the snapshot that is served, the stamp of its inputs when last ranked, and a failed gate's counts."""


accounts = Table(
    "accounts",
    metadata,
    _id(),
    Column("login", String(NAME_CHARS), nullable=False, unique=True),
    Column("password_hash", String(255), nullable=False),
    Column("role", String(16), nullable=False),
    _id("candidate_id", foreign="candidates.id", nullable=True, index=True),
    Column("active", Boolean, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("epoch", Integer, nullable=False, server_default="0"),
    Column("proposed_by", String(255)),
    **MYSQL,
)
"""Who may log in. The login is in the clear, because it is what a person is found by: it goes into no log.
`password_hash` is empty until the account is activated. `epoch`: logins of an earlier one have ended. `proposed_by`:
the actors whose acts on the account nobody else has confirmed yet, between spaces."""

logins = Table(
    "logins",
    metadata,
    _id(),
    _id("account_id", foreign="accounts.id", index=True),
    Column("epoch", Integer, nullable=False),
    Column("token_hash", String(HASH_CHARS), nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("refreshed_at", UtcTime, nullable=False),
    Column("ends_at", UtcTime, nullable=False, index=True),
    Column("ended_at", UtcTime),
    **MYSQL,
)
"""Families of refresh tokens, one per logging in. `token_hash`: of the only token that can be exchanged now."""

activations = Table(
    "activations",
    metadata,
    Column("token_hash", String(HASH_CHARS), primary_key=True),
    _id("account_id", foreign="accounts.id", index=True),
    Column("expires_at", UtcTime, nullable=False),
    **MYSQL,
)
"""Activation links that nobody has used yet, by the hash of their token."""

live_sessions = Table(
    "live_sessions",
    metadata,
    Column("interview_id", String(ID_CHARS), ForeignKey("interviews.id"), primary_key=True),
    _id("interviewer_id", foreign="accounts.id", index=True),
    Column("microphones", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    _id("consent_id", foreign="consents.id", nullable=True),
    Column("scorecard_id", String(HASH_CHARS)),
    Column("dag_run_id", String(255)),
    Column("created_at", UtcTime, nullable=False),
    Column("started_at", UtcTime),
    Column("ended_at", UtcTime),
    **MYSQL,
)

panelists = Table(
    "panelists",
    metadata,
    Column("interview_id", String(ID_CHARS), ForeignKey("live_sessions.interview_id"), primary_key=True),
    Column("account_id", String(ID_CHARS), ForeignKey("accounts.id"), primary_key=True, index=True),
    Column("added_at", UtcTime, nullable=False),
    Column("removed_at", UtcTime),
    **MYSQL,
)
"""Who conducts a session beside its leader. Who led and handed the lead on is here as well."""

ratings = Table(
    "ratings",
    metadata,
    Column("interview_id", String(ID_CHARS), ForeignKey("interviews.id"), primary_key=True),
    Column("account_id", String(ID_CHARS), ForeignKey("accounts.id"), primary_key=True, index=True),
    Column("criterion", String(NAME_CHARS), primary_key=True),
    Column("level", Integer, nullable=False),
    Column("sealed_reason", LongBinary, nullable=False),
    Column("rated_at", UtcTime, nullable=False),
    **MYSQL,
)
"""People's levels of each criterion, given before they saw the machine's."""
declarations = Table(
    "declarations",
    metadata,
    Column("candidate_id", String(ID_CHARS), ForeignKey("candidates.id"), primary_key=True),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("master_key_id", String(16), nullable=False),
    Column("sealed_answers", LargeBinary, nullable=False),
    Column("declared_at", UtcTime, nullable=False),
    **MYSQL,
)
"""What candidates declared voluntarily, under keys of their own: the candidate's opens no `sealed_answers`."""

fairness_reports = Table(
    "fairness_reports",
    metadata,
    _id(),
    Column("opening_id", String(NAME_CHARS), ForeignKey("openings.id"), index=True),
    Column("subject", String(NAME_CHARS), nullable=False),
    Column("document", LongText, nullable=False),
    Column("published_at", UtcTime, nullable=False),
    **MYSQL,
)
"""Published fairness reports, which never change; without an opening: over all of them."""

ranking_reports = Table(
    "ranking_reports",
    metadata,
    Column("opening_id", String(NAME_CHARS), ForeignKey("openings.id"), primary_key=True),
    _id("snapshot_id", foreign="rankings.id"),
    Column("failures", Text, nullable=False),
    Column("erased", Integer, nullable=False),
    Column("version", String(NAME_CHARS), nullable=False),
    Column("shown", String(HASH_CHARS), nullable=False, server_default=""),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("master_key_id", String(16), nullable=False),
    Column("made_at", UtcTime, nullable=False),
    **MYSQL,
)
"""Per opening the report that is stored, under a key of its own, and what it was made from: snapshot, a failed gate's
counts, how many applicants were erased, the version of the program, and a hash over what it shows as it stands."""

ranking_report_files = Table(
    "ranking_report_files",
    metadata,
    Column("opening_id", String(NAME_CHARS), ForeignKey("ranking_reports.opening_id"), primary_key=True),
    Column("name", String(NAME_CHARS), primary_key=True),
    Column("sha256", String(HASH_CHARS), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("object_name", String(128), nullable=False),
    **MYSQL,
)

divergence_settlements = Table(
    "divergence_settlements",
    metadata,
    Column("id", String(HASH_CHARS), primary_key=True),
    _id("interview_id", foreign="interviews.id", index=True),
    Column("actor", String(128), nullable=False),
    Column("sealed_reason", LongBinary, nullable=False),
    Column("settled_at", UtcTime, nullable=False),
    **MYSQL,
)
"""Divergences between raters that a person settled; `id` is a hash of the two levels and whose they are."""

uploads = Table(
    "uploads",
    metadata,
    _id(),
    _id("interview_id", foreign="interviews.id", index=True),
    _id("account_id", foreign="accounts.id", nullable=True),
    Column("kind", String(16)),
    Column("position", Integer, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("sha256", String(HASH_CHARS)),
    Column("state", String(16), nullable=False),
    _id("media_id", foreign="media_objects.id", nullable=True),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    **MYSQL,
)

upload_parts = Table(
    "upload_parts",
    metadata,
    Column("upload_id", String(ID_CHARS), ForeignKey("uploads.id"), primary_key=True),
    Column("start", BigInteger, primary_key=True, autoincrement=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(HASH_CHARS), nullable=False),
    Column("object_name", String(128), nullable=False),
    **MYSQL,
)

invitations = Table(
    "invitations",
    metadata,
    _id(),
    _id("application_id", foreign="applications.id", index=True),
    Column("state", String(16), nullable=False, index=True),
    Column("stage", String(16), nullable=False),
    Column("profile", String(NAME_CHARS), nullable=False),
    Column("language", String(8), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("thinking_s", Integer, nullable=False),
    Column("answer_s", Integer, nullable=False),
    Column("sealed_accommodations", LargeBinary, nullable=False),
    Column("questions", LongText, nullable=False),
    Column("token_hash", String(HASH_CHARS), nullable=False, unique=True),
    Column("interview_id", String(ID_CHARS), ForeignKey("interviews.id"), unique=True),
    Column("deadline", UtcTime, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("reminded_at", UtcTime),
    **MYSQL,
)
"""What candidates were asked for. `token_hash`: of the secret in the newest link; `questions`: as they stood then."""

invitation_answers = Table(
    "invitation_answers",
    metadata,
    _id(),
    _id("invitation_id", foreign="invitations.id"),
    Column("question_id", String(NAME_CHARS), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("upload_id", String(ID_CHARS), ForeignKey("uploads.id"), unique=True),
    Column("begun_at", UtcTime, nullable=False),
    UniqueConstraint("invitation_id", "question_id", "attempt"),
    **MYSQL,
)
"""Attempts at the questions of an invitation; each has its upload once its recording is being sent."""

answer_index = Table(
    "answer_index",
    metadata,
    Column("id", String(ID_CHARS + 1 + NAME_CHARS), primary_key=True),
    _id("interview_id", foreign="interviews.id", index=True),
    Column("answer_id", String(NAME_CHARS), nullable=False),
    Column("position", Integer, nullable=False),
    Column("model", String(NAME_CHARS), nullable=False),
    Column("sealed_document", LongBinary, nullable=False),
    Column("expires_at", UtcTime, nullable=False, index=True),
    Column("indexed_at", UtcTime, nullable=False),
    **MYSQL,
)
"""Answers of published interviews with their vectors: the source from which Chroma's index is made again. `id` is
"<interview>:<answer>": SQLite scans the table for a list of pairs, and looks up a list of ids."""

question_preparations = Table(
    "question_preparations",
    metadata,
    Column("interview_id", String(ID_CHARS), ForeignKey("interviews.id"), primary_key=True),
    Column("artifact_id", String(HASH_CHARS), nullable=False),
    Column("sealed_document", LongBinary, nullable=False),
    Column("prepared_at", UtcTime, nullable=False),
    **MYSQL,
)
"""What a preparation says beside its questions: writer, remarks, what was refused."""

prepared_questions = Table(
    "prepared_questions",
    metadata,
    Column("interview_id", String(ID_CHARS), ForeignKey("interviews.id"), primary_key=True),
    Column("question_id", String(NAME_CHARS), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("sealed_document", LongBinary, nullable=False),
    Column("decided_by", String(128)),
    Column("decided_at", UtcTime),
    **MYSQL,
)

erasures = Table(
    "erasures",
    metadata,
    _id(),
    Column("candidate_id", String(ID_CHARS), ForeignKey("candidates.id"), nullable=False, unique=True),
    Column("requested_at", UtcTime, nullable=False),
    Column("found", LongText, nullable=False),
    Column("receipt", LongText),
    Column("completed_at", UtcTime),
    **MYSQL,
)
"""Erasures of candidates. `found`: what was there before the first removal, so that one that was cut short goes on
with the same figures; `receipt`: the signed receipt of one that is complete."""

legal_holds = Table(
    "legal_holds",
    metadata,
    _id(),
    _id("candidate_id", foreign="candidates.id", index=True),
    Column("ground", String(32), nullable=False),
    Column("placed_by", String(128), nullable=False),
    Column("placed_at", UtcTime, nullable=False),
    Column("released_at", UtcTime),
    **MYSQL,
)
"""People whose data must not go while a hold is in force."""

webhooks = Table(
    "webhooks",
    metadata,
    _id(),
    Column("url", String(500), nullable=False),
    Column("events", LongText, nullable=False),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("master_key_id", String(16), nullable=False),
    Column("created_by", String(128), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("told_seq", BigInteger, nullable=False),
    **MYSQL,
)
"""Systems that are told of events. `wrapped_key`: what their messages are signed with; `told_seq`: the last entry of
the audit trail that was looked at for them."""

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    _id(),
    Column("webhook_id", String(ID_CHARS), ForeignKey("webhooks.id", ondelete="CASCADE"), nullable=False),
    Column("seq", BigInteger),
    Column("event", String(64), nullable=False),
    Column("subject", String(128), nullable=False),
    Column("occurred_at", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("outcome", String(64), nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Column("tried_at", UtcTime),
    UniqueConstraint("webhook_id", "seq"),
    Index("ix_webhook_deliveries_state_due_at", "state", "due_at"),
    **MYSQL,
)
"""One message to one webhook. `seq`: the entry of the audit trail it is about, null for a test; `state`: "waiting",
"delivered" or "given_up"; `outcome`: of the last try, a status or a code."""

audit_entries = Table(
    "audit_entries",
    metadata,
    Column("seq", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False),
    Column("at", String(32), nullable=False),
    Column("actor", String(128), nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", String(128), nullable=False, index=True),
    Column("detail", LongText, nullable=False),
    Column("previous_hash", String(HASH_CHARS), nullable=False),
    Column("hash", String(HASH_CHARS), nullable=False),
    **MYSQL,
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", String(HASH_CHARS), nullable=False),
    **MYSQL,
)
"""One row: the end of the chain. Writers lock it, so that entries follow one another."""
