"""What each platform says, and what we make of it. The payloads are written by hand."""
