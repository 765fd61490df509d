"""The sentence encoder with its example sentences, loaded once for processes that are forked from this one.

120 MB and 1.2 s of processor time, which judging and publishing would each spend again. They are plain arrays, which
forks share; nothing else is in here.
"""

from __future__ import annotations

from include.judgement.embedding import prototypes

prototypes()
