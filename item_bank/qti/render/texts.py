"""Text entry and extended text: fields to type into, marked for the on-screen keyboard where the answer is Hindi text."""

from item_bank.qti.model import ExtendedTextInteraction, TextEntryInteraction
from item_bank.qti.render.elements import element, text
from item_bank.qti.render.groups import group, labelled, wrapper
from item_bank.qti.render.sheet import Sheet
from item_bank.qti.values import NUMERIC, BaseType

_MOST_FIELDS = 20


def text_entry(sheet: Sheet, interaction: TextEntryInteraction) -> str:
    """Write a field in the running text."""
    response = interaction.response
    number = sheet.base_type(response) in NUMERIC and interaction.base == 10
    attributes = {
        "type": "text",
        "name": f"{sheet.page.prefix}{response}",
        "id": sheet.new_id(response),
        "value": " ".join(sheet.answers(response)),
        "inputmode": "decimal" if number else "text",
        "autocomplete": "off",
        "spellcheck": "false",
        "size": str(max(1, min(interaction.expected_length or 20, 60))),
        **_typing(sheet, response, interaction.placeholder),
        "aria-label": interaction.attributes.get("aria-label", "").strip() or interaction.label or sheet.name_of_blank(),
    }
    return element("span", wrapper(interaction, "text-entry"), element("input", attributes))


def extended_text(sheet: Sheet, interaction: ExtendedTextInteraction) -> str:
    """Write a field for longer text, or several."""
    response = interaction.response
    answers = sheet.answers(response)
    if sheet.is_single(response):
        identity = sheet.new_id(response)
        before, named = labelled(sheet, interaction, identity)
        area = _area(sheet, interaction, identity, "\n".join(answers), named)
        return element("div", wrapper(interaction, "extended-text"), before + area)
    most = interaction.max_strings or 0
    fields = max(1, interaction.min_strings, len(answers), min(most or len(answers) + 2, _MOST_FIELDS))
    rows = "".join(
        _area(
            sheet,
            interaction,
            sheet.new_id(response, str(number)),
            answers[number - 1] if number <= len(answers) else "",
            {"aria-label": sheet.word("answer_n", n=number)},
        )
        for number in range(1, fields + 1)
    )
    attributes = wrapper(interaction, "extended-text", least=interaction.min_strings, most=most)
    return group(sheet, interaction, attributes, sheet.limits("texts", interaction.min_strings, most), rows)


def _area(sheet: Sheet, interaction: ExtendedTextInteraction, identity: str, written: str, named: dict[str, str]) -> str:
    """A parser eats the first line break of a textarea, and two parsers eat two."""
    attributes = {
        "name": f"{sheet.page.prefix}{interaction.response}",
        "id": identity,
        "rows": str(max(2, min(interaction.expected_lines or _lines(interaction.expected_length), 40))),
        "spellcheck": "false",
        **_typing(sheet, interaction.response, interaction.placeholder),
        **named,
    }
    return element("textarea", attributes, ("\n\n" if written.startswith("\n") else "") + text(written))


def _lines(length: int | None) -> int:
    return 6 if length is None else length // 80 + 1


def _typing(sheet: Sheet, response: str, placeholder: str) -> dict[str, str]:
    said = sheet.control(response, "text")
    if sheet.page.locked and "data-response" in said:
        del said["disabled"]
        said["readonly"] = ""  # what was written can still be read, selected and scrolled
    keyboard = {"data-keyboard": "inscript"} if sheet.is_hindi and sheet.base_type(response) is BaseType.STRING else {}
    return {**said, **keyboard, **({"placeholder": placeholder} if placeholder else {})}
