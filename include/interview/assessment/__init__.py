"""What an interview is assessed by: openings, rubrics, policy profiles and the registry of measures.

Never here: a judgement or a score.
"""
