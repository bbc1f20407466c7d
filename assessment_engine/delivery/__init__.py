"""One candidate's way through one form: the sitting, its clock, its answers and their receipts. No SQL, no clock, no network."""
