"""The doors that stay open: the camera's socket and the wall's. Both live in the ingest process (api/ingest.py)."""
