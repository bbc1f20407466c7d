"""The one reader of state tables. A pair that is not in the table is refused; nothing else happens here."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from assessment_engine.kernel.errors import IllegalTransition

S = TypeVar("S", bound=StrEnum)
V = TypeVar("V", bound=StrEnum)


def advance(table: Mapping[tuple[S, V], S], state: S, verb: V) -> S:
    """Return the state after `verb`; raises IllegalTransition when the table has no such pair."""
    try:
        return table[state, verb]
    except KeyError:
        raise IllegalTransition(f"cannot {verb} from {state}", state=str(state), verb=str(verb)) from None
