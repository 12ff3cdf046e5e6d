"""What the deciders decide."""
