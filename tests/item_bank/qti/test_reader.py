import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment_engine.kernel.errors import AssessmentError, TooLarge, UnreadableFile
from item_bank.qti.model import ChoiceInteraction
from item_bank.qti.reader import read_item
from tests.item_bank.items import ENTRY, MAP, choice, mapping, multiple_choice, qti, response


def test_a_multiple_choice_is_read_with_its_choices_and_mapping() -> None:
    item = multiple_choice(max_choices=2)

    (interaction,) = item.interactions
    assert isinstance(interaction, ChoiceInteraction)
    assert [each.identifier for each in interaction.choices] == ["A", "B", "C", "D"]
    declared = item.responses["RESPONSE"]
    assert declared.mapping is not None
    assert (declared.mapping.lower, declared.mapping.upper) == (0, 2)


REFUSED = {
    "a script in the body": (qti(responses=response("float"), body=f"<script>x</script>{ENTRY}"), "not supported in an item's body"),
    "an event attribute": (qti(responses=response("float"), body=f'<p onclick="x()">a</p>{ENTRY}'), "attribute not supported: onclick"),
    "an unknown interaction": (qti(responses=response("float"), body="<qti-magic-interaction/>"), "line 4"),
    "an undeclared response": (qti(responses="", body=choice("A")), "RESPONSE is not declared"),
    "a key without choice": (qti(responses=response("identifier", "Z"), body=choice("A")), "choices that do not exist: Z"),
    "two choices of one name": (qti(responses=response("identifier", "A"), body=choice("A", "A")), "same identifier"),
    "a response declared twice": (qti(responses=response("float") * 2, body=ENTRY, processing=""), "declared twice"),
    "a choice among numbers": (qti(responses=response("float", "1"), body=choice("A")), "must be of identifiers"),
    "a text field for identifiers": (qti(responses=response("identifier", "A"), body=ENTRY), "must be a single string"),
    "many choices into one": (qti(responses=response("identifier", "A"), body=choice("A", "B", max_choices=2)), "max-choices must be 1"),
    "an unknown base type": (qti(responses=response("colour", "red"), body=ENTRY), "base-type 'colour' is not supported"),
    "a number that is none": (qti(responses=response("float", "much"), body=ENTRY), "'much' is not of type float"),
    "mapping by template without mapping": (qti(responses=response("string", "a"), body=ENTRY, processing=MAP), "has no qti-mapping"),
    "matching by template without key": (
        qti(responses=response("string", mapping=mapping(a=1)), body=ENTRY),
        "has no qti-correct-response",
    ),
    "an unknown template": (
        qti(responses=response("float", "1"), body=ENTRY, processing='<qti-response-processing template="http://x/y"/>'),
        "not a standard template",
    ),
    "an unknown expression": (
        qti(
            responses=response("float", "1"),
            body=ENTRY,
            processing="<qti-response-processing><qti-set-outcome-value identifier='SCORE'><qti-random/></qti-set-outcome-value>"
            "</qti-response-processing>",
        ),
        "qti-random: this expression is not supported",
    ),
    "another vocabulary": (b"<assessmentItem xmlns='http://www.imsglobal.org/xsd/imsqti_v2p1'/>", "not in the QTI 3.0 namespace"),
    "half a file": (qti(responses=response("float"), body=ENTRY)[:200], "not well-formed"),
    "nothing": (b"", "not well-formed"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_kept_is_refused_with_its_place(name: str) -> None:
    xml, words = REFUSED[name]

    with pytest.raises(UnreadableFile, match=words):
        read_item(xml)


def test_an_entity_bomb_is_refused_before_it_grows() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'

    with pytest.raises(UnreadableFile):
        read_item(bomb)


def test_an_external_entity_is_never_opened() -> None:
    xml = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><x>&a;</x>'

    with pytest.raises(UnreadableFile):
        read_item(xml)


def test_a_huge_file_is_refused_unread() -> None:
    with pytest.raises(TooLarge):
        read_item(b" " * 1_000_001)


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="nested more than"):
        read_item(qti(responses=response("float", "1"), body="<div>" * 100 + ENTRY + "</div>" * 100))


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_with_a_stable_code(noise: bytes) -> None:
    with pytest.raises(AssessmentError):
        read_item(noise)


@given(st.integers(0, 1200), st.binary(min_size=1, max_size=4))
def test_a_damaged_item_is_read_or_refused_with_a_stable_code(place: int, noise: bytes) -> None:
    xml = qti(responses=response("identifier", "A"), body=choice("A", "B"))

    try:
        read_item(xml[:place] + noise + xml[place + len(noise) :])
    except AssessmentError as refusal:
        assert refusal.code in {"unreadable_file", "invalid", "too_large"}
