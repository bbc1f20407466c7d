"""The issued fact: the certificate and its rule, its signed credential, how anyone checks it, and its printed page."""
