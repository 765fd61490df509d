"""Preparing an executive interview: what earlier stages left open, and the questions that ask about it.

Pure: records, the order of what is worth asking, and what interviewers decide about the questions.
"""
