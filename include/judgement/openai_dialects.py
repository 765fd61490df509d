"""What endpoints of the OpenAI protocol accept: found out by their refusals, once, and remembered."""

from __future__ import annotations

import json
import re
from typing import Any

SHORT_MESSAGE = 2_000
"""Characters of an error message that is read for the name of a parameter; longer ones repeat the prompt."""
_REFUSAL = re.compile(
    r"unrecogni[sz]ed|unsupported|not (?:supported|permitted|allowed|available)|unknown|unexpected|invalid|extra"
    r"|forbidden|does not support|only the default|no such (?:parameter|argument)|cannot be (?:set|used)",
    re.IGNORECASE,
)
_FILTER = re.compile(
    r"content[_ ]?filter|content management policy|ResponsibleAI|safety (?:system|policy)|moderation", re.IGNORECASE
)
_NAMES: dict[str, tuple[str, ...]] = {
    "tokens": ("max_completion_tokens", "max_tokens"),
    "format": ("response_format", "json_schema", "json_object", "structured output", "guided"),
    "seed": ("seed",),
    "temperature": ("temperature",),
}
"""Words by which a refusal names what we sent, by the capability it takes away."""
_STEPS: dict[str, tuple[str, ...]] = {
    "seed": ("seed", ""),
    "temperature": ("temperature", ""),
    "tokens": ("max_completion_tokens", "max_tokens", ""),
    "format": ("json_schema", "json_object", ""),
}
"""For each capability what is tried, in order; "" leaves it out. Without a name, the first that is left gives way."""
_NOTE = "Answer with one JSON object and nothing else, without a Markdown fence. It must fit this JSON schema:\n"


class Dialect:
    """The parameters that one endpoint takes, as far as its refusals said."""

    def __init__(self) -> None:
        self._at = dict.fromkeys(_STEPS, 0)

    def sends(self, capability: str) -> str:
        """The parameter or format that is sent for `capability` (a key of `_STEPS`); "" when none is."""
        return _STEPS[capability][self._at[capability]]

    def state(self) -> dict[str, int]:
        """What is known so far, for `restore`."""
        return dict(self._at)

    def restore(self, state: dict[str, int]) -> None:
        """Forget what refusals said since `state`: nothing that was tried helped."""
        self._at = dict(state)

    def request(
        self,
        messages: list[dict[str, str]],
        *,
        seed: int,
        temperature: float,
        tokens: int,
        response_format: dict[str, Any],
    ) -> dict[str, Any]:
        """The body of a call in this dialect. Where no schema can be sent, the last message tells it in words."""
        body: dict[str, Any] = {"messages": messages}
        if self.sends("seed"):
            body["seed"] = seed
        if self.sends("temperature"):
            body["temperature"] = temperature
        if self.sends("tokens"):
            body[self.sends("tokens")] = tokens
        form = self.sends("format")
        if form == "json_schema":
            body["response_format"] = response_format
            return body
        if form:
            body["response_format"] = {"type": form}
        schema = json.dumps(response_format["json_schema"]["schema"], ensure_ascii=False)
        body["messages"] = [
            *messages[:-1],
            {**messages[-1], "content": f"{messages[-1]['content']}\n\n{_NOTE}{schema}"},
        ]
        return body

    def learn(self, param: str | None, message: str) -> bool:
        """Take a refusal in; True when another request is worth trying.

        The parameter that `param` or `message` names gives way. A refusal of some parameter that names none of ours
        takes the next one that can be left out.
        """
        named = [
            capability
            for capability, names in _NAMES.items()
            if self.sends(capability) and any(_names(name, param, message) for name in names)
        ]
        # A refusal often lists what is accepted as well: what we do send is what it is about.
        exact = [c for c in named if _names(self.sends(c), param, message) or c == "format"]
        chosen = (exact or named)[:1]
        if not chosen and (param in _parameters() or (param is None and _REFUSAL.search(message[:SHORT_MESSAGE]))):
            chosen = [capability for capability in _STEPS if self.sends(capability)][:1]
        for capability in chosen:
            self._at[capability] += 1
        return bool(chosen)


def _parameters() -> frozenset[str]:
    return frozenset(name for names in _NAMES.values() for name in names)


def _names(name: str, param: str | None, message: str) -> bool:
    return (param or "").casefold() == name or (len(message) <= SHORT_MESSAGE and name in message.casefold())


def is_content_filter(code: str | None, message: str) -> bool:
    """True when a refusal is that of a content filter, not of a parameter."""
    return bool(_FILTER.search(code or "")) or (len(message) <= SHORT_MESSAGE and bool(_FILTER.search(message)))
