"""The `./triview` command line: parses, calls tasks/ and include/, and shows. It does no work of its own."""
