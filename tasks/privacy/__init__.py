"""What people may ask for about their data: erasure, over every store."""
