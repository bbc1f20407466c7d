"""What a candidate's page sends, as JSON → typed QTI responses.

A response is `{"RESPONSE": "A"}`, `{"RESPONSE": ["A", "C"]}`, `{"RESPONSE": "12.5"}`; an item with one response also takes the bare value.
null, "" and [] mean not answered. Text is compared after NFC, with its outer spaces removed and its inner ones made single.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import WrongResponse
from item_bank.qti.model import ChoiceInteraction, Interaction, QtiItem, ResponseDeclaration
from item_bank.qti.values import Atom, BaseType, Cardinality, Value, container, parse_atom

Responses = Mapping[str, Value | None]

MAX_TEXT = 10_000

_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{2,3})*,\d{3}(\.\d+)?")  # 12,50,000 and 1,250,000


def bind(item: QtiItem, raw: Json) -> Responses:
    """Return every declared response, typed, NULL where unanswered; raises WrongResponse and binds nothing on the first misfit."""
    words = typed(item, raw)
    bound = {name: _value(declared, words.get(name, ())) for name, declared in item.responses.items()}
    for interaction in item.interactions:
        _check(interaction, bound[interaction.response])
    return bound


def typed(item: QtiItem, raw: Json) -> Mapping[str, tuple[str, ...]]:
    """Return what was typed or ticked, as text, by response; raises WrongResponse."""
    if not isinstance(raw, Mapping):
        raw = {_only_response(item): raw}
    unknown = sorted(set(raw) - set(item.responses))
    if unknown:
        raise WrongResponse(f"this question has no response called {', '.join(unknown)[:100]}")
    return {name: _words(value) for name, value in raw.items()}


def _only_response(item: QtiItem) -> str:
    if len(item.responses) != 1:
        raise WrongResponse("this question has several responses; name each one")
    return next(iter(item.responses))


def _words(value: Json) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(_word(each) for each in value)
    return (_word(value),)


def _word(value: Json) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise WrongResponse("a response is text, a number, or a list of them")
    text = value if isinstance(value, str) else repr(value)
    if len(text) > MAX_TEXT:
        raise WrongResponse(f"a response may have {MAX_TEXT} characters")
    return text


def _value(declared: ResponseDeclaration, words: tuple[str, ...]) -> Value | None:
    atoms = tuple(_atom(declared.base_type, word) for word in words if word.strip())
    if declared.cardinality is Cardinality.SINGLE and len(atoms) > 1:
        raise WrongResponse("one answer is expected here, not several")
    return container(declared.cardinality, declared.base_type, atoms)


def _atom(base_type: BaseType, word: str) -> Atom:
    text = " ".join(unicodedata.normalize("NFC", word).split())
    if base_type in (BaseType.INTEGER, BaseType.FLOAT):
        text = latin_number(text)
    try:
        return parse_atom(base_type, text)
    except ValueError:
        kind = {BaseType.INTEGER: "a whole number", BaseType.FLOAT: "a number"}.get(base_type, f"of type {base_type}")
        raise WrongResponse(f"the answer must be {kind}") from None


def latin_number(text: str) -> str:
    """Write a number's decimal digits of any script as 0-9 and drop well-formed grouping commas; other signs stay."""
    latin = "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text).replace("−", "-")
    return latin.replace(",", "") if _GROUPED.fullmatch(latin) else latin


def _check(interaction: Interaction, value: Value | None) -> None:
    if value is None or not isinstance(interaction, ChoiceInteraction):
        return
    if not set(value.atoms) <= {choice.identifier for choice in interaction.choices}:
        raise WrongResponse("there is no such choice")
    if len(set(value.atoms)) != len(value.atoms):
        raise WrongResponse("a choice was given twice")
    if 0 < interaction.max_choices < len(value.atoms):
        raise WrongResponse(f"at most {interaction.max_choices} choices may be made")
