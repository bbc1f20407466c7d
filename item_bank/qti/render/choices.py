"""Choice, hottext and inline choice: radio buttons, tick boxes and a list in the text."""

from item_bank.qti.model import (
    Choice,
    ChoiceInteraction,
    Hottext,
    HottextInteraction,
    InlineChoiceInteraction,
    Interaction,
    nested,
)
from item_bank.qti.render.attributes import common, language
from item_bank.qti.render.elements import element, text
from item_bank.qti.render.groups import group, options, wrapper
from item_bank.qti.render.markup import fits_a_label
from item_bank.qti.render.ordering import shown_choices
from item_bank.qti.render.plain import choice_name, says_something
from item_bank.qti.render.sheet import Sheet


def choice(sheet: Sheet, interaction: ChoiceInteraction) -> str:
    """Write a choice interaction."""
    shown = shown_choices(sheet, interaction, interaction.choices, shuffle=interaction.shuffle)
    most = 1 if sheet.is_single(interaction.response) else interaction.max_choices
    least = min(interaction.min_choices, len(shown))
    flat = ("qti-orientation-horizontal",) if interaction.orientation == "horizontal" else ()
    attributes = wrapper(interaction, "choice", *flat, least=least, most=most)
    said = sheet.limits("choose", least, most if most < len(shown) or most == 1 else 0)
    rows = "".join([_option(sheet, interaction, each, number) for number, each in enumerate(shown, 1)])
    return group(sheet, interaction, attributes, said, rows)


def _option(sheet: Sheet, interaction: ChoiceInteraction, each: Choice, number: int) -> str:
    identity = sheet.new_id(interaction.response, each.identifier)
    if any(isinstance(block, Interaction) for block in nested(each.content)):
        return _option_with_controls(sheet, interaction, each, identity)
    content = sheet.phrasing(each.content) if fits_a_label(each.content) else sheet.blocks(each.content)
    named = {} if says_something(sheet, each.content) else {"aria-label": choice_name(sheet, each, number)}
    label = element("label", {"for": identity}, content if content.strip() else text(choice_name(sheet, each, number)))
    control = box(sheet, interaction.response, identity, each.identifier, **named)
    return element("div", common(sheet, each.attributes, "qti-option"), control + label)


def _option_with_controls(sheet: Sheet, interaction: ChoiceInteraction, each: Choice, identity: str) -> str:
    """A label may hold no other control ("other: ____"): the words stand beside and are pointed at."""
    words = sheet.new_id(interaction.response, each.identifier, "words")
    control = box(sheet, interaction.response, identity, each.identifier, **{"aria-labelledby": words})
    content = element("div", {"id": words, "class": "qti-option-words"}, sheet.blocks(each.content))
    return element("div", common(sheet, each.attributes, "qti-option"), control + content)


def box(sheet: Sheet, response: str, identity: str, value: str, **named: str) -> str:
    """Write a radio button (where the response holds one value) or a tick box."""
    attributes = {
        "type": "radio" if sheet.is_single(response) else "checkbox",
        "name": f"{sheet.page.prefix}{response}",
        "value": value,
        "id": identity,
        **sheet.control(response, "box"),
        **named,
        **({"checked": ""} if value in sheet.words_answered(response) else {}),
    }
    return element("input", attributes)


def hottext_interaction(sheet: Sheet, interaction: HottextInteraction) -> str:
    """Write a text with hottexts."""
    most = 1 if sheet.is_single(interaction.response) else interaction.max_choices
    attributes = wrapper(interaction, "hottext", least=interaction.min_choices, most=most)
    content = element("div", {"class": "qti-text"}, sheet.inside(interaction, interaction.content))
    return group(sheet, interaction, attributes, sheet.limits("choose", interaction.min_choices, most), content)


def hottext(sheet: Sheet, block: Hottext) -> str:
    """Write one hottext in the running text; outside of its interaction it is words."""
    if not sheet.is_shown(block.shown):
        return ""
    around = sheet.around
    if not isinstance(around, HottextInteraction):
        return sheet.blocks(block.content)
    identity = sheet.new_id(around.response, block.identifier)
    sheet.around = None  # a hottext inside a hottext is words
    words = sheet.phrasing(block.content)
    sheet.around = around
    number = sheet.next_number(f"hottext {around.response}")
    named = {} if says_something(sheet, block.content) else {"aria-label": sheet.word("choice_n", n=number)}
    label = element("label", {"for": identity, **language(block.attributes)}, words)
    control = box(sheet, around.response, identity, block.identifier, **named)
    return element("span", {"class": "qti-hottext-choice"}, control + label)


def inline_choice(sheet: Sheet, interaction: InlineChoiceInteraction) -> str:
    """Write a list in the text."""
    shown = shown_choices(sheet, interaction, interaction.choices, shuffle=interaction.shuffle)
    names = [(each.identifier, choice_name(sheet, each, number)) for number, each in enumerate(shown, 1)]
    chosen = next(iter(sheet.words_answered(interaction.response)), "")
    attributes = {
        "name": f"{sheet.page.prefix}{interaction.response}",
        "id": sheet.new_id(interaction.response),
        **sheet.control(interaction.response, "text"),
        "aria-label": interaction.attributes.get("aria-label", "").strip() or interaction.label or sheet.name_of_blank(),
    }
    first = interaction.attributes.get("data-prompt", "").strip()
    select = element("select", attributes, options(sheet, names, chosen, first))
    return element("span", wrapper(interaction, "inline-choice", least=int(interaction.required)), select)
