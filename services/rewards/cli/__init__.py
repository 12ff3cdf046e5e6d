"""The commands of rewards: who was recognised and for what, and who has what impact."""
