"""What effort and impact earn, and when."""
