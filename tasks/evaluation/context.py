"""What every step of every flow is given beside its inputs."""

from __future__ import annotations

from dataclasses import dataclass

from include.settings import Settings
from include.storage import Stores


@dataclass(frozen=True, slots=True)
class StepContext:
    """Where a step works: open stores, the settings in force, and the interview that it is about.

    A step has the form `step(context, inputs: ArtifactRef..., progress) -> ArtifactRef`. Its output is stored under
    a name made from its inputs; a step whose output exists does nothing.
    """

    stores: Stores
    settings: Settings
    interview_id: str
