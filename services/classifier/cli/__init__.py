"""The commands of the classifier: where members are and why, all of them, and the recount."""
