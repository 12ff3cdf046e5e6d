"""The rules, followed to the letter: day by day over the plain list of what happened.

They keep nothing, skip nothing and are slow. What the classifier decides has to equal them.
"""
