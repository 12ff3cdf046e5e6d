"""What was recognised and who stands where, for whoever asks."""
