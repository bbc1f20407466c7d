"""What QuML says of a question beside its text, and what of it a bank keeps: subject, topic, Bloom level, author, owner, licence."""

from collections.abc import Mapping

from item_bank.facts import Bloom

_FROM: Mapping[str, str] = {"subject": "subject", "topic": "topic", "author": "author", "copyright": "owner", "license": "licence"}
_LISTS = frozenset({"subject", "topic", "bloomsLevel"})
_LEVELS: Mapping[str, Bloom] = {
    "remember": Bloom.REMEMBER,
    "knowledge": Bloom.REMEMBER,
    "understand": Bloom.UNDERSTAND,
    "understanding": Bloom.UNDERSTAND,
    "apply": Bloom.APPLY,
    "application": Bloom.APPLY,
    "analyse": Bloom.ANALYSE,
    "analyze": Bloom.ANALYSE,
    "evaluate": Bloom.EVALUATE,
    "create": Bloom.CREATE,
}


def facts_in(record: Mapping[str, object]) -> dict[str, str]:
    """Read the facts that an object says; of several subjects or topics the first, other words than ours for a level are left."""
    found = {fact: _first(record.get(name)) for name, fact in _FROM.items()}
    level = _LEVELS.get(_first(record.get("bloomsLevel")).lower())
    return {name: word for name, word in {**found, "bloom": str(level or "")}.items() if word}


def _first(said: object) -> str:
    one = said[0] if isinstance(said, list) and said else said
    return " ".join(one.split())[:100] if isinstance(one, str) else ""


def facts_as(facts: Mapping[str, str]) -> dict[str, str | list[str]]:
    """Write the facts for which QuML has a name."""
    names = {**{fact: name for name, fact in _FROM.items()}, "bloom": "bloomsLevel"}
    said = {names[fact]: word for fact, word in facts.items() if fact in names}
    return {name: [word] if name in _LISTS else word for name, word in said.items()}


UNSAID = ("difficulty", "seconds", "origin", "licence_ends", "contract", "competency", "level")
"""Facts for which QuML has no name."""
