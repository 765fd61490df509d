"""Keys, encryption and the audit hash chain: pure functions over bytes. No stores, no requests."""
