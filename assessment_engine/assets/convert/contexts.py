"""A JSON-LD context out of the CommonJS module that publishes it: the object literal there is plain JSON."""

import json

from assessment_engine.kernel.errors import UnreadableFile

EXPORT = "module.exports ="


def read_context_module(source: bytes) -> bytes:
    """Return the exported context as a JSON document."""
    _, exported, literal = source.decode().partition(EXPORT)
    if not exported:
        raise UnreadableFile(f"The context module has no {EXPORT!r}.")
    try:
        context = json.loads(literal.strip().removesuffix(";"))
    except json.JSONDecodeError as broken:
        raise UnreadableFile(f"The exported context is not JSON: {broken}") from broken
    return (json.dumps(context, indent=2, ensure_ascii=False) + "\n").encode()
