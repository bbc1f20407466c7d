"""Every kind of interaction: one answer that its page can send, and those that it cannot."""

import pytest

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import WrongResponse
from item_bank.qti.binding import bind
from item_bank.qti.binding.constraints import _CHECKS
from item_bank.qti.model import CustomInteraction, EndAttemptInteraction, Interaction, QtiItem, TextEntryInteraction
from item_bank.qti.reader import read_item
from tests.item_bank.items import qti, response

ORDER = "".join(f'<qti-simple-choice identifier="{name}">{name}</qti-simple-choice>' for name in "ABC")
PICTURE = '<img src="map.png" alt="Map" width="200" height="100"/>'


def associable(*names: str, most: int = 1, group: str = "") -> str:
    asked = f' match-group="{group}"' if group else ""
    return "".join(
        f'<qti-simple-associable-choice identifier="{name}" match-max="{most}"{asked}>{name}</qti-simple-associable-choice>'
        for name in names
    )


def spots(element: str, *names: str, most: str = "") -> str:
    return "".join(f'<{element} identifier="{name}" shape="circle" coords="10,10,5" {most}/>' for name in names)


def item(kind: str, inside: str = "", *, typed: str = "identifier multiple", more: str = "") -> QtiItem:
    base_type, cardinality = typed.split()
    body = f'<qti-{kind}-interaction response-identifier="RESPONSE" {more}>{inside}</qti-{kind}-interaction>'
    return read_item(qti(responses=response(base_type, cardinality=cardinality), body=body))


GAPS = (
    '<qti-gap-text identifier="A" match-max="1">A</qti-gap-text><qti-gap-text identifier="B" match-max="0">B</qti-gap-text>'
    '<p><qti-gap identifier="G1"/> and <qti-gap identifier="G2" match-group="B"/></p>'
)
IMAGES = "".join(f'<qti-gap-img identifier="{name}" match-max="1">{PICTURE}</qti-gap-img>' for name in "AB")
SETS = "".join(
    f"<qti-simple-match-set>{choices}</qti-simple-match-set>" for choices in (associable("A", "B"), associable("X", "Y", most=2))
)
HOTTEXT = '<p><qti-hottext identifier="A">a</qti-hottext> <em><qti-hottext identifier="B">b</qti-hottext></em></p>'
INLINE = '<qti-inline-choice identifier="A">a</qti-inline-choice><qti-inline-choice identifier="B">b</qti-inline-choice>'
STAGED = f"<qti-position-object-stage>{PICTURE}<qti-position-object-interaction response-identifier='RESPONSE' max-choices='2'>{PICTURE}"
STAGE = f"{STAGED}</qti-position-object-interaction></qti-position-object-stage>"

INLINE_CHOICE = item("inline-choice", INLINE, typed="identifier single")
ORDERED = item("order", ORDER, typed="identifier ordered")
SOME_ORDERED = item("order", ORDER, typed="identifier ordered", more='min-choices="1" max-choices="2"')
LOOSELY_ORDERED = item("order", ORDER, typed="identifier ordered", more='max-choices="2"')
ASSOCIATED = item("associate", associable("A", "B", "C", most=1), typed="pair multiple", more='max-associations="2"')
GROUPED = item(
    "associate", associable("A", most=0, group="C") + associable("B", "C", most=0), typed="pair multiple", more='max-associations="0"'
)
MATCHED = item("match", SETS, typed="directedPair multiple", more='max-associations="2"')
LOOSELY_MATCHED = item("match", SETS, typed="pair multiple", more='max-associations="0"')
GAP_MATCHED = item("gap-match", GAPS, typed="directedPair multiple")
HOTTEXTED = item("hottext", HOTTEXT, more='max-choices="1"')
HOTSPOT = item("hotspot", PICTURE + spots("qti-hotspot-choice", "A", "B"), more='max-choices="1"')
GRAPHIC_ORDER = item("graphic-order", PICTURE + spots("qti-hotspot-choice", "A", "B"), typed="identifier ordered")
GRAPHIC_ASSOCIATE = item(
    "graphic-associate",
    PICTURE + spots("qti-associable-hotspot", "A", "B", "C", most='match-max="1"'),
    typed="pair multiple",
    more='max-associations="1"',
)
GRAPHIC_GAPS = item(
    "graphic-gap-match", PICTURE + IMAGES + spots("qti-associable-hotspot", "X", "Y", most='match-max="1"'), typed="directedPair multiple"
)
SELECT_POINT = item("select-point", PICTURE, typed="point multiple", more='max-choices="2"')
UNSIZED = item("select-point", '<img src="map.png" alt="Map"/>', typed="point multiple", more='max-choices="0"')
POSITION = read_item(qti(responses=response("point", cardinality="multiple"), body=STAGE))
SLIDER = item("slider", typed="float single", more='lower-bound="-1" upper-bound="1" step="0.3"')
WHOLE_SLIDER = item("slider", typed="integer single", more='lower-bound="0" upper-bound="100"')
MEDIA = item("media", '<audio src="a.mp3"></audio>', typed="integer single", more='max-plays="2"')
UPLOAD = item("upload", typed="file single", more='type="image/* application/pdf .odt"')
DRAWING = item("drawing", PICTURE, typed="file single")
ESSAYS = item("extended-text", typed="string multiple", more='max-strings="2"')


def file(name: str, media_type: str) -> Json:
    return {"name": name, "media_type": media_type, "data": "AAAA"}


POSSIBLE: dict[str, tuple[QtiItem, Json]] = {
    "inline choice": (INLINE_CHOICE, "B"),
    "order": (ORDERED, ["C", "A", "B"]),
    "order of all, for want of a minimum": (LOOSELY_ORDERED, ["C", "A", "B"]),
    "part of an order": (SOME_ORDERED, ["C", "A"]),
    "associate": (ASSOCIATED, ["A B"]),
    "associate in groups": (GROUPED, ["C A", "B C", "B B"]),
    "match": (MATCHED, ["A X", "B X"]),
    "match without direction": (LOOSELY_MATCHED, ["X A", "B Y"]),
    "gap match": (GAP_MATCHED, ["A G1", "B G2"]),
    "hottext": (HOTTEXTED, ["B"]),
    "hotspot": (HOTSPOT, ["A"]),
    "graphic order": (GRAPHIC_ORDER, ["B", "A"]),
    "graphic associate": (GRAPHIC_ASSOCIATE, ["B A"]),
    "graphic gap match": (GRAPHIC_GAPS, ["A Y", "B X"]),
    "select point, at the edges": (SELECT_POINT, ["0 0", "200 100"]),
    "select point on a picture without a size": (UNSIZED, ["5000 3", "5000 3"]),
    "position object": (POSITION, ["10 20", "10 20"]),
    "slider on a step": (SLIDER, "0.2"),
    "slider at its upper bound": (SLIDER, 1),
    "slider in Devanagari": (WHOLE_SLIDER, "५०"),
    "media": (MEDIA, "2"),
    "upload of a kind": (UPLOAD, file("a.PNG", "image/png")),
    "upload by its ending": (UPLOAD, file("a.odt", "")),
    "upload that the browser has no type for": (UPLOAD, file("a.pdf", "")),
    "drawing": (DRAWING, file("drawing.png", "image/png")),
    "several texts": (ESSAYS, ["one", "two"]),
}


@pytest.mark.parametrize("name", POSSIBLE)
def test_what_the_page_can_send_is_bound(name: str) -> None:
    asked, raw = POSSIBLE[name]

    value = bind(asked, {"RESPONSE": raw})["RESPONSE"]

    assert value is not None
    assert len(value.atoms) == (len(raw) if isinstance(raw, list) else 1)


IMPOSSIBLE: dict[str, tuple[QtiItem, Json, str]] = {
    "inline choice": (INLINE_CHOICE, "C", "no_such_choice"),
    "order twice": (ORDERED, ["A", "A"], "chosen_twice"),
    "order of too many": (SOME_ORDERED, ["A", "B", "C"], "too_many"),
    "associate with nobody": (ASSOCIATED, ["A Z"], "no_such_choice"),
    "associate too often": (ASSOCIATED, ["A B", "A C"], "used_too_often"),
    "associate with oneself": (ASSOCIATED, ["A A"], "used_too_often"),
    "associate the same": (GROUPED, ["B C", "C B"], "paired_twice"),
    "associate too many": (ASSOCIATED, ["A B", "C Z", "B A"], "no_such_choice"),
    "associate outside the group": (GROUPED, ["A B"], "wrong_pair"),
    "match within one set": (MATCHED, ["A B"], "wrong_pair"),
    "match the wrong way": (MATCHED, ["X A"], "wrong_pair"),
    "match a source twice": (MATCHED, ["A X", "A Y"], "used_too_often"),
    "match twice": (MATCHED, ["A X", "A X"], "paired_twice"),
    "a gap filled twice": (GAP_MATCHED, ["A G1", "B G1"], "used_too_often"),
    "a word used twice": (GAP_MATCHED, ["A G1", "A G2"], "wrong_pair"),
    "a gap that is not there": (GAP_MATCHED, ["A G3"], "no_such_choice"),
    "a gap in a word": (GAP_MATCHED, ["G1 A"], "wrong_pair"),
    "hottext": (HOTTEXTED, ["A", "B"], "too_many"),
    "hotspot": (HOTSPOT, ["C"], "no_such_choice"),
    "graphic order": (GRAPHIC_ORDER, ["A", "B", "A"], "chosen_twice"),
    "graphic associate": (GRAPHIC_ASSOCIATE, ["A B", "B C"], "used_too_often"),
    "graphic gap match": (GRAPHIC_GAPS, ["A X", "B X"], "used_too_often"),
    "select point beside the picture": (SELECT_POINT, ["201 5"], "outside_picture"),
    "select point above the picture": (SELECT_POINT, ["5 -1"], "outside_picture"),
    "select too many points": (SELECT_POINT, ["1 1", "2 2", "3 3"], "too_many"),
    "select a point nowhere": (UNSIZED, ["100001 1"], "outside_picture"),
    "position beside the stage": (POSITION, ["10 101"], "outside_picture"),
    "position too many": (POSITION, ["1 1", "1 1", "1 1"], "too_many"),
    "slider above": (SLIDER, "1.3", "out_of_range"),
    "slider between steps": (SLIDER, "0.25", "off_step"),
    "slider below": (WHOLE_SLIDER, "-1", "out_of_range"),
    "slider with a fraction": (WHOLE_SLIDER, "1.5", "wrong_type"),
    "media too often": (MEDIA, 3, "too_many"),
    "media less than never": (MEDIA, -1, "out_of_range"),
    "upload of another kind": (UPLOAD, file("a.exe", "application/x-msdownload"), "wrong_file_type"),
    "upload of no known kind": (UPLOAD, file("a.xyz", ""), "wrong_file_type"),
    "a drawing that is none": (DRAWING, file("a.pdf", "application/pdf"), "wrong_file_type"),
    "a drawing that may bring a script": (DRAWING, file("a.svg", "image/svg+xml"), "wrong_file_type"),
    "too many texts": (ESSAYS, ["one", "two", "three"], "too_many"),
    "a very long text": (ESSAYS, ["a" * 50_001], "too_long"),
    "a thousand and one entries": (UNSIZED, ["1 1"] * 1001, "too_many"),
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_what_no_page_can_send_is_refused(name: str) -> None:
    asked, raw, problem = IMPOSSIBLE[name]

    with pytest.raises(WrongResponse) as refused:
        bind(asked, {"RESPONSE": raw})

    assert refused.value.details == {"response": "RESPONSE", "problem": problem}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_lenient_binding_takes_it_as_it_is_typed(name: str) -> None:
    asked, raw, _ = IMPOSSIBLE[name]

    assert set(bind(asked, {"RESPONSE": raw}, lenient=True)) == {"RESPONSE"}


FREE = {TextEntryInteraction, EndAttemptInteraction, CustomInteraction}


def test_every_kind_of_interaction_is_checked_or_known_to_be_free() -> None:
    kinds = {kind.__name__ for kind in Interaction.__subclasses__()}  # a class with slots is made twice

    assert kinds == {kind.__name__ for kind in _CHECKS.keys() | FREE}
    assert not _CHECKS.keys() & FREE


def test_a_response_of_a_custom_interaction_is_typed_and_nothing_more() -> None:
    custom = item("custom", "<p>Something</p>", typed="string single")

    assert bind(custom, {"RESPONSE": "anything"})["RESPONSE"] is not None
