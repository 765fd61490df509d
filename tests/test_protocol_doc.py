"""docs/protocol.md keeps its word: examples are messages of the protocol, messages and close codes are all named."""

from __future__ import annotations

import json
import re

import msgspec
import pytest
from jsonschema import ValidationError

from cli import protocol_asyncapi, protocol_docs
from cli.protocol_examples import whole_example
from include.interview.live import wire
from include.settings import PROJECT_ROOT, load_settings
from live_gateway.settings import GatewaySettings
from tests.support.wire_schemas import check_client, check_server

pytestmark = pytest.mark.unit

PAGE = (PROJECT_ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
CLIENT = msgspec.json.Decoder(wire.AnyClientMessage)
SERVER = msgspec.json.Decoder(wire.AnyServerMessage)


def examples() -> list[str]:
    found: list[str] = []
    decoder = json.JSONDecoder()
    for block in re.findall(r"^```json\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL):
        at = 0
        while at < len(block.rstrip()):
            value, end = decoder.raw_decode(block, at)
            found.append(json.dumps(value))
            at = end + len(block[end:]) - len(block[end:].lstrip())
    return found


def tag(message: type[msgspec.Struct]) -> str:
    return str(message.__struct_config__.tag)


def members(union: object) -> tuple[type[msgspec.Struct], ...]:
    return union.__args__  # type: ignore[attr-defined]


def test_there_are_examples() -> None:
    assert len(examples()) > 20


@pytest.mark.parametrize("example", examples(), ids=lambda text: json.loads(text)["type"])
def test_an_example_is_a_message(example: str) -> None:
    name = json.loads(example)["type"]
    decoder = CLIENT if name in {tag(m) for m in members(wire.AnyClientMessage)} else SERVER
    assert decoder.decode(example) is not None
    (check_client if decoder is CLIENT else check_server)(example)


def test_every_message_is_named() -> None:
    for message in (*members(wire.AnyClientMessage), *members(wire.AnyServerMessage)):
        assert f"`{tag(message)}" in PAGE or f'"{tag(message)}"' in PAGE, tag(message)


def test_every_close_code_is_explained() -> None:
    codes = {value for name, value in vars(wire).items() if name.isupper() and isinstance(value, int) and value >= 1000}
    codes -= {wire.SAMPLE_RATE, wire.MAX_FRAME_BYTES, wire.MAX_TEXT_BYTES}
    explained = {
        int(code) for line in PAGE.splitlines() if line.startswith("| ") for code in re.findall(r"\b\d{4}\b", line)
    }
    assert codes <= explained
    for line in PAGE.splitlines():
        row = re.match(r"\| ([\d, ]+) \|.*\| (yes|no)", line)
        if row:
            for code in map(int, row[1].split(",")):
                assert (code in wire.RECONNECT_CODES) == (row[2] == "yes"), code


def test_the_fields_are_those_of_the_records() -> None:
    assert protocol_docs.PAGE.read_text(encoding="utf-8") == protocol_docs.page(), "Run python -m cli.protocol_docs."


def test_the_asyncapi_file_is_that_of_the_records() -> None:
    assert protocol_asyncapi.FILE.read_text(encoding="utf-8") == protocol_asyncapi.text(), (
        "Run python -m cli.protocol_docs."
    )


def test_every_reference_of_the_asyncapi_file_leads_somewhere() -> None:
    document = protocol_asyncapi.document()
    references = re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(document))
    assert len(references) > 100
    for reference in references:
        node = document
        for part in reference.split("/"):
            node = node[part]


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "pong_"},
        {"type": "audio.ack"},
        {"type": "audio.ack", "through_sample": "1"},
        {"type": "speaker.update", "utts": ["c1"], "speaker": "S1", "role": "S1", "cause": "role"},
    ],
    ids=["unknown type", "missing field", "wrong type", "unknown value"],
)
def test_the_schemas_refuse_what_is_no_message(wrong: dict[str, object]) -> None:
    with pytest.raises((KeyError, ValidationError)):
        check_server(json.dumps(wrong))


@pytest.mark.parametrize(
    "message", [*members(wire.AnyClientMessage), *members(wire.AnyDurable), *members(wire.AnyEphemeral)], ids=tag
)
def test_the_example_of_every_field_is_taken_by_its_record(message: type[msgspec.Struct]) -> None:
    example = whole_example(message)
    msgspec.convert(example, message)
    start, end = example.get("start_ms"), example.get("end_ms")
    assert start is None or end is None or start < end


def test_the_examples_do_not_contradict_themselves() -> None:
    usual = GatewaySettings(core=load_settings({}), redis_url="", secret="")
    limits = wire.Limits(max_ahead_s=usual.max_ahead_s, idle_s=usual.idle_s)
    assert whole_example(wire.Limits) == msgspec.to_builtins(limits)
    score = whole_example(wire.ScoreUpdate)
    assert (score["value"] is None) != (score["insufficient"] is None)
    result = whole_example(wire.Result)
    assert (result["card"] is None) == (result["held"] is not None)


def test_every_code_that_closes_a_socket_is_in_the_table_of_its_close_code() -> None:
    sources = [path.read_text(encoding="utf-8") for path in sorted((PROJECT_ROOT / "live_gateway").rglob("*.py"))]
    closing = {pair for text in sources for pair in re.findall(r'wire\.([A-Z_]+), "([a-z_]+)"', text)}
    assert len(closing) > 30
    told = {
        (int(number), code)
        for line in re.findall(r"^\| [\d, ]+ \| `.*$", PAGE, re.MULTILINE)
        for number in re.findall(r"\b\d{4}\b", line.split("|")[1])
        for code in re.findall(r"`([a-z_]+)`", line.split("|")[2])
    }
    assert {(getattr(wire, name), code) for name, code in closing} <= told
