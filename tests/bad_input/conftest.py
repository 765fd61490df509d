"""The evaluated interview and the talking clip of the flow's tests, for tests that spoil them."""

from tests.tasks.conftest import evaluated, interview_clip, own, resume, weights

__all__ = ["evaluated", "interview_clip", "own", "resume", "weights"]
