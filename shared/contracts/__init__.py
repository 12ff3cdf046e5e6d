"""The messages, one module per publisher: what the services promise the world."""
