"""Rules read from a file, and the ways by which notices leave."""
