import pytest

from item_bank.qti.model import QtiItem
from item_bank.qti.processing import max_score
from item_bank.qti.reader import read_item
from item_bank.qti.values import Point
from tests.item_bank.items import choice, mapping, qti, response
from tests.item_bank.qti.processing.items import declared, item, outcomes
from tests.item_bank.qti.processing.trees import Plain, identifier

KEYED = declared("response", "RESPONSE", "identifier", "A")
SCORE = declared("outcome", "SCORE")


def by_template(address: str, declarations: str = KEYED + SCORE, name: str = "template") -> QtiItem:
    return item(declarations, more=f'<responseProcessing {name}="{address}"/>')


ADDRESSES = [
    "http://www.imsglobal.org/question/qti_v2p0/rptemplates/match_correct",
    "http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct",
    "http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct.xml",
    "http://www.imsglobal.org/question/qti_v2p2/rptemplates/match_correct",
    "https://www.imsglobal.org/question/qti_v2p2/rptemplates/match_correct.xml",
    "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct",
    "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml",
    " http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct ",
    "http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct/",
    "http://www.imsglobal.org/question/qti_v2p1/rptemplates//match_correct#",
    "http://www.imsglobal.org/question/qtiv2p2/match_correct.xml?version=1",
    "urn:imsglobal:rptemplates:match_correct",
    "../rptemplates/match_correct.xml",
    "rptemplates/match_correct",
    "match_correct.xml",
    "MATCH_CORRECT",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_address_of_a_template_is_known(address: str) -> None:
    one = by_template(address)

    assert [outcomes(one, RESPONSE=answer)["SCORE"] for answer in (identifier("A"), identifier("B"), None)] == [1, 0, 0]
    assert max_score(one) == 1


def test_the_location_names_a_template_as_well() -> None:
    assert outcomes(by_template("match_correct.xml", name="templateLocation"), RESPONSE=identifier("A"))["SCORE"] == 1


@pytest.mark.parametrize("address", ["http://example.org/match_correct.xml", "my_own_template", "", "rptemplates/", "../"])
def test_an_unknown_template_does_nothing(address: str) -> None:
    one = by_template(address)

    assert outcomes(one, RESPONSE=identifier("A"))["SCORE"] == 0
    assert max_score(one) is None


def test_rules_beside_a_known_template_are_left_out_and_beside_an_unknown_one_they_run() -> None:
    rule = '<setOutcomeValue identifier="SCORE"><baseValue baseType="float">5</baseValue></setOutcomeValue>'
    known, unknown = (
        item(KEYED + SCORE, more=f'<responseProcessing template="{address}">{rule}</responseProcessing>')
        for address in ("match_correct", "mine")
    )

    assert [outcomes(one, RESPONSE=identifier("A"))["SCORE"] for one in (known, unknown)] == [1, 5]


CARTRIDGE = KEYED + SCORE + declared("outcome", "MAXSCORE", "float", "4") + declared("outcome", "FEEDBACK", "identifier")


def test_the_templates_of_common_cartridge_give_full_marks_and_feedback() -> None:
    prefix = "http://www.imsglobal.org/question/qti_v2p1/rptemplates/CC2_"
    match, basic = by_template(f"{prefix}match", CARTRIDGE), by_template(f"{prefix}match_basic.xml", CARTRIDGE)

    right, wrong = outcomes(match, RESPONSE=identifier("A")), outcomes(match, RESPONSE=identifier("B"))
    assert (right["SCORE"], right["FEEDBACK"], wrong["SCORE"], wrong["FEEDBACK"]) == (4, "A", 0, "B")
    right, wrong = outcomes(basic, RESPONSE=identifier("A")), outcomes(basic, RESPONSE=identifier("B"))
    assert (right["SCORE"], right["FEEDBACKBASIC"], wrong["SCORE"], wrong["FEEDBACKBASIC"]) == (4, "correct", 0, "incorrect")


def test_a_cartridge_item_without_maxscore_is_worth_one() -> None:
    assert outcomes(by_template("rptemplates/CC2_match.xml"), RESPONSE=identifier("A"))["SCORE"] == 1


def test_a_mapped_cartridge_item_says_when_it_is_all_right() -> None:
    worth = '<mapping><mapEntry mapKey="A" mappedValue="4"/><mapEntry mapKey="B" mappedValue="1"/></mapping>'
    declarations = CARTRIDGE.replace("</responseDeclaration>", f"{worth}</responseDeclaration>")
    one = by_template("https://x/rptemplates/CC2_map_response.xml", declarations)

    got = [outcomes(one, RESPONSE=identifier(name)) for name in "AB"]

    assert [(each["SCORE"], each["FEEDBACK"]) for each in got] == [(4, "correct"), (1, "incorrect")]


@pytest.mark.parametrize(("points", "worth"), [(Point(1, 1), 2), (Point(50, 50), -1), (None, 0)])
def test_map_response_point_is_nothing_for_silence(points: Plain, worth: float) -> None:
    inside = '<areaMapping defaultValue="-1"><areaMapEntry shape="rect" coords="0,0,9,9" mappedValue="2"/></areaMapping>'
    one = by_template("map_response_point.xml", declared("response", "RESPONSE", "point", inside=inside) + SCORE)

    assert (outcomes(one, RESPONSE=points)["SCORE"], max_score(one)) == (worth, 2)


MAP = '<qti-response-processing template="map_response"/>'


def best(worth: str, cardinality: str = "multiple", max_choices: int = 0, outcome: str = "") -> float | None:
    marks = f'<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float" {outcome}/>'
    return max_score(
        read_item(
            qti(
                responses=response("identifier", cardinality=cardinality, mapping=worth),
                body=choice("A", "B", "C", max_choices=max_choices),
                processing=MAP,
                outcomes=marks,
            )
        )
    )


def test_the_best_of_a_mapping_is_what_its_best_answers_give_together() -> None:
    assert best(mapping(A=1, B=-1, C=2)) == 3
    assert best(mapping(A=1, B=-1, C=2), max_choices=1) == 2
    assert best(mapping(A=1, B=-1, C=2, upper="2.5")) == 2.5
    assert best(mapping(A=1, C=2), cardinality="single") == 2
    assert best(mapping(A=-1, default="0.5"), cardinality="single") == 0.5
    assert best(mapping(A=1), outcome='normal-maximum="9"') == 9


def test_maxscore_goes_before_all_else() -> None:
    one = by_template("match_correct", KEYED + SCORE + declared("outcome", "MAXSCORE", "integer", "7"))

    assert max_score(one) == 7
