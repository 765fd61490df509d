"""From judgements to scores, totals, standard errors and review reasons: the only arithmetic on scores.

Never here: a judge, a model or a store.
"""
