"""The domain, pure: records, rubrics and profiles, transcripts, scoring, ranking and the live session's rules.

Never here: any service, file store, network or clock.
"""
