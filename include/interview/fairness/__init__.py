"""Adverse impact of selections and scores on groups that people declared themselves: records and rules.

Never here: a person's name or id beside a group, or a decision about a person.
"""
