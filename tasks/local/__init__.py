"""Real services on this machine for as long as a block lasts: Redis and one replica of the gateway."""
