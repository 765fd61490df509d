"""Steps that every flow shares: consent, the case, judging, scoring, review and publishing."""
