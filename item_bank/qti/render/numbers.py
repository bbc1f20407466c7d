"""The slider: a range that counts as an answer only once it was moved."""

from item_bank.qti.model import SliderInteraction
from item_bank.qti.render.elements import element, text
from item_bank.qti.render.groups import hint, labelled, wrapper
from item_bank.qti.render.sheet import Sheet
from item_bank.qti.text import latin_digits
from item_bank.qti.values import BaseType

_MOST_MARKS = 21


def slider(sheet: Sheet, interaction: SliderInteraction) -> str:
    """Write a slider with its bounds in words and the place of its value."""
    response = interaction.response
    identity = sheet.new_id(response)
    before, named = labelled(sheet, interaction, identity)
    answered = latin_digits(next(iter(sheet.answers(response)), ""))
    lower, upper = _number(interaction.lower), _number(interaction.upper)
    attributes = {
        "type": "range",
        "id": identity,
        "min": lower,
        "max": upper,
        "step": _step(sheet, interaction),
        "value": answered or (upper if interaction.reverse else lower),
        **sheet.control(response, "range"),
        **({} if answered else {"data-untouched": ""}),
        **({"dir": "rtl"} if interaction.reverse else {}),
        **named,
    }
    said = text(answered) if answered else text(sheet.word("not_answered"))
    output = element("output", {"for": identity}, said)
    bounds = hint(sheet, sheet.word("bounds", lower=lower, upper=upper))
    upright = {"data-orientation": "vertical"} if interaction.orientation == "vertical" else {}
    wrapped = {**wrapper(interaction, "slider"), **upright, **({"data-reverse": ""} if interaction.reverse else {})}
    return element("div", wrapped, f"{before}{element('input', attributes)}{_marks(sheet, interaction)} {output} {bounds}")


def _step(sheet: Sheet, interaction: SliderInteraction) -> str:
    """QTI 3.0, "sliderInteraction", step: 1 for integers where none is said; any number between the bounds otherwise."""
    if interaction.step is not None and interaction.step > 0:
        return _number(interaction.step)
    return "any" if sheet.base_type(interaction.response) is BaseType.FLOAT else "1"


def _marks(sheet: Sheet, interaction: SliderInteraction) -> str:
    step = interaction.step or (0 if sheet.base_type(interaction.response) is BaseType.FLOAT else 1)
    if not interaction.step_label or step <= 0:
        return ""
    count = int((interaction.upper - interaction.lower) / step) + 1
    if not 1 < count <= _MOST_MARKS:
        return ""
    marks = [_number(interaction.lower + place * step) for place in range(count)]
    shown = "".join(f"<span>{text(mark)}</span>" for mark in (reversed(marks) if interaction.reverse else marks))
    return element("span", {"class": "qti-marks", "aria-hidden": "true"}, shown)


def _number(number: float) -> str:
    return f"{number:.10g}"
