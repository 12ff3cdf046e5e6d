"""What the classifier reads that is neither message nor request."""
