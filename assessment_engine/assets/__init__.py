"""Models, fonts and JSON-LD contexts: what they are (manifest), how they come here (fetch), what is made of them (convert, prove)."""
