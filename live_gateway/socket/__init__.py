"""The WebSocket side of a live session: handshake, reader, writer."""
