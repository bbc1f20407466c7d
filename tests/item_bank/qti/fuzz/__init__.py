"""Fuzzing the question engine: break sound files by chance, do with them all that can be done, and see that nothing but AssessmentError is
ever raised and nothing takes long.

samples   what is broken
mutation  how it is broken; packages of it
trial     what is done with it

A short form runs with the tests; `python -m tests.item_bank.qti.fuzz --minutes N` runs the long one.
"""
