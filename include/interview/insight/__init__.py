"""What may be said about a candidate across the interviews: claims, the words they rest on, and insights."""
