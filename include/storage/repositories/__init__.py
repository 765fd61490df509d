"""One repository per kind of row: accounts, candidates, consents, interviews, openings, reviews and scorecards.

Never here: decisions about a person; a repository stores those that were made.
"""
