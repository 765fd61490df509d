"""Types of fields that several domains share."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from litestar.params import QueryParameter

UUID_PATTERN = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
Uuid = Annotated[str, msgspec.Meta(pattern=UUID_PATTERN, description="A uuid.")]
ProfileId = Annotated[str, msgspec.Meta(min_length=1, max_length=64, description="A policy profile's id.")]
OpeningId = Annotated[str, msgspec.Meta(min_length=1, max_length=64, description="An opening's id.")]
SHA256_PATTERN = "^[0-9a-f]{64}$"
Sha256 = Annotated[str, msgspec.Meta(pattern=SHA256_PATTERN, description="SHA-256 in hex.")]
Login = Annotated[
    str,
    msgspec.Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._@+-]*$", description="A login name."),
]
Role = Literal["hr", "interviewer", "candidate", "reviewer", "auditor", "operator", "service"]

CandidateFilter = Annotated[str | None, QueryParameter(name="candidate_id", pattern=UUID_PATTERN, required=False)]
OpeningFilter = Annotated[str | None, QueryParameter(name="opening_id", max_length=64, required=False)]

EXAMPLE_UUID = "7f0c2f58-6a3c-4f0e-9d53-0a8f0a1b2c3d"
EXAMPLE_SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
