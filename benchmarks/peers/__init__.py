"""Other live transcription systems, installed in environments of their own and run on our weights, for comparison."""
