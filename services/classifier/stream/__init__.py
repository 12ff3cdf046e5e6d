"""From the bus into the log: each activity once, in order, with all that comes of it."""
