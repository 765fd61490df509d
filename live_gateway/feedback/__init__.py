"""Live feedback: the rubric of the session's stage as the interview runs, keywords, hints, and what to ask next."""

from __future__ import annotations

from include.judgement.live.context import FeedbackContext
from live_gateway.feedback.session_feedback import LiveFeedback

__all__ = ["FeedbackContext", "LiveFeedback"]
