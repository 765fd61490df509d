"""The gateway's figures for Prometheus, one registry per process. Labels never name a person, session or id."""

from __future__ import annotations

import asyncio

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4"
"""Without a charset, which Litestar adds to every text."""
FAST_S = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Buckets of requests and acknowledgements; the target for acks is 50 ms at p99."""
LAG_S = (0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0)
"""Buckets of recognition lags; the targets are 1.0 s (first partial) and 1.5 s (final) at p95."""

registry = CollectorRegistry()
ProcessCollector(registry=registry)

# ---------------------------------------------------------------- requests

requests = Counter("triview_http_requests", "Requests answered", ["method", "route", "status"], registry=registry)
request_seconds = Histogram(
    "triview_http_request_seconds", "Time to the answer's first byte", ["route"], buckets=FAST_S, registry=registry
)
unexpected_errors = Counter("triview_unexpected_errors", "Requests that met an error of ours", registry=registry)
logins = Counter("triview_logins", "Logins by outcome (ok, refused, limited)", ["outcome"], registry=registry)
rate_limited = Counter("triview_rate_limited", "Requests refused by a rate limit", ["limit"], registry=registry)
event_loop_tasks = Gauge("triview_event_loop_tasks", "Tasks of the event loop", registry=registry)
ready = Gauge("triview_ready", "1 when this replica takes new sessions", registry=registry)

# ---------------------------------------------------------------- uploads and the way to Airflow

upload_bytes = Counter("triview_upload_bytes", "Bytes of recordings received", registry=registry)
uploads = Counter(
    "triview_uploads", "Uploads by outcome (started, finished, refused, broken)", ["outcome"], registry=registry
)
triggers = Counter(
    "triview_dag_triggers",
    "Triggers of DAG runs by outcome (new, present, failed)",
    ["dag", "outcome"],
    registry=registry,
)
triggers_waiting = Gauge("triview_dag_triggers_waiting", "DAG runs that wait to be triggered", registry=registry)
webhooks = Counter(
    "triview_webhook_tries", "Tries of messages to webhooks by where they stand then", ["state"], registry=registry
)
handovers_waiting = Gauge("triview_handovers_waiting", "Ended sessions that wait to be handed over", registry=registry)
handover_due_seconds = Gauge(
    "triview_handover_due_seconds", "How long the first of them has been due", registry=registry
)
handovers = Counter(
    "triview_handovers", "Hand-overs of ended sessions by outcome (done, failed)", ["outcome"], registry=registry
)

# ---------------------------------------------------------------- sockets and sessions

sockets = Gauge("triview_sockets", "Open sockets", ["role"], registry=registry)
socket_closes = Counter("triview_socket_closes", "Closed sockets by close code", ["code"], registry=registry)
sessions_owned = Gauge("triview_sessions_owned", "Live sessions whose lease this replica holds", registry=registry)
sessions = Counter(
    "triview_sessions", "Sessions by event (created, started, ended, refused)", ["event"], registry=registry
)
takeovers = Counter("triview_takeovers", "Sessions taken over from another replica", registry=registry)
audio_seconds = Counter("triview_audio_seconds", "Seconds of audio stored", registry=registry)
acks = Counter("triview_audio_acks", "Acknowledgements sent", registry=registry)
ack_seconds = Histogram(
    "triview_audio_ack_seconds", "From a frame's arrival to its acknowledgement", buckets=FAST_S, registry=registry
)
gaps = Counter("triview_audio_gaps", "Declared gaps by cause (client, lost)", ["cause"], registry=registry)
outbound_overflows = Counter("triview_slow_consumers", "Sockets closed because they read too slowly", registry=registry)

# ---------------------------------------------------------------- speech and feedback

speech_streams = Gauge("triview_speech_streams", "Voice tracks being recognised", registry=registry)
partials = Counter("triview_partials", "Partial transcripts sent", registry=registry)
finals = Counter("triview_finals", "Final transcripts", registry=registry)
discarded = Counter("triview_discarded", "Sounds that a gate kept from becoming text", registry=registry)
partial_lag = Histogram(
    "triview_first_partial_lag_seconds",
    "From the start of speech to its first partial",
    buckets=LAG_S,
    registry=registry,
)
final_lag = Histogram(
    "triview_final_lag_seconds", "From the end of speech to its final", buckets=LAG_S, registry=registry
)
diarization_lag = Gauge("triview_diarization_lag_seconds", "How far online diarization is behind", registry=registry)
overload_level = Gauge("triview_overload_level", "Rung of the overload ladder, 0 (none) to 4", registry=registry)
realtime_factor = Gauge(
    "triview_realtime_factor", "Inference seconds per second of speech, as measured", registry=registry
)
feedback_events = Counter("triview_feedback_events", "Feedback events by kind", ["kind"], registry=registry)


def exposition() -> bytes:
    """All figures in Prometheus' text format. To be called on the event loop."""
    event_loop_tasks.set(len(asyncio.all_tasks()))
    return generate_latest(registry)
