"""The specification: each test states the rule it keeps."""
