"""Media, upload and drawing: what is played, and what is handed in."""

from item_bank.qti.binding.constraints import DRAWN
from item_bank.qti.model import DrawingInteraction, MediaInteraction, UploadInteraction
from item_bank.qti.render import pictures
from item_bank.qti.render.elements import element, text
from item_bank.qti.render.graphics import figure
from item_bank.qti.render.groups import group, hint, labelled, wrapper
from item_bank.qti.render.sheet import Sheet


def media(sheet: Sheet, interaction: MediaInteraction) -> str:
    """Write a sound or a film, and the counter of its plays."""
    least, most = interaction.min_plays, interaction.max_plays
    counted = {
        "type": "hidden",
        "value": next(iter(sheet.answers(interaction.response)), "0"),
        **sheet.control(interaction.response, "plays", min=str(least), max=str(most)),
    }
    shown = interaction.media
    looped = {"loop": ""} if interaction.loop else {}
    if shown.tag in ("audio", "video"):
        content = pictures.media(sheet, shown, **looped)
    else:
        content = pictures.img(sheet, shown) if shown.tag == "img" else pictures.unknown_object(sheet, shown)
    begins = {"data-autostart": ""} if interaction.autostart else {}
    attributes = {**wrapper(interaction, "media", least=least, most=most), **begins}
    said = sheet.limits("plays", least, most)
    if interaction.prompt or said:
        return group(sheet, interaction, attributes, said, content + element("input", counted))
    return element("div", attributes, content + element("input", counted))


def upload(sheet: Sheet, interaction: UploadInteraction) -> str:
    """Write the control that takes a file, the kinds that it takes, and the name of the one that was handed in."""
    identity = sheet.new_id(interaction.response)
    before, named = labelled(sheet, interaction, identity)
    kinds = [kind.strip(",") for kind in interaction.types]
    accepted = {"accept": ",".join(kinds)} if kinds else {}
    attributes = {"type": "file", "id": identity, **accepted, **sheet.control(interaction.response, "file"), **named}
    said = hint(sheet, sheet.word("file_kinds", kinds=", ".join(map(_kind, kinds))), "p") if kinds else ""
    name = element("output", {"class": "qti-file-name", "for": identity}, text(sheet.file_name(interaction.response)))
    return element("div", wrapper(interaction, "upload"), f"{before}{said}{element('input', attributes)} {name}")


def _kind(media_type: str) -> str:
    """Name a kind of file as people do: PDF, PNG, JPEG; of unknown ones the type itself."""
    name = media_type.rpartition("/")[2].removeprefix(".")
    return name.upper() if name.isalnum() and len(name) <= 5 else media_type


def drawing(sheet: Sheet, interaction: DrawingInteraction) -> str:
    """Write a picture to draw on; the script puts the drawing into the file control, which is hidden until then."""
    identity = sheet.new_id(interaction.response)
    attributes = {"type": "file", "id": identity, "accept": ",".join(DRAWN), **sheet.control(interaction.response, "file")}
    label = element("label", {"for": identity, "class": "qti-label"}, text(sheet.word("drawn_picture")))
    holder = element("div", {"class": "qti-file-instead", "hidden": ""}, f"{label} {element('input', attributes)}")
    name = sheet.file_name(interaction.response)
    given = element("p", {"class": "qti-file-name"}, text(name)) if name else ""
    content = figure(sheet, interaction.image, overlay=False) + holder + given
    if interaction.prompt:
        return group(sheet, interaction, wrapper(interaction, "drawing"), "", content)
    return element("div", wrapper(interaction, "drawing"), content)
