"""`make bench`: how fast activity becomes zones, beside what the same machine could do at best."""
