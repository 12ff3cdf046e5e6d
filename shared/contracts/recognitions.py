"""What rewards says: what effort and impact have earned."""
