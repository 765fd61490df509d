"""Streaming speech: sound in, utterances out, as they are said. Cheap to import; models load when the engine starts."""
