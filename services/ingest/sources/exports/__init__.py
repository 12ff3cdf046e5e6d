"""What people get when they ask a platform for all it has of theirs: one file per platform."""
