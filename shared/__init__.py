"""What the services have in common: contracts, the decider, the log and the bus."""
