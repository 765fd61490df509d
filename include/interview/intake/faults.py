"""Everything that is wrong with given values at once, in both languages: decoders stop at the first fault."""

from __future__ import annotations

import re
import types
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from include.interview.errors import BadInput
from include.interview.records import Bilingual, Record

MOST_FAULTS = 50
"""Faults told of one input."""
_KOREAN_TYPES = {
    "str": "문자열", "int": "정수", "float": "숫자", "bool": "true 또는 false", "array": "목록", "object": "객체",
    "null": "null",
}  # fmt: skip
_WRONG_TYPE = re.compile(r"Expected `([^`]+)`, got `([^`]+)`")
_BOUND = re.compile(r"Expected `[^`]+` (of length )?(>=|<=|>|<) (\S+)")
_PATTERN = re.compile(r"Expected `str` matching regex (.+)", re.DOTALL)
_KOREAN_BOUNDS = {
    ">=": "{} 이상이어야 합니다.",
    "<=": "{} 이하여야 합니다.",
    ">": "{}보다 커야 합니다.",
    "<": "{}보다 작아야 합니다.",
}
UNFIT = "형식에 맞지 않는 값입니다."


class FieldFault(Record, frozen=True):
    """What is wrong with one field. `field`: its path, such as `competencies[0].name`; "" for the whole input."""

    field: str
    text: Bilingual


class InvalidFields(BadInput):
    """Fields of an input are at fault; `faults` are all of them, at most `MOST_FAULTS`."""

    def __init__(self, name: str, faults: Sequence[FieldFault], remedy: str = "") -> None:
        self.faults = tuple(faults)
        self.name = name
        super().__init__(self.sentence("en"), remedy)

    def sentence(self, language: str) -> str:
        """All faults in one sentence, beginning with the input's name."""
        told = (f"{one.field}: {one.text.text(language)}".removeprefix(": ").rstrip(".") for one in self.faults)
        return f"{self.name}: {'; '.join(told)}."


def field_faults(value: Any, kind: Any, *, strict: bool = True, path: str = "") -> Iterator[FieldFault]:
    """Every fault of plain `value` (as JSON or YAML decode to) against `kind`, a type that msgspec converts to.

    None when it fits. Messages name types, limits and allowed values; a value that was given is not repeated.

    Args:
        strict: whether a text that says a number is refused where a number is asked for, as in msgspec.
    """
    inner = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    found = False
    for fault in _within(value, inner, strict, path):
        found = True
        yield fault
    if not found:
        yield from _itself(value, kind, inner, strict, path)


def _within(value: Any, kind: Any, strict: bool, path: str) -> Iterator[FieldFault]:
    """The faults of the parts of `value`."""
    if isinstance(value, dict) and isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        yield from _in_struct(value, kind, strict, path)
    elif isinstance(value, list) and get_origin(kind) is list:
        for index, item in enumerate(value):
            yield from field_faults(item, get_args(kind)[0], strict=strict, path=f"{path}[{index}]")
    elif get_origin(kind) in (Union, types.UnionType):
        fitting = [one for one in get_args(kind) if _may_be(value, one)]
        if len(fitting) == 1:
            yield from field_faults(value, fitting[0], strict=strict, path=path)


def _in_struct(value: dict[str, Any], kind: type[msgspec.Struct], strict: bool, path: str) -> Iterator[FieldFault]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    for name in value if kind.__struct_config__.forbid_unknown_fields else ():
        if name not in fields:
            sentence = Bilingual(ko="없는 항목입니다.", en=f"Object contains unknown field `{name}`")
            yield FieldFault(_joined(path, name), sentence)
    for name, field in fields.items():
        if name in value:
            yield from field_faults(value[name], field.type, strict=strict, path=_joined(path, name))
        elif field.required:
            sentence = Bilingual(ko="필수 항목입니다.", en=f"Object missing required field `{name}`")
            yield FieldFault(_joined(path, name), sentence)


def _itself(value: Any, kind: Any, inner: Any, strict: bool, path: str) -> Iterator[FieldFault]:
    try:
        msgspec.convert(value, kind, strict=strict, str_keys=True)
    except msgspec.ValidationError as error:
        message = str(error).split(" - at ", maxsplit=1)[0]
        yield FieldFault(path, allowed(inner) or Bilingual(ko=in_korean(message), en=message))


def _may_be(value: Any, kind: Any) -> bool:
    """Whether `value` is of the JSON type that `kind` is written as; only what tells members of our unions apart."""
    inner = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    if inner is types.NoneType:
        return value is None
    structured = isinstance(inner, type) and issubclass(inner, msgspec.Struct)
    return value is not None and structured == isinstance(value, dict)


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def allowed(kind: Any) -> Bilingual | None:
    """A sentence that names the values of `kind`, or of its only part that is a Literal; None without one."""
    literals = [one for one in (kind, *get_args(kind)) if get_origin(one) is Literal]
    if len(literals) != 1:
        return None
    values = ", ".join(str(value) for value in get_args(literals[0]))
    return Bilingual(ko=f"다음 값만 쓸 수 있습니다: {values}.", en=f"Allowed values: {values}.")


def in_korean(message: str) -> str:
    """A message of msgspec about one value, in Korean; one that is not known says only that the value does not fit."""
    if found := _WRONG_TYPE.fullmatch(message):
        wanted, given = (
            " 또는 ".join(_KOREAN_TYPES.get(one, one) for one in part.split(" | ")) for part in found.groups()
        )
        return f"필요한 형식: {wanted}. 보낸 형식: {given}."
    if found := _BOUND.fullmatch(message):
        length, sign, number = found.groups()
        return ("길이가 " if length else "") + _KOREAN_BOUNDS[sign].format(number)
    if found := _PATTERN.fullmatch(message):
        return f"다음 정규식에 맞아야 합니다: {found[1]}"
    return UNFIT
