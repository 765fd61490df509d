"""Policy profiles: what may be computed, what is judged, and which duties hold, per legal setting.

The profiles live in `include/interview/policies/<id>.yaml`; the profile's id stands on every card.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Literal

import msgspec

from include.interview.assessment.rubric import WORD_INPUTS, Criterion
from include.interview.errors import BadInput, NotFound, PolicyRefusal
from include.interview.records import Bilingual, Channel, Record, Stage
from include.interview.stages import STAGES

POLICIES_DIR = Path(__file__).resolve().parents[1] / "policies"

Purpose = Literal["recording", "ai_evaluation", "emotion_analysis", "retention"]
"""What a candidate can consent to; each purpose is asked for and withdrawn on its own. `retention` is asked for by no
profile any more: how long data are kept is part of each purpose. Consents that name it are read as they were given."""
EXPRESSION: Purpose = "emotion_analysis"
"""The purpose under which movements of face and voice are measured, and the tone of words is described."""
VOICE_SHIFT = "f0_shift_semitones"
"""The measure for which a voice is compared with its own first minute."""


class RestsOn(Record, frozen=True):
    """What a profile does only with the candidate's consent to one purpose that may be refused.

    `channels` are computed, and `criteria` judged, only with it. `words_only`: criteria that without it are judged from
    words although their rubric lists more inputs.
    """

    channels: tuple[Channel, ...] = ()
    criteria: tuple[str, ...] = ()
    words_only: tuple[str, ...] = ()


class Switch(Record, frozen=True):
    """What a state or city adds to a profile: further notices, and how long data are kept there at most, in days."""

    name: Bilingual
    notices: tuple[Bilingual, ...]
    retention_days: int | None = None


class Profile(Record, frozen=True):
    """One legal setting.

    `criteria`: stage -> enabled criterion ids; a criterion not listed is disabled and the rest renormalise.
    `channels`: the only channels that may be computed. `measures_refused`: measures of allowed channels that still
    may not be computed. `words_only`: criteria that under this profile are judged from words although their rubric
    lists more inputs. `measures_unscored`: measures a reader may see but no judge. `notices`: what the candidate is
    told before the interview. `explanation_required`: the candidate gets the explanation page without asking.
    `consents`: purposes without which there is no interview. `consents_optional`: purposes that the candidate is asked
    for and may refuse, with what rests on each; `agreed` is the profile as a candidate's answers leave it.
    `blind_first`: stages in which whoever conducts the interview sees no number of the machine before having rated
    every criterion.
    `declarations`: categories that a candidate is asked to declare, voluntarily, for the fairness report alone.
    `switches`: duties of states and cities by a short name; `us-il` is the profile `us` with its switch `il`.
    """

    id: str
    name: Bilingual
    description: Bilingual
    criteria: dict[Stage, tuple[str, ...]]
    channels: tuple[Channel, ...]
    measures_refused: tuple[str, ...]
    words_only: tuple[str, ...]
    retention_days: int
    consents: tuple[Purpose, ...]
    human_decision_required: bool
    notices: tuple[Bilingual, ...]
    measures_unscored: tuple[str, ...] = ()
    explanation_required: bool = False
    review_every_card: bool = False
    blind_first: tuple[Stage, ...] = ("executive",)
    declarations: tuple[str, ...] = ()
    consents_optional: dict[Purpose, RestsOn] = msgspec.field(default_factory=dict)
    consents_refused: tuple[Purpose, ...] = ()
    switches: dict[str, Switch] = msgspec.field(default_factory=dict)

    def switched(self, names: Sequence[str]) -> Profile:
        """This profile with the duties of the states and cities `names`; its id names them.

        Raises:
            KeyError: it has no such switch.
        """
        added = [self.switches[name] for name in names]
        places = {language: ", ".join(one.name.text(language) for one in added) for language in ("ko", "en")}
        days = [one.retention_days for one in added if one.retention_days is not None]
        return msgspec.structs.replace(
            self,
            id="-".join((self.id, *names)),
            name=Bilingual(ko=f"{self.name.ko} ({places['ko']})", en=f"{self.name.en} ({places['en']})"),
            notices=(*self.notices, *(notice for one in added for notice in one.notices)),
            retention_days=min([self.retention_days, *days]),
            switches={},
        )

    @property
    def purposes(self) -> tuple[Purpose, ...]:
        """Every purpose the candidate is asked for, those that may be refused last."""
        return (*self.consents, *self.consents_optional)

    @property
    def key(self) -> str:
        """The profile's id, with the purposes that were refused: what outputs made under it depend on."""
        return ".no-".join((self.id, *self.consents_refused))

    def agreed(self, given: Collection[str]) -> Profile:
        """This profile without what rests on optional purposes that are not among those `given`.

        Criteria that fall away are disabled, so that the weights of the others are renormalised: who refuses loses
        nothing. The id stays. A profile whose optional purposes are all given is returned as it is.
        """
        refused = {purpose: rests for purpose, rests in self.consents_optional.items() if purpose not in given}
        if not refused:
            return self
        gone = {criterion for rests in refused.values() for criterion in rests.criteria}
        off = {channel for rests in refused.values() for channel in rests.channels}
        words = (criterion for rests in refused.values() for criterion in rests.words_only)
        return msgspec.structs.replace(
            self,
            criteria={stage: tuple(c for c in ids if c not in gone) for stage, ids in self.criteria.items()},
            channels=tuple(channel for channel in self.channels if channel not in off),
            words_only=tuple(dict.fromkeys((*self.words_only, *words))),
            consents_optional={p: rests for p, rests in self.consents_optional.items() if p not in refused},
            consents_refused=(*self.consents_refused, *refused),
        )

    def enables(self, stage: Stage, criterion_id: str) -> bool:
        """True when `criterion_id` is judged in `stage`."""
        return criterion_id in self.criteria.get(stage, ())

    def judged_from_words(self, criterion: Criterion) -> bool:
        """True when under this profile the words alone decide `criterion`."""
        return criterion.word_based or criterion.id in self.words_only

    def inputs_of(self, criterion: Criterion) -> tuple[str, ...]:
        """The inputs of `criterion` that this profile lets a judge see."""
        if self.judged_from_words(criterion):
            return tuple(i for i in criterion.inputs if i in WORD_INPUTS)
        return criterion.inputs

    def uses_voice(self, stage: Stage) -> bool:
        """True when the live interview `stage` has a use for the sound of the candidate's voice under this profile.

        It is described by how far it moves from its own beginning, which the profile must allow; no criterion of a live
        stage rests on it.
        """
        return "voice" in self.channels and STAGES[stage].voice_described and self.allows_measure(VOICE_SHIFT)

    def allows_measure(self, name: str) -> bool:
        """True when the measure `name` is not on the list of refused measures."""
        return name not in self.measures_refused

    def scores_measure(self, name: str) -> bool:
        """True when a judge may see the measure `name`."""
        return self.allows_measure(name) and name not in self.measures_unscored

    def require_tone_of_words(self) -> None:
        """Return normally when the tone of a candidate's words may be described: the profile asks for consent to it.

        Raises:
            PolicyRefusal: the profile analyses no emotion, so its candidates are never asked, or this one refused.
        """
        if EXPRESSION not in self.purposes:
            raise PolicyRefusal(
                f"The profile {self.id!r} does not allow that tone or voice of an answer are described.",
                "Use a profile that allows it, with the candidate's consent.",
            )

    def require_voice_comparison(self) -> None:
        """Return normally when a voice may be compared with the person's own first minutes.

        Raises:
            PolicyRefusal: the profile does not allow the voice channel, or analyses no emotion.
        """
        self.require_channel("voice")
        self.require_tone_of_words()

    def require_channel(self, channel: Channel) -> None:
        """Return normally when `channel` may be computed.

        Raises:
            PolicyRefusal: the profile does not allow the channel.
        """
        if channel not in self.channels:
            raise PolicyRefusal(
                f"The profile {self.id!r} does not allow the channel {channel!r}.",
                "Use a profile that allows it, with the candidate's consent.",
            )


@cache
def _packaged() -> dict[str, Profile]:
    """Every packaged profile by id, with every choice of its switches.

    Raises:
        BadInput: a file is not a profile.
    """
    found: dict[str, Profile] = {}
    for path in sorted(POLICIES_DIR.glob("*.yaml")):
        try:
            profile = msgspec.yaml.decode(path.read_bytes(), type=Profile)
        except msgspec.MsgspecError as error:
            raise BadInput(f"{path.name}: {error}.") from error
        if profile.id != path.stem:
            raise BadInput(f"{path.name}: the profile inside is called {profile.id!r}.")
        found[profile.id] = profile
        for count in range(1, len(profile.switches) + 1):
            for names in combinations(sorted(profile.switches), count):
                switched = profile.switched(names)
                found[switched.id] = switched
    return found


@cache
def profile_ids() -> tuple[str, ...]:
    """The ids of all packaged profiles, `standard` first."""
    return tuple(sorted(_packaged(), key=lambda i: (i != "standard", i)))


def load_profile(id: str) -> Profile:  # noqa: A002 - the contract's name
    """The profile called `id`; the same object each time.

    Raises:
        NotFound: there is no such profile.
        BadInput: a packaged file is not a profile.
    """
    if id not in _packaged():
        raise NotFound(f"There is no policy profile {id!r}.", f"Known profiles: {', '.join(profile_ids())}.")
    return _packaged()[id]
