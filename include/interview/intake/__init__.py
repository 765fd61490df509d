"""What comes from outside, made safe to match and to store: bytes to text, text to clean text, YAML and JSON, ids."""
