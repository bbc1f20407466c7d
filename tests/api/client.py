"""Starlette's test client, imported past its wish for another HTTP library than the one that the rest of the tests use."""

import warnings

with warnings.catch_warnings(action="ignore"):
    from starlette.testclient import TestClient

__all__ = ["TestClient"]
