"""The deployables: four services, and the one command in front of them."""
