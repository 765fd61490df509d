"""Why a socket cannot go on: what the session's side knows and the socket's rules turn into a close."""

from __future__ import annotations

from include.interview.errors import TriviewError


class JoinRefused(TriviewError):
    """The socket may not join, or not stay: `close_code` of the protocol and the error's code."""

    def __init__(self, close_code: int, code: str, cause: str) -> None:
        super().__init__(cause, code=code)
        self.close_code = close_code
