"""What is promised to people about their data, as records: the receipt of an erasure."""
