"""From the bus and the clock into the log: each thing once, in order, with all that comes of it."""
