"""Judgement while an interview runs: what words contain, hints on the process, and suggested questions."""
