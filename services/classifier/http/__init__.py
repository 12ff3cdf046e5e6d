"""What can be asked of the classifier, and in what shape it answers."""
