"""What rewards keeps to: each recognition once, whatever the order in which things are heard."""
