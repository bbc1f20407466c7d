"""A response in the words that the candidate read: what the choices said, instead of their identifiers. For sheets that people read."""

from collections.abc import Iterator, Mapping
from dataclasses import fields

from item_bank.qti.model.body import Gap, Hottext, Interaction, nested, plain_text
from item_bank.qti.model.interactions import Choice, Hotspot
from item_bank.qti.model.item import QtiItem
from item_bank.qti.values import BaseType

_IDENTIFIERS = frozenset({BaseType.IDENTIFIER, BaseType.INT_OR_IDENTIFIER, BaseType.PAIR, BaseType.DIRECTED_PAIR})
FILE_NAME = "name"


def in_words(item: QtiItem, response: Mapping[str, object]) -> tuple[str, ...]:
    """Return what was answered, a text for each value; nothing for a blank answer. Files are their names."""
    said: list[str] = []
    for name, value in response.items():
        names = _choices(item, name) if _names_choices(item, name) else {}
        said += [_one(each, names) for each in (value if isinstance(value, list) else [value])]
    return tuple(text for text in said if text)


def _names_choices(item: QtiItem, name: str) -> bool:
    declared = item.responses.get(name)
    return declared is not None and declared.base_type in _IDENTIFIERS


def _one(value: object, names: Mapping[str, str]) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return str(value.get(FILE_NAME, ""))
    if not names:
        return str(value).strip()
    return " → ".join(names.get(part) or part for part in str(value).split())


def _choices(item: QtiItem, name: str) -> dict[str, str]:
    """Return what each identifier of an interaction stands for on the page."""
    found: dict[str, str] = {}
    for interaction in item.interactions:
        if interaction.response == name:
            found.update(_offered(interaction))
    return found


def _offered(interaction: Interaction) -> Iterator[tuple[str, str]]:
    for field in fields(interaction):
        value = getattr(interaction, field.name)
        for each in value if isinstance(value, tuple) else ():
            if isinstance(each, Choice):
                yield each.identifier, plain_text(each.content) or each.label
            elif isinstance(each, Hotspot):
                yield each.identifier, each.label
    for block in nested(interaction.inside):
        if isinstance(block, Hottext):
            yield block.identifier, plain_text(block.content)
        elif isinstance(block, Gap):
            yield block.identifier, block.label
