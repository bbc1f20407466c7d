"""Evidence that an outsider can check: what is said of chains, packages and draws, and how it is checked. Pure: bytes in, words out.

`findings` has the words, `leaves` the log's entries as a package carries them, `chain_check` holds the chain against them, `package` is the
file's format, `verifier` checks a whole one, `readme` and `certificate` are what people read. Made by services/evidence_packages.py.
"""
