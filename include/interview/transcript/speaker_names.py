"""Names of persons in a transcript, told by whoever gives it: whose words stand behind which name."""

from __future__ import annotations

from collections.abc import Sequence

from include.interview.errors import BadInput
from include.interview.intake.cleaning import clean_line
from include.interview.records import Record, Role
from include.interview.transcript.speaker_labels import name_key

NamedRoles = dict[str, tuple[Role, str]]
"""Role and speaker by the key of a name (`name_key`)."""


class SpeakerNames(Record, frozen=True):
    """The names under which the candidate and the interviewers speak in a transcript.

    All names of `candidate` are one person. Each of `interviewers` is a speaker of its own.
    """

    candidate: tuple[str, ...] = ()
    interviewers: tuple[str, ...] = ()

    @classmethod
    def of(cls, candidate: Sequence[str] | None, interviewers: Sequence[str] | None) -> SpeakerNames:
        """The names as they were given.

        Raises:
            BadInput: a name is blank, or is given for both roles.
        """
        mine = tuple(clean_line(name, "A name of the candidate") for name in candidate or ())
        theirs = tuple(clean_line(name, "A name of an interviewer") for name in interviewers or ())
        if {name_key(n) for n in mine} & {name_key(n) for n in theirs}:
            raise BadInput("One name is given for the candidate and for an interviewer.", "Give it for one of them.")
        return cls(mine, theirs)

    def roles(self) -> NamedRoles:
        """Role and speaker of each name; speakers are called by role and number, never by the name of a person."""
        found: NamedRoles = {name_key(name): ("candidate", "candidate") for name in self.candidate}
        for number, key in enumerate(dict.fromkeys(name_key(name) for name in self.interviewers), start=1):
            found[key] = ("interviewer", "interviewer" if number == 1 else f"interviewer{number}")
        return found
