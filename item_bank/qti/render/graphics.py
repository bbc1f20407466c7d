"""Pictures with places on them: hotspot, graphic order, graphic associate, graphic gap match.

Over the picture lies an SVG in the picture's own pixels with a link to the control of each place; below stand the controls themselves, so
that nobody needs to see or point. Select point and position object are points.py.
"""

from collections.abc import Sequence

from item_bank.qti.model import (
    Area,
    Choice,
    GraphicAssociateInteraction,
    GraphicGapMatchInteraction,
    GraphicOrderInteraction,
    Hotspot,
    HotspotInteraction,
    Markup,
)
from item_bank.qti.render.choices import box
from item_bank.qti.render.elements import element, text
from item_bank.qti.render.groups import bank, group, wrapper
from item_bank.qti.render.matching import contents, may_meet, names_of, pair_rows, place_select, target_select
from item_bank.qti.render.ordering import shown_choices
from item_bank.qti.render.pictures import img_at, missing
from item_bank.qti.render.sheet import Sheet

_MOST_SELECTS = 10

Place = tuple[Hotspot, str, str]  # with its name, and the id of its first control
Places = Sequence[Place]


def hotspot(sheet: Sheet, interaction: HotspotInteraction) -> str:
    """Write a hotspot interaction: a radio button or tick box for every place."""
    places = _places(sheet, interaction.response, interaction.hotspots)
    most = 1 if sheet.is_single(interaction.response) else interaction.max_choices
    rows = "".join(
        [
            element(
                "li",
                {"class": "qti-option"},
                box(sheet, interaction.response, identity, place.identifier) + element("label", {"for": identity}, text(name)),
            )
            for place, name, identity in places
        ]
    )
    content = figure(sheet, interaction.image, places) + element("ul", {"class": "qti-choices"}, rows)
    attributes = wrapper(interaction, "hotspot", least=interaction.min_choices, most=most)
    said = sheet.limits("choose", interaction.min_choices, most if most < len(places) or most == 1 else 0)
    return group(sheet, interaction, attributes, said, content)


def graphic_order(sheet: Sheet, interaction: GraphicOrderInteraction) -> str:
    """Write a graphic order: a list of ranks for every place."""
    places = _places(sheet, interaction.response, interaction.hotspots)
    most, least = interaction.max_choices or 0, interaction.min_choices or 0
    rows = "".join(
        [
            f"<li>{element('span', {'class': 'qti-choice-text', 'data-text': ''}, text(name))} "
            f"{place_select(sheet, interaction.response, (place.identifier, name), most or len(places), identity)}</li>"
            for place, name, identity in places
        ]
    )
    content = figure(sheet, interaction.image, places) + element("ul", {"class": "qti-rows"}, rows)
    attributes = wrapper(interaction, "graphic-order", least=least, most=most)
    return group(sheet, interaction, attributes, sheet.limits("order", least, most), content)


def graphic_associate(sheet: Sheet, interaction: GraphicAssociateInteraction) -> str:
    """Write a graphic associate: rows of two lists of places."""
    first = sheet.new_id(interaction.response, "1", "first")
    places = _places(sheet, interaction.response, interaction.hotspots, first)
    most = interaction.max_associations
    rows = pair_rows(sheet, interaction.response, [(place.identifier, name) for place, name, _ in places], most or len(places), first)
    attributes = wrapper(interaction, "graphic-associate", least=interaction.min_associations, most=most)
    said = sheet.limits("pairs", interaction.min_associations, most)
    return group(sheet, interaction, attributes, said, figure(sheet, interaction.image, places) + rows)


def graphic_gap_match(sheet: Sheet, interaction: GraphicGapMatchInteraction) -> str:
    """Write a graphic gap match: the choices to read, then a list to choose from for every place (several where it holds several)."""
    places = _places(sheet, interaction.response, interaction.hotspots)
    shown = shown_choices(sheet, interaction, interaction.choices)
    names = names_of(sheet, shown)
    offered = [(each, names[each.identifier]) for each in shown]
    rows = "".join([_gap_row(sheet, interaction.response, place, offered) for place in places])
    content = (
        bank(sheet, shown, names, contents(sheet, shown, names))
        + figure(sheet, interaction.image, places)
        + element("ul", {"class": "qti-rows"}, rows)
    )
    attributes = wrapper(interaction, "graphic-gap-match", least=interaction.min_associations, most=interaction.max_associations)
    return group(sheet, interaction, attributes, sheet.word("places"), content)


def _gap_row(sheet: Sheet, response: str, where: Place, offered: Sequence[tuple[Choice, str]]) -> str:
    place, name, identity = where
    fitting = [(each.identifier, said) for each, said in offered if may_meet(each, place)]
    count = max(1, min(place.match_max or len(offered), len(offered), _MOST_SELECTS))
    names_said = [name if count == 1 else sheet.word("nth", name=name, n=number) for number in range(1, count + 1)]
    ids = [identity, *(sheet.new_id(response, place.identifier) for _ in range(1, count))]
    named = [{"id": each, "aria-label": said} for each, said in zip(ids, names_said, strict=True)]
    selects = [target_select(sheet, response, place.identifier, fitting, each) for each in named]
    return f"<li>{element('span', {'class': 'qti-choice-text', 'aria-hidden': 'true'}, text(name))} {' '.join(selects)}</li>"


def _places(sheet: Sheet, response: str, hotspots: Sequence[Hotspot], control: str = "") -> Places:
    """Name the places that show, each with the id of its own control, or of the one that they share."""
    shown = [each for each in hotspots if sheet.is_shown(each.shown)]
    return [
        (each, each.label or sheet.word("place_n", n=number), control or sheet.new_id(response, each.identifier))
        for number, each in enumerate(shown, 1)
    ]


# — the picture


def figure(sheet: Sheet, image: Markup, places: Places = (), *, overlay: bool = True) -> str:
    """Write a picture with the shapes over it; `data-natural` says that its size is not known here, and the shapes' is a guess."""
    address = sheet.address(image.attributes.get("src", ""))
    if address is None:
        return element("div", {"class": "qti-picture-missing"}, missing(sheet, image.attributes.get("alt", ""), "no_picture"))
    size = _size(image)
    width, height = size or _extent([place.area for place, _, _ in places])
    shapes = "".join([_shape(sheet, place, name, identity, (width, height)) for place, name, identity in _under_first(places)])
    drawn = element("svg", {"viewBox": f"0 0 {_number(width)} {_number(height)}"}, shapes) if overlay and width and height else ""
    return element("figure", {"class": "qti-picture", **({} if size else {"data-natural": ""})}, img_at(sheet, image, address) + drawn)


def _size(image: Markup) -> tuple[float, float] | None:
    width, height = (image.attributes.get(name, "").strip().removesuffix("px") for name in ("width", "height"))
    known = width.isdecimal() and height.isdecimal() and len(width) < 6 and len(height) < 6 and int(width) > 0 and int(height) > 0
    return (int(width), int(height)) if known else None


def _extent(areas: Sequence[Area]) -> tuple[float, float]:
    """As far as the shapes reach, where the picture's size is not known."""
    corners = [_corner(area) for area in areas]
    return max((x for x, _ in corners), default=0), max((y for _, y in corners), default=0)


def _corner(area: Area) -> tuple[float, float]:
    numbers = area.coords
    if area.shape in ("circle", "ellipse") and len(numbers) >= 3:
        return numbers[0] + numbers[2], numbers[1] + numbers[-1]
    return max(numbers[0::2], default=0), max(numbers[1::2], default=0)


def _under_first(places: Places) -> Places:
    """The shape `default` is everywhere that no other is, so it lies under them."""
    return sorted(places, key=lambda place: place[0].area.shape != "default")


def _shape(sheet: Sheet, place: Hotspot, name: str, identity: str, size: tuple[float, float]) -> str:
    drawn = _drawn(place.area, size)
    if not drawn:
        return ""
    linked = {"role": "img"} if sheet.page.locked else {"href": f"#{identity}"}
    said = {"data-for": identity, "data-choice": place.identifier, "data-max": str(place.match_max), "aria-label": name}
    return element("a", {"class": "qti-shape", **linked, **said}, drawn)


def _drawn(area: Area, size: tuple[float, float]) -> str:
    numbers = [_number(each) for each in area.coords]
    if area.shape == "default":
        return element("rect", {"x": "0", "y": "0", "width": _number(size[0]), "height": _number(size[1])})
    if area.shape == "circle" and len(numbers) == 3:
        return element("circle", dict(zip(("cx", "cy", "r"), numbers, strict=True)))
    if area.shape == "ellipse" and len(numbers) == 4:
        return element("ellipse", dict(zip(("cx", "cy", "rx", "ry"), numbers, strict=True)))
    if area.shape == "rect" and len(numbers) == 4:
        left, top, right, bottom = area.coords
        corner = {"x": _number(min(left, right)), "y": _number(min(top, bottom))}
        return element("rect", {**corner, "width": _number(abs(right - left)), "height": _number(abs(bottom - top))})
    if area.shape in ("poly", "polygon") and len(numbers) >= 6:
        return element("polygon", {"points": " ".join(f"{x},{y}" for x, y in zip(numbers[0::2], numbers[1::2], strict=False))})
    return ""


def _number(number: float) -> str:
    return f"{number:g}"
