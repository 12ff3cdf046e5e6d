"""What rewards reads that is neither message nor request."""
