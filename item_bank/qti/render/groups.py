"""What every interaction is wrapped in, and what names it: its prompt, its hint in words, its limits for the script.

An interaction with several controls is a fieldset; its legend is the prompt where HTML lets it be one, else the prompt is pointed at.
"""

from collections.abc import Mapping, Sequence

from item_bank.qti.model import Choice, Interaction
from item_bank.qti.render.attributes import language
from item_bank.qti.render.elements import classes, element, text
from item_bank.qti.render.markup import fits_a_label
from item_bank.qti.render.plain import says_something
from item_bank.qti.render.sheet import Sheet
from item_bank.qti.render.vocabulary import shared

_MESSAGES = ("data-min-selections-message", "data-max-selections-message", "data-patternmask-message")


def wrapper(interaction: Interaction, kind: str, *more: str, least: int = 0, most: int = 0) -> dict[str, str]:
    """Return the attributes of an interaction's one element; a limit of 0 is none."""
    return {
        **classes("qti-interaction", f"qti-{kind}", *more, *shared(interaction.classes)),
        "data-kind-of": kind,
        **({"data-min": str(least)} if least > 0 else {}),
        **({"data-max": str(most)} if most > 0 else {}),
        **{name: interaction.attributes[name] for name in _MESSAGES if name in interaction.attributes},
        **language(interaction.attributes),
    }


def hint(sheet: Sheet, words: str, tag: str = "span") -> str:
    """Write what is asked for in words."""
    return element(tag, {"class": "qti-hint", **sheet.our_language}, text(words)) if words else ""


def group(sheet: Sheet, interaction: Interaction, attributes: Mapping[str, str], said: str, content: str) -> str:
    """Write an interaction with several controls; `said` is the hint."""
    prompt = interaction.prompt
    if fits_a_label(prompt):
        words = f'<span class="qti-prompt">{sheet.phrasing(prompt)}</span> ' if prompt else ""
        named = hint(sheet, said or ("" if says_something(sheet, prompt) else interaction.label or sheet.word("answer")))
        return element("fieldset", attributes, f"<legend>{words}{named}</legend>{content}")
    identity = sheet.new_id(interaction.response, "prompt")
    before = element("div", {"class": "qti-prompt", "id": identity}, sheet.blocks(prompt))
    return element("fieldset", {**attributes, "aria-labelledby": identity}, before + hint(sheet, said, "div") + content)


def labelled(sheet: Sheet, interaction: Interaction, control: str) -> tuple[str, dict[str, str]]:
    """Name an interaction's only control: return what stands before it, and what it says itself."""
    prompt = interaction.prompt
    if not says_something(sheet, prompt):
        shown = element("div", {"class": "qti-prompt"}, sheet.blocks(prompt)) if prompt else ""
        return shown, {"aria-label": interaction.label or sheet.word("answer")}
    if fits_a_label(prompt):
        return element("label", {"class": "qti-prompt", "for": control}, sheet.phrasing(prompt)), {}
    identity = sheet.new_id(interaction.response, "prompt")
    return element("div", {"class": "qti-prompt", "id": identity}, sheet.blocks(prompt)), {"aria-labelledby": identity}


def options(sheet: Sheet, choices: Sequence[tuple[str, str]], chosen: str, first: str = "") -> str:
    """Write the options of a select: nothing chosen first, then (value, words)."""
    empty = f'<option value="">{text(first or sheet.word("choose"))}</option>'
    return empty + "".join(
        [element("option", {"value": value, **({"selected": ""} if value == chosen else {})}, text(words)) for value, words in choices]
    )


def bank(sheet: Sheet, choices: Sequence[Choice], names: Mapping[str, str], content: Mapping[str, str]) -> str:
    """Write choices as a list to read (and, with script, to carry): each with how often it may be used."""
    rows = [
        element(
            "li",
            {
                "class": "qti-choice-text",
                "data-choice": each.identifier,
                "data-max": str(each.match_max),
                "data-name": names[each.identifier],
            },
            content[each.identifier],
        )
        for each in choices
    ]
    return element("ul", {"class": "qti-choices", "aria-label": sheet.word("choices")}, "".join(rows))
