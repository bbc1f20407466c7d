"""How much work a credential may ask for before its signature is known: anybody may hand one in, and the same process saves answers.

Canonical RDF tells unnamed nodes that look alike from one another by trying their orders: seven that name each other take minutes, ten take
years, and fit into four kilobytes. Expanding it costs by the value, and by the vocabulary that is named again. The check of the signature
itself is verification.py.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, cast

from openvc.proof.contexts import document_loader, pyld_options
from pyld import jsonld
from pyld.canon import URDNA2015

from assessment_engine.kernel.canonical import Json

MOST_VALUES = 2000
"""Ours has about a hundred; a picture inside is one."""

MOST_CONTEXTS = 16
MOST_ALIKE = 5
"""Unnamed nodes that nothing of their own tells apart: five cost milliseconds, whatever they say; our credentials have none."""

_DEFAULT_GRAPH = "@default"


def is_small(document: Json, contexts: Mapping[str, Json]) -> bool:
    """Tell whether a document is short enough to be looked at at all."""
    named = 0
    for count, value in enumerate(_values(document), start=1):
        named += isinstance(value, str) and value in contexts
        if count > MOST_VALUES or named > MOST_CONTEXTS:
            return False
    return True


def _values(document: Json) -> Iterator[Json]:
    """Yield every value inside a document, however deep, without recursion."""
    waiting: list[Json] = [document]
    while waiting:
        value = waiting.pop()
        yield value
        if isinstance(value, Mapping):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def is_plain(secured: dict[str, Any], contexts: Mapping[str, Json]) -> bool:
    """Tell whether few enough unnamed nodes look alike, in the document and in its proof: each is made canonical by itself."""
    unsecured = {name: value for name, value in secured.items() if name != "proof"}
    options = {name: value for name, value in secured["proof"].items() if name != "proofValue"}
    return all(_alike(part, contexts) <= MOST_ALIKE for part in (unsecured, {**options, "@context": secured.get("@context")}))


def _alike(part: dict[str, Any], contexts: Mapping[str, Json]) -> int:
    """Count the unnamed nodes that share what their own statements say with another (RDFC-1.0, section 4.6)."""
    loader = document_loader(cast(dict[str, dict[str, Any]], dict(contexts)))
    try:
        dataset = jsonld.to_rdf(part, pyld_options(loader))
    except Exception:  # pyld raises whatever it stumbles over; the suite stumbles over the same, and names it
        return 0
    canon = URDNA2015()
    for graph, statements in dataset.items():
        for statement in statements:
            _note(canon, statement if graph == _DEFAULT_GRAPH else {**statement, "name": _node(graph)})
    counts = Counter(canon.hash_first_degree_quads(node) for node in canon.blank_node_info)
    return sum(count for count in counts.values() if count > 1)


def _node(name: str) -> dict[str, str]:
    return {"type": "blank node" if name.startswith("_:") else "IRI", "value": name}


def _note(canon: URDNA2015, statement: dict[str, dict[str, str]]) -> None:
    """Note a statement with every unnamed node in it."""
    for place, term in statement.items():
        if place != "predicate" and term["type"] == "blank node":
            canon.blank_node_info.setdefault(term["value"], {"quads": []})["quads"].append(statement)
