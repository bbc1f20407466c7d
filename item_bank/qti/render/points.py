"""Select point and position object: a picture, and for every point two numbers, pixels from the left and from the top."""

from item_bank.qti.model import Interaction, Markup, PositionObjectInteraction, SelectPointInteraction
from item_bank.qti.render.elements import element
from item_bank.qti.render.graphics import figure
from item_bank.qti.render.groups import group, wrapper
from item_bank.qti.render.pictures import img_at, missing
from item_bank.qti.render.sheet import Sheet
from item_bank.qti.text import latin_digits

_MOST_ROWS = 30
_FEWEST_ROWS = 5  # where any number may be set


def select_point(sheet: Sheet, interaction: SelectPointInteraction) -> str:
    """Write a select point interaction."""
    least, most = interaction.min_choices, _most(sheet, interaction)
    attributes = wrapper(interaction, "select-point", least=least, most=most)
    content = figure(sheet, interaction.image) + _rows(sheet, interaction, interaction.image, most)
    return group(sheet, interaction, attributes, sheet.limits("points", least, most), content)


def position_object(sheet: Sheet, interaction: PositionObjectInteraction) -> str:
    """Write a position object interaction: the stage, the object beside it, and the points."""
    least, most = interaction.min_choices, _most(sheet, interaction)
    centre = {} if interaction.centre is None else {"data-centre": "{} {}".format(*interaction.centre)}
    attributes = {**wrapper(interaction, "position-object", least=least, most=most), **centre}
    content = figure(sheet, interaction.stage) + _object(sheet, interaction, centre) + _rows(sheet, interaction, interaction.stage, most)
    return group(sheet, interaction, attributes, sheet.limits("objects", least, most), content)


def _object(sheet: Sheet, interaction: PositionObjectInteraction, centre: dict[str, str]) -> str:
    address = sheet.address(interaction.image.attributes.get("src", ""))
    if address is None:
        content = missing(sheet, interaction.image.attributes.get("alt", ""), "no_picture")
    else:
        content = img_at(sheet, interaction.image, address, **centre)
    return element("span", {"class": "qti-object"}, content)


def _most(sheet: Sheet, interaction: SelectPointInteraction | PositionObjectInteraction) -> int:
    return 1 if sheet.is_single(interaction.response) else interaction.max_choices


def _rows(sheet: Sheet, interaction: Interaction, image: Markup, most: int) -> str:
    answered = sheet.words_answered(interaction.response)
    count = max(1, len(answered), min(most or max(_FEWEST_ROWS, len(answered) + 2), _MOST_ROWS))
    rows = []
    for number in range(1, count + 1):
        point = answered[number - 1].split() if number <= len(answered) else []
        values = [*point, "", ""]
        axes = [_axis(sheet, interaction.response, image, (number, axis), values[place]) for place, axis in enumerate("xy")]
        rows.append(element("li", {"class": "qti-row"}, " ".join(axes)))
    return element("ol", {"class": "qti-rows"}, "".join(rows))


def _axis(sheet: Sheet, response: str, image: Markup, where: tuple[int, str], value: str) -> str:
    number, axis = where
    size = image.attributes.get("width" if axis == "x" else "height", "").strip()
    attributes = {
        "type": "number",
        "id": sheet.new_id(response, str(number), axis),
        "min": "0",
        **({"max": size} if size.isdecimal() else {}),
        "step": "any",
        "value": latin_digits(value),
        **sheet.control(response, "text", row=str(number), axis=axis),
        "aria-label": sheet.word(f"point_{axis}", n=number),
    }
    return element("input", attributes)
