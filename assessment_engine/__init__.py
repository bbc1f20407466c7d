"""The exam: its rules, their use cases and their storage."""
