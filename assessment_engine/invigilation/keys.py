"""The single keys of the review page: which key does what, as a person chose, or none at all (WCAG 2.2, success criterion 2.1.4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from assessment_engine.kernel.errors import Invalid

DEFAULT_KEYS: Mapping[str, str] = {
    "next": "j",
    "previous": "k",
    "toggle": " ",
    "back": "ArrowLeft",
    "forward": "ArrowRight",
    "dismiss": "d",
    "uphold": "u",
    "undo": "z",
    "help": "?",
}
"""What there is to do, and the key that does it until a person chooses another."""

NAMED_KEYS = ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown")


class KeysClash(Invalid):
    """Two acts would have the same key."""

    code = "keys_clash"


class NoSuchKey(Invalid):
    """What was typed is not one key."""

    code = "no_such_key"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewKeys:
    """A person's keys; where `on` is false none of them does anything, and everything is done by buttons."""

    keys: Mapping[str, str] = field(default_factory=lambda: DEFAULT_KEYS)
    on: bool = True

    def __post_init__(self) -> None:
        if set(self.keys) != set(DEFAULT_KEYS):
            raise Invalid("each act has one key")
        for act, key in self.keys.items():
            if not (len(key) == 1 and key.isprintable()) and key not in NAMED_KEYS:
                raise NoSuchKey("a key is one letter, digit or sign, or the name of an arrow key", act=act)
        doubled = {key for key in self.keys.values() if list(self.keys.values()).count(key) > 1}
        if doubled:
            acts = ", ".join(act for act, key in self.keys.items() if key in doubled)
            raise KeysClash("two acts cannot have the same key", acts=acts)
