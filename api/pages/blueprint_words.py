"""What the values that a blueprint can ask for are called."""

from collections.abc import Mapping

from api.pages.item_words import VALUES as VALUES_OF_ITEMS

VALUES: Mapping[str, Mapping[str, str]] = {name: VALUES_OF_ITEMS[name] for name in ("kind", "bloom", "difficulty")}
