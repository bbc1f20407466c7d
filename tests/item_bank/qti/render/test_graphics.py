"""Pictures with places on them, and points."""

import pytest

from tests.item_bank.qti.render.html import all_of, chosen, item, one, problems, response, sample, shown

HOTSPOTS = (
    '<qti-hotspot-interaction response-identifier="RESPONSE" max-choices="1"><qti-prompt>Where?</qti-prompt>'
    '<img src="a.png" alt="A map" {size}/>{places}</qti-hotspot-interaction>'
)


def hotspots(*places: str, size: str = 'width="100" height="50"') -> str:
    written = "".join(f'<qti-hotspot-choice identifier="H{number}" {place}/>' for number, place in enumerate(places, 1))
    return shown(item(HOTSPOTS.format(size=size, places=written)))


def test_every_place_is_a_named_shape_over_the_picture_and_a_control_below() -> None:
    html = shown(sample("hotspot"), response="Q2")
    shape = one(html, "//figure//*[@data-choice='Q4']")

    assert 'viewBox="0 0 480 300"' in html
    assert shape.get("aria-label") == "Fourth quarter"
    assert shape.get("href") == "#q-RESPONSE-Q4"
    assert shape.get("data-for") == one(html, "//input[@value='Q4']").get("id")
    assert one(html, "//label[@for='q-RESPONSE-Q4']").text_content() == "Fourth quarter"
    assert all_of(html, "//input[@checked]/@value") == ["Q2"]


@pytest.mark.parametrize(
    ("place", "drawn"),
    [
        ('shape="circle" coords="10,20,5"', '<circle cx="10" cy="20" r="5">'),
        ('shape="rect" coords="10 20 30 50"', '<rect x="10" y="20" width="20" height="30">'),
        ('shape="rect" coords="30,50,10,20"', '<rect x="10" y="20" width="20" height="30">'),
        ('shape="ellipse" coords="10,20,5,6"', '<ellipse cx="10" cy="20" rx="5" ry="6">'),
        ('shape="poly" coords="0,0,10,0,10,10"', '<polygon points="0,0 10,0 10,10">'),
        ('shape="default"', '<rect x="0" y="0" width="100" height="50">'),
    ],
)
def test_every_shape_is_drawn(place: str, drawn: str) -> None:
    assert drawn in hotspots(place)


def test_a_shape_without_its_numbers_is_still_in_the_list() -> None:
    html = hotspots('shape="circle" coords="10"')

    assert all_of(html, "//*[@class='qti-shape']") == []
    assert all_of(html, "//label/text()") == ["Place 1"]


def test_places_without_names_are_numbered_in_the_language_of_the_page() -> None:
    body = HOTSPOTS.format(size="", places='<qti-hotspot-choice identifier="A" shape="circle" coords="1,1,1"/>' * 1)

    assert "Place 1" in shown(item(body))
    assert "स्थान 1" in shown(item(body), "hi")


def test_the_shape_default_lies_under_the_others() -> None:
    html = hotspots('shape="default"', 'shape="circle" coords="10,20,5"')

    assert html.index("<rect") < html.index("<circle")
    html = hotspots('shape="circle" coords="10,20,5"', 'shape="default"')
    assert html.index("<rect") < html.index("<circle")


def test_a_picture_whose_size_nobody_said_says_so_to_the_script() -> None:
    html = hotspots('shape="circle" coords="10,20,5"', 'shape="rect" coords="0,0,40,30"', size="")

    assert one(html, "//figure").get("data-natural") is not None
    assert 'viewBox="0 0 40 30"' in html
    assert one(hotspots('shape="default"'), "//figure").get("data-natural") is None


def test_without_its_picture_the_list_of_places_remains() -> None:
    html = shown(sample("hotspot"), address=lambda _: None)

    assert "picture not available" in html
    assert "Bar chart of spending" in html
    assert len(all_of(html, "//input")) == 4
    assert "<svg" not in html


def test_a_graphic_order_has_a_list_of_ranks_for_every_place() -> None:
    html = shown(sample("graphic-order"), response={"RESPONSE": ["C", "B"]})

    assert {select.get("data-order"): chosen(select) for select in all_of(html, "//select")} == {"A": "", "B": "2", "C": "1", "D": ""}
    assert all_of(html, "//*[@class='qti-shape']/@data-for") == all_of(html, "//select/@id")


def test_a_graphic_associate_has_rows_of_two_lists_of_places() -> None:
    html = shown(sample("graphic-associate"), response={"RESPONSE": ["V1 P"]})

    assert [chosen(select) for select in all_of(html, "//select")][:2] == ["V1", "P"]
    assert all_of(html, "//select[1]/option/text()")[:3] == ["Choose …", "Health centre P", "Health centre Q"]
    assert all_of(html, "//*[@class='qti-shape']/@data-choice") == ["P", "Q", "V1", "V2", "V3"]
    assert set(all_of(html, "//*[@class='qti-shape']/@data-for")) == {all_of(html, "//select/@id")[0]}


def test_a_graphic_gap_match_has_a_list_of_choices_for_every_place() -> None:
    html = shown(sample("graphic-gap-match"), response={"RESPONSE": ["JS TOP"]})

    assert {select.get("data-second"): chosen(select) for select in all_of(html, "//select")} == {"TOP": "JS", "MIDDLE": "", "BOTTOM": ""}
    assert all_of(html, "//ul[@class='qti-choices']/li/@data-choice") == ["US", "SEC", "JS"]


def test_a_place_that_holds_several_has_several_lists() -> None:
    body = (
        '<qti-graphic-gap-match-interaction response-identifier="RESPONSE"><img src="a.png" alt="A" width="9" height="9"/>'
        '<qti-gap-text identifier="A" match-max="1">a</qti-gap-text><qti-gap-text identifier="B" match-max="1">b</qti-gap-text>'
        '<qti-associable-hotspot identifier="H" shape="circle" coords="1,1,1" match-max="0"/></qti-graphic-gap-match-interaction>'
    )
    html = shown(item(body, responses=response("directedPair", "multiple")), response={"RESPONSE": ["B H", "A H"]})

    assert [(select.get("aria-label"), chosen(select)) for select in all_of(html, "//select")] == [("Place 1, 1", "B"), ("Place 1, 2", "A")]
    assert problems(html) == []


def test_a_point_is_two_numbers_within_the_picture() -> None:
    html = shown(sample("select-point"), response="240 151.5")
    across, down = all_of(html, "//input")

    assert (across.get("data-axis"), across.get("data-row"), across.get("max"), across.get("value")) == ("x", "1", "480", "240")
    assert (down.get("data-axis"), down.get("data-row"), down.get("max"), down.get("value")) == ("y", "1", "300", "151.5")
    assert one(shown(sample("select-point"), response="२४० १५०"), "//input[1]").get("value") == "240"
    assert across.get("aria-label") == "Point 1, pixels from the left"


def test_where_several_points_may_be_set_there_are_rows_for_them() -> None:
    picture = '<img src="a.png" alt="A" width="9" height="9"/>'
    start = '<qti-select-point-interaction response-identifier="RESPONSE" max-choices="{}">'
    body = f"{start}{picture}</qti-select-point-interaction>"
    declared = response("point", "multiple")

    assert len(all_of(shown(item(body.format(3), responses=declared)), "//input")) == 6
    assert len(all_of(shown(item(body.format(0), responses=declared), response={"RESPONSE": ["1 1"] * 7}), "//input")) == 18


def test_the_object_stands_beside_its_stage_with_the_point_that_counts() -> None:
    html = shown(sample("position-object"))

    assert one(html, "//figure/img").get("src") == "/files/media/flood.svg"
    assert one(html, "//*[@class='qti-object']/img").get("data-centre") == "20 20"
    assert one(html, "//fieldset").get("data-centre") == "20 20"


def test_on_a_locked_page_shapes_lead_nowhere() -> None:
    assert all_of(shown(sample("hotspot"), locked=True), "//*[@class='qti-shape']/@href") == []
