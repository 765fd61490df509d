"""How long tests wait for what must come: long enough for a machine that does three other things."""

PATIENCE_S = 90.0
"""Seconds before a wait is given up. It bounds a failure; nothing is measured by it, and what comes is not awaited that
long. A test that asserts how quickly something happens states its own limit."""
