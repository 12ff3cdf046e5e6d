"""What the messages promise, to us and to those who have never seen our code."""
