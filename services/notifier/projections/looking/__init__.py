"""What is to be known when the notifier looks around, read in a few questions.

A morning costs what there is to say on it, and hardly more where there are more people: first it is
asked whom something may help, then all else of only those.
"""
