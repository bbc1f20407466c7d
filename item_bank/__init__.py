"""Items, forms and their formats. Pure: no SQL, HTTP, Redis or files."""
