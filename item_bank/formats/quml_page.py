"""The sample page of the QuML specification: each part of a question under its heading, in a fenced block. It is written for people, with
typographic quotation marks, names without any, and commas too many or too few.
"""

import json
import re
from collections.abc import Mapping

from item_bank.formats.findings import refuse

_PART = re.compile(r"^\*\*([A-Za-z ]+)\*\*\s*```[a-z]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_QUOTES = str.maketrans({"“": '"', "”": '"', "‟": '"', "″": '"', "’": "'", "‘": "'"})
_STRING = r'"(?:[^"\\\n]|\\.)*"'
_BARE = re.compile(rf"({_STRING})|([{{,]\s*)([A-Za-z_]\w*)(\s*:)")
_TRAILING = re.compile(rf"({_STRING})|,(\s*[}}\]])")
_FORGOTTEN = re.compile(rf"({_STRING}|[}}\]\d])([ \t]*\n\s*)(?=\")")


def object_of_page(text: str, file: str) -> Mapping[str, object]:
    """Return the question object that a page describes; raises UnreadableFile."""
    parts = {found[1].strip().lower(): (found[2], text.count("\n", 0, found.start(2)) + 1) for found in _PART.finditer(text)}
    if "body" not in parts or "response declaration" not in parts:
        advice = "Hand over QuML questions as JSON."
        refuse("not_quml", "the page has no **Body** and **Response Declaration** in fenced blocks", file, advice=advice)
    title = re.match(r"#\s*(.*)", text.lstrip())
    name = title[1].replace("\\", "").strip() if title is not None else ""
    found: dict[str, object] = {"body": parts.pop("body")[0].translate(_QUOTES), "identifier": name, "name": name}
    for block, line in parts.values():
        read = _parsed(block.translate(_QUOTES), line, file)
        found.update(read)
    return found


def _parsed(block: str, line: int, file: str) -> Mapping[str, object]:
    tidied = _BARE.sub(lambda found: found[1] or f'{found[2]}"{found[3]}"{found[4]}', block)
    tidied = _FORGOTTEN.sub(lambda found: f"{found[1]},{found[2]}", tidied)
    tidied = _TRAILING.sub(lambda found: found[1] or found[2], tidied)
    try:
        read = json.loads(tidied)
    except (ValueError, RecursionError):
        refuse("not_json", f"the block that begins in line {line} is no JSON", file, line=line, advice="Hand over QuML questions as JSON.")
    return read if isinstance(read, dict) else {}
