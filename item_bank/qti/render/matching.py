"""Order, associate, match and gap match: everything is a select or a tick box, so that nobody needs a pointer; dragging is the script's."""

from collections.abc import Mapping, Sequence

from item_bank.qti.model import AssociateInteraction, Choice, Gap, GapMatchInteraction, Hotspot, MatchInteraction, OrderInteraction
from item_bank.qti.render.choices import box
from item_bank.qti.render.elements import element, text
from item_bank.qti.render.groups import bank, group, options, wrapper
from item_bank.qti.render.ordering import shown_choices
from item_bank.qti.render.pictures import img
from item_bank.qti.render.plain import choice_name, is_plain
from item_bank.qti.render.sheet import Sheet

Names = Mapping[str, str]

_MOST_ROWS = 20


def order(sheet: Sheet, interaction: OrderInteraction) -> str:
    """Write an order interaction: every choice has a list of places."""
    shown = shown_choices(sheet, interaction, interaction.choices, shuffle=interaction.shuffle)
    names = names_of(sheet, shown)
    most, least = interaction.max_choices or 0, interaction.min_choices or 0
    rows = "".join([_order_row(sheet, interaction, each, names[each.identifier], most or len(shown)) for each in shown])
    flat = ("qti-orientation-horizontal",) if interaction.orientation == "horizontal" else ()
    attributes = wrapper(interaction, "order", *flat, least=least, most=most)
    return group(sheet, interaction, attributes, sheet.limits("order", least, most), element("ul", {"class": "qti-rows"}, rows))


def _order_row(sheet: Sheet, interaction: OrderInteraction, each: Choice, name: str, places: int) -> str:
    content = element("div", {"class": "qti-choice-text", "data-text": ""}, _content(sheet, each, name))
    place = place_select(sheet, interaction.response, (each.identifier, name), places)
    return element("li", {"data-choice": each.identifier}, content + place)


def place_select(sheet: Sheet, response: str, choice: tuple[str, str], places: int, identity: str = "") -> str:
    """Write the list of places, 1 to `places`, of one choice: its identifier and its name."""
    identifier, name = choice
    answered = sheet.words_answered(response)
    chosen = str(answered.index(identifier) + 1) if identifier in answered else ""
    numbers = [(str(place), str(place)) for place in range(1, places + 1)]
    attributes = {
        "id": identity or sheet.new_id(response, identifier),
        **sheet.control(response, "text", order=identifier),
        "aria-label": sheet.word("position", name=name),
    }
    return element("select", attributes, options(sheet, numbers, chosen, "–"))


def associate(sheet: Sheet, interaction: AssociateInteraction) -> str:
    """Write an associate interaction: rows of two lists; choices that are more than words stand before them to be read.

    Plain ones are there too, unseen: they tell the script how often each may be used.
    """
    shown = shown_choices(sheet, interaction, interaction.choices, shuffle=interaction.shuffle)
    names = names_of(sheet, shown)
    seen = bank(sheet, shown, names, contents(sheet, shown, names))
    if all(map(is_plain, shown)):
        seen = element("div", {"hidden": ""}, seen)
    most = interaction.max_associations
    attributes = wrapper(interaction, "associate", least=interaction.min_associations, most=most)
    first = sheet.new_id(interaction.response, "1", "first")
    rows = pair_rows(sheet, interaction.response, list(names.items()), most or len(shown), first)
    return group(sheet, interaction, attributes, sheet.limits("pairs", interaction.min_associations, most), seen + rows)


def pair_rows(sheet: Sheet, response: str, choices: Sequence[tuple[str, str]], most: int, first: str) -> str:
    """Write rows of two lists each, one for every pair that may be made; `first` is the id of the first list."""
    answered = [each.split() for each in sheet.words_answered(response)]
    count = max(1, len(answered), min(most, _MOST_ROWS))
    rows = []
    for number in range(1, count + 1):
        pair = answered[number - 1] if number <= len(answered) else []
        values = [*pair, "", ""]
        ids = [first if number == 1 else sheet.new_id(response, str(number), "first"), sheet.new_id(response, str(number), "second")]
        facts = [(ids[0], "first", values[0]), (ids[1], "second", values[1])]
        halves = [_half(sheet, response, choices, number, half) for half in facts]
        rows.append(element("li", {"class": "qti-row"}, ' <span aria-hidden="true">–</span> '.join(halves)))
    return element("ol", {"class": "qti-rows"}, "".join(rows))


def _half(sheet: Sheet, response: str, choices: Sequence[tuple[str, str]], number: int, half: tuple[str, str, str]) -> str:
    identity, part, chosen = half
    attributes = {
        "id": identity,
        **sheet.control(response, "text", row=str(number), part=part),
        "aria-label": sheet.word(f"pair_{part}", n=number),
    }
    return element("select", attributes, options(sheet, choices, chosen))


def match(sheet: Sheet, interaction: MatchInteraction) -> str:
    """Write a match interaction: a table with a tick box where a row meets a column."""
    sources = shown_choices(sheet, interaction, interaction.sources, shuffle=interaction.shuffle)
    targets = shown_choices(sheet, interaction, interaction.targets, shuffle=interaction.shuffle)
    names = {**names_of(sheet, targets), **names_of(sheet, sources)}
    heads = "".join([_head(sheet, each, names[each.identifier], "col") for each in targets])
    rows = "".join([_match_row(sheet, interaction, each, targets, names) for each in sources])
    table = element("table", {"class": "qti-match-table"}, f"<thead><tr><td></td>{heads}</tr></thead><tbody>{rows}</tbody>")
    most = 1 if sheet.is_single(interaction.response) else interaction.max_associations
    attributes = wrapper(interaction, "match", least=interaction.min_associations, most=most)
    return group(sheet, interaction, attributes, sheet.limits("pairs", interaction.min_associations, most), table)


def _head(sheet: Sheet, each: Choice, name: str, scope: str) -> str:
    attributes = {"scope": scope, "data-choice": each.identifier, "data-max": str(each.match_max)}
    return element("th", attributes, _content(sheet, each, name))


def _match_row(sheet: Sheet, interaction: MatchInteraction, source: Choice, targets: Sequence[Choice], names: Names) -> str:
    cells = []
    for target in targets:
        if not may_meet(source, target):
            cells.append("<td></td>")
            continue
        identity = sheet.new_id(interaction.response, source.identifier, target.identifier)
        named = {"aria-label": f"{names[source.identifier]} – {names[target.identifier]}"}
        cells.append(f"<td>{box(sheet, interaction.response, identity, f'{source.identifier} {target.identifier}', **named)}</td>")
    return f"<tr>{_head(sheet, source, names[source.identifier], 'row')}{''.join(cells)}</tr>"


def may_meet(one: Choice, other: Choice | Gap | Hotspot) -> bool:
    """Tell whether a choice may be matched with another, or put into a gap or place: a match group names those (QTI 2.1, "matchGroup")."""
    return (not one.match_group or other.identifier in one.match_group) and (not other.match_group or one.identifier in other.match_group)


def gap_match(sheet: Sheet, interaction: GapMatchInteraction) -> str:
    """Write a gap match: its choices as a list to read, then the text, with a list to choose from in every gap."""
    shown = shown_choices(sheet, interaction, interaction.choices, shuffle=interaction.shuffle)
    names = names_of(sheet, shown)
    attributes = wrapper(interaction, "gap-match", least=interaction.min_associations, most=interaction.max_associations)
    before, sheet.offered = sheet.offered, [(each, names[each.identifier]) for each in shown]
    content = element("div", {"class": "qti-text"}, sheet.inside(interaction, interaction.content))
    sheet.offered = before
    return group(sheet, interaction, attributes, sheet.word("gaps"), bank(sheet, shown, names, contents(sheet, shown, names)) + content)


def gap(sheet: Sheet, block: Gap) -> str:
    """Write one gap in the running text; one outside of any gap match is a line."""
    if not sheet.is_shown(block.shown):
        return ""
    around = sheet.around
    if not isinstance(around, GapMatchInteraction):
        return "____"
    choices = [(each.identifier, name) for each, name in sheet.offered if may_meet(each, block)]
    name = block.label or sheet.word("gap_n", n=sheet.next_number(f"gap {around.response}"))
    named = {"id": sheet.new_id(around.response, block.identifier), "class": "qti-gap", "aria-label": name}
    return target_select(sheet, around.response, block.identifier, choices, named)


def target_select(sheet: Sheet, response: str, target: str, choices: Sequence[tuple[str, str]], named: Mapping[str, str]) -> str:
    """Write the list of what may be put into one gap or place, showing what was put there; `named` is its id and what it is called."""
    chosen = sheet.take_answer(response, lambda pair: pair.split()[1:2] == [target]).split()
    attributes = {**named, **sheet.control(response, "text", second=target)}
    return element("select", attributes, options(sheet, choices, chosen[0] if chosen else ""))


def names_of(sheet: Sheet, choices: Sequence[Choice]) -> dict[str, str]:
    """Name every choice."""
    return {each.identifier: choice_name(sheet, each, number) for number, each in enumerate(choices, 1)}


def contents(sheet: Sheet, choices: Sequence[Choice], names: Names) -> dict[str, str]:
    """Write what every choice says."""
    return {each.identifier: _content(sheet, each, names[each.identifier]) for each in choices}


def _content(sheet: Sheet, each: Choice, name: str) -> str:
    """What a choice says, with its picture; its name where it says nothing."""
    html = (img(sheet, each.image) if each.image is not None else "") + sheet.blocks(each.content)
    return html if html.strip() else text(name)
