"""The log as tables, written in the transaction of the entries that they follow from."""
