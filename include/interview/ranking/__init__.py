"""Ranking: who enters, what a composite is made of, what may be said of an order, and how two snapshots differ.

The statistics on whole columns are in include/statistics. Never here: a decision about a person.
"""
