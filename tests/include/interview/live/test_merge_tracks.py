"""Several voice channels as one transcript, and who is who."""

from __future__ import annotations

import msgspec
import pytest

from include.interview.live.merge_tracks import (
    TrackTranscript,
    merge_tracks,
    with_live_roles,
    with_panel,
    without_echoes,
)
from include.interview.live.session import utterance_id
from include.interview.records import Flag, Transcript
from tests.support.record_builders import spoken, utterance

pytestmark = pytest.mark.unit


def said(text, start_s, *, role="candidate", speaker="S1", identity="u0001", confidence=0.9, word_s=0.4):
    words = spoken(text, start_s, word_s=word_s)
    made = utterance(identity, role, text, start_s, words[-1].end_s, words)
    return msgspec.structs.replace(made, speaker=speaker, confidence=confidence)


def heard(*utterances, speech_s=1.0, **more) -> Transcript:
    fields = {"coverage": 0.9, "confidence": 0.8, "engine": "e"} | more
    return Transcript("speech", "en", None, tuple(utterances), speech_s=speech_s, **fields)


def test_tracks_are_laid_on_the_sessions_clock_under_their_persons() -> None:
    merged = merge_tracks(
        [
            TrackTranscript("interviewer", 0.0, heard(said("How was it?", 1.0), coverage=0.5)),
            TrackTranscript("candidate", 2.5, heard(said("It went well.", 0.5), speech_s=3.0)),
        ],
        10.0,
    )
    assert [(u.id, u.role, u.speaker, u.start_s) for u in merged.utterances] == [
        ("i1000", "interviewer", "interviewer", 1.0),
        ("c3000", "candidate", "candidate", 3.0),
    ]
    assert merged.utterances[1].words[0].start_s == 3.0
    assert (merged.duration_s, merged.speech_s, merged.coverage, merged.engine) == (10.0, 4.0, 0.8, "e")


def test_ids_are_the_live_sessions() -> None:
    assert utterance_id("candidate", 55_120) == "c55120"
    assert utterance_id("room", 0) == "r0"


def test_a_silent_interviewer_is_no_remark_and_a_silent_candidate_is() -> None:
    silent = heard(flags=(Flag("no_speech"),), coverage=None, confidence=None, speech_s=0.0)
    both = merge_tracks([TrackTranscript("interviewer", 0.0, silent), TrackTranscript("candidate", 0.0, silent)], 5.0)
    assert [f.code for f in both.flags] == ["no_speech"]
    assert (both.coverage, both.confidence) == (None, None)


def test_room_voices_keep_their_labels() -> None:
    merged = merge_tracks([TrackTranscript("room", 0.0, heard(said("Hello there.", 1.0, speaker="S2")))], 5.0)
    assert (merged.utterances[0].speaker, merged.utterances[0].role) == ("S2", "candidate")


def test_without_a_track_there_is_no_transcript() -> None:
    with pytest.raises(ValueError, match="no track"):
        merge_tracks([], 1.0)


def test_an_echo_in_the_other_microphone_is_left_out_and_said_so() -> None:
    asked = said("what did you do in your last project", 1.0)
    echo = said("what did you do in our last project", 1.2, confidence=0.6)
    merged = merge_tracks(
        [TrackTranscript("interviewer", 0.0, heard(asked)), TrackTranscript("candidate", 0.0, heard(echo))], 9.0
    )
    assert [u.id for u in merged.utterances] == ["i1000"]
    (flag,) = (f for f in merged.flags if f.code == "echo")
    assert flag.detail == {"utterances": 1.0}
    assert flag.intervals[0].start_s == 1.2


def test_people_who_answer_at_once_or_briefly_are_no_echo() -> None:
    yes = [said("yes", 1.0, identity="c1000"), said("yes", 1.0, identity="i1000", confidence=0.5)]
    over = [said("I think we should wait", 2.0, identity="c2000"), said("so tell me about it", 2.0, identity="i2000")]
    kept, echoes = without_echoes([*yes, *over])
    assert (len(kept), echoes) == (4, ())


ROOM = heard(
    said("Tell me about your team.", 0.0, identity="r0", speaker="S1", role="unknown"),
    said("We were five people and I led them.", 3.0, identity="r3000", speaker="S2", role="unknown"),
    said("Right.", 8.0, identity="r8000", speaker="S1", role="unknown"),
    flags=(Flag("candidate_unknown", "warning"), Flag("other_voice", "warning")),
)


def live(*roles, shift=0.1):
    moved = zip(ROOM.utterances, roles, strict=True)
    return heard(
        *(
            msgspec.structs.replace(
                u, id=f"r{round(((u.start_s or 0) + shift) * 1000)}", role=role, start_s=(u.start_s or 0) + shift
            )
            for u, role in moved
        )
    )


def roles(transcript: Transcript) -> list[str]:
    return [u.role for u in transcript.utterances]


def test_a_voice_nobody_could_name_is_named_as_in_the_session() -> None:
    named = with_live_roles(ROOM, live("interviewer", "candidate", "interviewer"), ())
    assert roles(named) == ["interviewer", "candidate", "interviewer"]
    assert named.flags == ()


def test_where_the_session_did_not_know_either_nobody_is_named() -> None:
    assert with_live_roles(ROOM, live("unknown", "unknown", "unknown"), ()) == ROOM


def test_what_was_decided_offline_stands_against_an_uncorrected_session() -> None:
    decided = msgspec.structs.replace(
        ROOM, utterances=tuple(msgspec.structs.replace(u, role="candidate") for u in ROOM.utterances)
    )
    assert roles(with_live_roles(decided, live("interviewer", "interviewer", "interviewer"), ())) == ["candidate"] * 3


def test_one_corrected_utterance_changes_that_utterance_alone() -> None:
    decided = msgspec.structs.replace(
        ROOM, utterances=tuple(msgspec.structs.replace(u, role="candidate") for u in ROOM.utterances)
    )
    stated = live("candidate", "candidate", "interviewer")
    assert roles(with_live_roles(decided, stated, {"r8100"})) == ["candidate", "candidate", "interviewer"]


def test_a_corrected_voice_is_corrected_everywhere() -> None:
    swapped = msgspec.structs.replace(
        ROOM,
        utterances=tuple(
            msgspec.structs.replace(u, role="interviewer" if u.speaker == "S2" else "candidate")
            for u in ROOM.utterances
        ),
    )
    stated = live("interviewer", "candidate", "interviewer")
    assert roles(with_live_roles(swapped, stated, {"r3100"})) == ["interviewer", "candidate", "interviewer"]
    assert roles(with_live_roles(swapped, stated, ())) == roles(swapped)


def test_a_long_utterance_corrected_alone_does_not_speak_for_its_voice() -> None:
    """It fills most of the voice's time; the short one beside it was said by the same voice and stays."""
    offline = heard(
        said("Could you tell us all about the move of the two services", 0.0, identity="r0"),
        said("Yes.", 20.0, identity="r20000"),
    )
    live = heard(
        said("Could you tell us all about the move of the two services", 0.0, identity="r0", role="interviewer"),
        said("Yes.", 20.0, identity="r20000"),
    )
    assert roles(with_live_roles(offline, live, {"r0"}, {"r0"})) == ["interviewer", "candidate"]
    assert roles(with_live_roles(offline, live, {"r0"})) == ["interviewer", "interviewer"]
    nobody = msgspec.structs.replace(
        offline, utterances=tuple(msgspec.structs.replace(u, role="unknown") for u in offline.utterances)
    )
    half = msgspec.structs.replace(
        live, utterances=(live.utterances[0], msgspec.structs.replace(live.utterances[1], role="unknown"))
    )
    assert roles(with_live_roles(nobody, half, {"r0"}, {"r0"})) == ["interviewer", "unknown"]


def test_a_correction_on_one_track_says_nothing_about_the_other() -> None:
    mine = heard(said("We moved it.", 1.0, identity="c1000", speaker="candidate"))
    other = heard(said("I see now.", 1.0, identity="i1000", role="interviewer"))
    assert with_live_roles(mine, other, {"i1000"}) == mine


def test_whoever_is_not_the_candidate_is_on_the_panel() -> None:
    other = Flag("other_voice", "warning")
    panel = heard(
        said("Why?", 0.0, role="interviewer", speaker="S1"),
        said("Because it failed.", 1.0, role="candidate", speaker="S2", identity="u0002"),
        said("I see.", 3.0, role="unknown", speaker="S3", identity="u0003"),
        flags=(other,),
    )
    known = with_panel(panel)
    assert [(u.speaker, u.role) for u in known.utterances] == [
        ("S1", "interviewer"), ("S2", "candidate"), ("S3", "interviewer"),
    ]  # fmt: skip
    assert known.flags == ()
    nobody = heard(said("I see.", 0.0, role="unknown"), flags=(other,))
    assert with_panel(nobody) == nobody, "while the candidate is unknown, any voice may be theirs"
