"""The live interview's own records: what travels on the wire, and what a session is."""
