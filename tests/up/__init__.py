"""The command and the supervisor: what starts, what is kept running, and how all of it ends."""
