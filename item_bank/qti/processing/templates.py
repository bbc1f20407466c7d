"""The standard response-processing templates, as the trees they stand for (QTI 3.0, "Standard Response Processing Templates").

Both speak of the response RESPONSE and the outcome SCORE. An item names one by its address, which is never fetched.
"""

from collections.abc import Mapping

from item_bank.qti.model import Node

_ADDRESS = "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/"


def _node(node_name: str, *children: Node | str, **attributes: str) -> Node:
    named = {name.replace("_", "-"): value for name, value in attributes.items()}
    return Node(name=f"qti-{node_name}", attributes=named, children=children, line=0)


def _score(value: Node) -> Node:
    return _node("set-outcome-value", value, identifier="SCORE")


def _float(text: str) -> Node:
    return _node("base-value", text, base_type="float")


def _choose(test: Node, then: Node, otherwise: Node) -> Node:
    return _node("response-condition", _node("response-if", test, then), _node("response-else", otherwise))


_RESPONSE = _node("variable", identifier="RESPONSE")

MATCH_CORRECT = _choose(
    _node("match", _RESPONSE, _node("correct", identifier="RESPONSE")),
    _score(_float("1")),
    _score(_float("0")),
)

MAP_RESPONSE = _choose(
    _node("is-null", _RESPONSE),
    _score(_float("0")),
    _score(_node("map-response", identifier="RESPONSE")),
)

TEMPLATES: Mapping[str, Node] = {
    f"{_ADDRESS}{name}{ending}": tree
    for name, tree in (("match_correct", MATCH_CORRECT), ("map_response", MAP_RESPONSE))
    for ending in ("", ".xml")
}
