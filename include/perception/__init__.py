"""Media in, measurements out: decoding, vision, voice, speech recognition and fluency.

Never here: scores or opinions.
"""
