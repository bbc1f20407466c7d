"""An item as a candidate sees it: fieldset, legend, radio, checkbox, input, each with a label; usable by keyboard and before any script.

Written from the body alone: keys, mappings and processing are never looked at here. Every control carries `data-response` (the response's
identifier) and `data-cardinality`, so that a page can collect what was chosen. The result goes through nh3 as a second fence.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape

import nh3

from assessment_engine.kernel.canonical import Json
from item_bank.qti.binding import typed
from item_bank.qti.markup import ATTRIBUTES, TAGS
from item_bank.qti.model import Block, Choice, ChoiceInteraction, Markup, QtiItem, ResponseDeclaration, TextEntryInteraction
from item_bank.qti.values import NUMERIC, Cardinality

_VOID = frozenset({"br", "hr"})
_CONTROLS: Mapping[str, set[str]] = {
    "input": {"type", "name", "value", "id", "checked", "inputmode", "autocomplete", "spellcheck", "size", "placeholder", "lang"},
    "label": {"for"},
    "fieldset": set(),
    "legend": set(),
}
_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {"one": "Choose one answer.", "any": "Choose all that apply.", "most": "Choose at most {n}.", "text": "Your answer"},
    "hi": {"one": "एक उत्तर चुनिए।", "any": "जितने सही हों, सब चुनिए।", "most": "अधिक से अधिक {n} चुनिए।", "text": "आपका उत्तर"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    item: QtiItem
    lang: str
    typed: Mapping[str, tuple[str, ...]]
    prefix: str
    order_seed: str

    def word(self, key: str, **values: int) -> str:
        return _WORDS.get(self.lang, _WORDS["en"])[key].format(**values)

    def blocks(self, blocks: tuple[Block, ...]) -> str:
        return "".join(self.block(block) for block in blocks)

    def block(self, block: Block) -> str:
        if isinstance(block, str):
            return escape(block, quote=False)
        if isinstance(block, Markup):
            return _element(block.tag, block.attributes, None if block.tag in _VOID else self.blocks(block.children))
        return _RENDERERS[type(block)](self, block)


def render(item: QtiItem, lang: str, response: Json, name_prefix: str, *, order_seed: str = "") -> str:
    """Return the item's HTML in its own language with `response` filled in; `order_seed` fixes the order of shuffled choices."""
    page = _Page(item=item, lang=lang, typed=typed(item, response or {}), prefix=name_prefix, order_seed=order_seed)
    return sanitised(f'<div class="qti-item" lang="{escape(lang)}">{page.blocks(item.body)}</div>')


def sanitised(html: str) -> str:
    """Return HTML with nothing in it but our tags and attributes: no script, style, event or address."""
    return nh3.clean(
        html,
        tags=set(TAGS) | set(_CONTROLS),
        attributes={"*": set(ATTRIBUTES), **{tag: set(names) for tag, names in _CONTROLS.items()}},
        generic_attribute_prefixes={"data-", "aria-"},
        link_rel=None,
    )


def _element(tag: str, attributes: Mapping[str, str], content: str | None) -> str:
    written = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    return f"<{tag}{written}>" if content is None else f"<{tag}{written}>{content}</{tag}>"


def _choice_interaction(page: _Page, interaction: ChoiceInteraction) -> str:
    one = interaction.max_choices == 1
    hint = page.word("one") if one else page.word("most", n=interaction.max_choices) if interaction.max_choices else page.word("any")
    legend = page.blocks(interaction.prompt)
    hint_html = _element("span", {"class": "qti-hint"}, escape(hint))
    choices = "".join(_choice(page, interaction, choice) for choice in _ordered(page, interaction))
    return _element("fieldset", {"class": "qti-choice"}, f"<legend>{legend} {hint_html}</legend>{choices}")


def _choice(page: _Page, interaction: ChoiceInteraction, choice: Choice) -> str:
    name = f"{page.prefix}{interaction.response}"
    identity = f"{name}-{choice.identifier}"
    attributes = {
        "type": "radio" if page.item.responses[interaction.response].cardinality is Cardinality.SINGLE else "checkbox",
        "name": name,
        "value": choice.identifier,
        "id": identity,
        **_data(page.item.responses[interaction.response]),
    }
    if choice.identifier in page.typed.get(interaction.response, ()):
        attributes["checked"] = ""
    label = _element("label", {"for": identity}, page.blocks(choice.content))
    return _element("div", {"class": "qti-option"}, _element("input", attributes, None) + label)


def _ordered(page: _Page, interaction: ChoiceInteraction) -> list[Choice]:
    """Return the choices in this page's order: the fixed ones stay where they stand (QTI 3.0, "shuffle")."""
    choices = list(interaction.choices)
    if not (interaction.shuffle and page.order_seed):
        return choices
    moving = [choice for choice in choices if not choice.fixed]
    drawn = iter(sorted(moving, key=lambda choice: _draw(page, interaction, choice)))
    return [choice if choice.fixed else next(drawn) for choice in choices]


def _draw(page: _Page, interaction: ChoiceInteraction, choice: Choice) -> str:
    text = "\0".join((page.order_seed, page.item.identifier, interaction.response, choice.identifier))
    return hashlib.sha256(text.encode()).hexdigest()


def _text_entry(page: _Page, interaction: TextEntryInteraction) -> str:
    declared = page.item.responses[interaction.response]
    name = f"{page.prefix}{interaction.response}"
    attributes = {
        "type": "text",
        "name": name,
        "id": name,
        "value": " ".join(page.typed.get(interaction.response, ())),
        "inputmode": "decimal" if declared.base_type in NUMERIC else "text",
        "autocomplete": "off",
        "spellcheck": "false",
        "size": str(min(interaction.expected_length or 20, 60)),
        **_data(declared),
    }
    if interaction.placeholder:
        attributes["placeholder"] = interaction.placeholder
    label = _element("label", {"for": name, "class": "qti-label"}, escape(page.word("text")))
    return _element("span", {"class": "qti-entry"}, f"{label} {_element('input', attributes, None)}")


def _data(declared: ResponseDeclaration) -> dict[str, str]:
    return {"data-response": declared.identifier, "data-cardinality": str(declared.cardinality), "data-base-type": str(declared.base_type)}


_RENDERERS: Mapping[type, Callable[..., str]] = {ChoiceInteraction: _choice_interaction, TextEntryInteraction: _text_entry}
