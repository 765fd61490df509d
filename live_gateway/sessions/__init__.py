"""Live sessions: the rules of a socket, the owner of a session, its end and its hand-over."""
