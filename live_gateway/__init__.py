"""The live edge: HTTP and WebSocket in front of Redis, speech and feedback. `python -m live_gateway` serves it."""
