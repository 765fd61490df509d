"""Holds a live interview from a sound file with `include.gateway_client`, and prints what was understood.

Run in the repository, logged in as an interviewer; the candidate must have consented. The file is a WAV of 16-bit
samples at 16 kHz with two channels, the interviewer's and the candidate's:

    TRIVIEW_LOGIN=kim TRIVIEW_PASSWORD=... python docs/examples/live_client.py URL CANDIDATE OPENING FILE
"""

import asyncio
import os
import sys
import wave

from include.gateway_client.rest import GatewayRest
from include.gateway_client.socket import LiveClient
from include.interview.live import wire


def show(message: wire.ServerMessage) -> None:
    """Print what is final."""
    if isinstance(message, wire.TranscriptFinal):
        print(f"{message.start_ms / 1000:7.1f} s  {message.role}: {message.text}")


async def main(url: str, candidate_id: str, opening_id: str, path: str) -> None:
    """Create a session, send the file's sound, end the session."""
    with wave.open(path) as file:
        if (file.getframerate(), file.getsampwidth(), file.getnchannels()) != (16_000, 2, 2):
            sys.exit("The file is not 16-bit, 16 kHz, two channels: ffmpeg -i FILE -ar 16000 -ac 2 -c:a pcm_s16le OUT")
        pcm = file.readframes(file.getnframes())
    async with GatewayRest(url) as rest:
        await rest.login(os.environ["TRIVIEW_LOGIN"], os.environ["TRIVIEW_PASSWORD"])
        session = await rest.create_session(
            candidate_id, opening_id, language="en", profile="standard", microphones="shared"
        )
        ticket, consent = (lambda: rest.ticket(session.session_id)), session.consent_id or ""
        async with LiveClient(session.socket_url, ticket, consent, channels=2, on_message=show) as client:
            await client.play(pcm)  # at the speed of speech; breaks are mended by themselves
            await client.end()
            result = await client.wait_for(wire.Result)
        print(f"Session {session.session_id} has ended; card {result.scorecard_id}, held: {result.held}")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
