"""Transcripts: typed ones parsed, recorded ones joined, their words counted, quoted and assigned to questions.

Never here: speech recognition or judging.
"""
