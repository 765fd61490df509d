"""What other systems are told of: the events, the signed message of one, and where it may go."""
