"""Ranking of complete scorecards: bands of cards that their standard errors cannot tell apart.

Never here: a decision about a person.
"""
