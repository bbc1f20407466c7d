"""How data reaches typst: as one string in its source, never as markup, so that nothing that people typed is ever executed."""

import json

from assessment_engine.kernel.canonical import Json


def typst_data(data: Json) -> str:
    """Write JSON as the inside of a typst string literal: `#let data = json(bytes("…"))`."""
    return json.dumps(data, ensure_ascii=False).replace("\\", "\\\\").replace('"', '\\"')
