"""The standard response-processing templates, as the trees they stand for (QTI 3.0, "Standard Response Processing Templates").

They speak of the response RESPONSE and the outcome SCORE; those of Common Cartridge of MAXSCORE and FEEDBACK too. An item names one by
its address, which is never fetched: any version's, with or without `.xml`, or a file's name alone.
"""

import re
from collections.abc import Mapping

from item_bank.qti.model.nodes import Node
from item_bank.qti.reader.attributes import text


def _node(node_name: str, *children: Node | str, **attributes: str) -> Node:
    named = {name.replace("_", "-"): value for name, value in attributes.items()}
    return Node(name=f"qti-{node_name}", attributes=named, children=children)


def _set(identifier: str, value: Node) -> Node:
    return _node("set-outcome-value", value, identifier=identifier)


def _float(word: str) -> Node:
    return _node("base-value", word, base_type="float")


def _word(word: str) -> Node:
    return _node("base-value", word, base_type="identifier")


def _choose(test: Node, then: tuple[Node, ...], otherwise: tuple[Node, ...]) -> Node:
    return _node("response-condition", _node("response-if", test, *then), _node("response-else", *otherwise))


_RESPONSE = _node("variable", identifier="RESPONSE")
_MAXSCORE = _node("variable", identifier="MAXSCORE")
_IS_RIGHT = _node("match", _RESPONSE, _node("correct", identifier="RESPONSE"))


def _map_by(expression: str) -> Node:
    value = _node(expression, identifier="RESPONSE")
    return _choose(_node("is-null", _RESPONSE), (_set("SCORE", _float("0")),), (_set("SCORE", value),))


MATCH_CORRECT = "match_correct"
MAP_RESPONSE = "map_response"
MAP_RESPONSE_POINT = "map_response_point"

_MATCH = (_choose(_IS_RIGHT, (_set("SCORE", _float("1")),), (_set("SCORE", _float("0")),)),)
_MAP = (_map_by("map-response"),)
_FULL_MARKS = _set("SCORE", _MAXSCORE)
_FULL = _node("equal", _MAXSCORE, _node("variable", identifier="SCORE"), tolerance_mode="exact")

TEMPLATES: Mapping[str, tuple[Node, ...]] = {
    MATCH_CORRECT: _MATCH,
    "map_correct": _MATCH,
    MAP_RESPONSE: _MAP,
    MAP_RESPONSE_POINT: (_map_by("map-response-point"),),
    "cc2_match": (_choose(_IS_RIGHT, (_FULL_MARKS,), ()), _set("FEEDBACK", _RESPONSE)),
    "cc2_match_basic": (
        _choose(_IS_RIGHT, (_FULL_MARKS, _set("FEEDBACKBASIC", _word("correct"))), (_set("FEEDBACKBASIC", _word("incorrect")),)),
    ),
    "cc2_map_response": (*_MAP, _choose(_FULL, (_set("FEEDBACK", _word("correct")),), (_set("FEEDBACK", _word("incorrect")),))),
}

_ADDRESS = re.compile(
    r"(?:[a-z]+:[^?#]*(?:[/:]rptemplates|imsglobal\.org/[^?#]*)[/:]+|(?!.*://)[^?#]*[/\\])?"  # where it is kept
    r"([a-z0-9_]+?)(?:\.xml)?/*(?:[?#].*)?",
    re.IGNORECASE,
)


def template_named(processing: Node | None) -> str | None:
    """Return the name of the standard template that responseProcessing points to; None where it points to none that is known."""
    if processing is None:
        return None
    for attribute in ("template", "template-location"):
        found = _ADDRESS.fullmatch(text(processing, attribute))
        if found is not None and found.group(1).lower() in TEMPLATES:
            return found.group(1).lower()
    return None
