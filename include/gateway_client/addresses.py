"""Addresses of the gateway that describe its REST interface."""

from __future__ import annotations

DESCRIPTION = "/api/v1/openapi.json"
"""The interface's OpenAPI description."""
REFERENCE = "/api-reference"
"""The same as a page."""
