"""Given what has happened, when somebody asks for something, then this is what comes of it."""
