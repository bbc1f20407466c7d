"""JSON under /api/v1, one module per noun; each has a `router`, listed in api/app.py."""
