import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment_engine.kernel.errors import ImportRefused
from item_bank.qti.model.nodes import Document, Node, Version
from item_bank.qti.problems import Severity
from item_bank.qti.reader import parse
from item_bank.qti.validity import CODES, MAX_FINDINGS, findings, read_item_strictly
from item_bank.qti.validity.structure import rules
from tests.item_bank.qti.validity.samples import ITEM_21, ITEM_22, ITEM_30, SAMPLES, changed, found


def test_strict_reading_gives_the_item_when_nothing_is_wrong() -> None:
    assert read_item_strictly(ITEM_30.encode()).identifier == "match"


def test_strict_reading_is_refused_at_the_first_clause_that_is_broken() -> None:
    xml = changed(changed(ITEM_21, "<p>Say", "<em>Say</em><p>"), ' title="Choice"', "")

    with pytest.raises(ImportRefused) as refusal:
        read_item_strictly(xml.encode())

    assert refusal.value.details == {
        "problem": "missing_attribute",
        "line": 1,
        "element": "assessmentItem",
        "clause": 'QTI 2.1, "assessmentItem"',
    }


def test_notes_refuse_nothing() -> None:
    xml = changed(ITEM_22, "<itemBody>", "<itemBody><!-- a note -->")

    assert [each.severity for each in found(xml)] == [Severity.NOTE]
    assert read_item_strictly(xml.encode()).identifier == "choice"


def test_findings_come_in_the_order_of_the_document_and_say_what_to_do() -> None:
    xml = changed(changed(ITEM_22, "</itemBody>", "<b/><i/></itemBody>"), 'cardinality="single"', 'cardinality="x"')
    problems = found(xml)

    assert [each.line for each in problems] == sorted(each.line for each in problems)
    assert all(each.advice and each.clause and each.element and each.code in CODES for each in problems)


def test_what_is_missing_is_named_only_where_that_helps() -> None:
    start, end = ITEM_21.index("<itemBody>") + len("<itemBody>"), ITEM_21.index("</itemBody>")
    empty = found(ITEM_21[:start] + ITEM_21[end:])
    halved = found(changed(ITEM_21, '<correct identifier="RESPONSE"/>', ""))
    without_a_value = found(changed(ITEM_21, "<correctResponse>\n<value>A</value>", "<correctResponse>"))

    assert "there is nothing in it" in [each.message for each in empty]
    assert [each.message for each in halved] == ["something is missing after variable"]
    assert "something is missing: value" in [each.message for each in without_a_value]


@pytest.mark.parametrize(("said", "name"), [('class="org.x" definition="d"', "org.x"), ('definition="d"', "d"), ("", "without a class")])
def test_a_custom_operator_is_called_by_what_it_says_of_itself(said: str, name: str) -> None:
    xml = changed(ITEM_21, '<baseValue baseType="float">0</baseValue>', f"<customOperator {said}/>")

    assert [each.message for each in found(xml) if each.code == "unknown_operator"] == [f"a custom operator {name}"]


def test_more_findings_than_anybody_reads_are_counted_only() -> None:
    problems = found(changed(ITEM_22, "<p>Say", "<b/>" * 500 + "<p>Say"))

    assert len(problems) == MAX_FINDINGS + 1
    assert (problems[-1].code, problems[-1].message) == ("more_findings", "300 more findings are not listed")


@pytest.mark.parametrize("name", SAMPLES)
def test_a_small_document_is_judged_within_a_millisecond(name: str) -> None:
    document = parse(SAMPLES[name].encode())
    findings(document)

    begun = time.process_time()
    for _ in range(20):
        findings(document)

    assert (time.process_time() - begun) / 20 < 0.001  # about 0.2 ms


NAMES = sorted({name for version in Version for name in rules(version) if ":" not in name} | {"script", "x", "qti-x"})
ATTRIBUTES = st.dictionaries(
    st.sampled_from(
        ["identifier", "response-identifier", "base-type", "cardinality", "max-choices", "coords", "id", "template", "{urn:x}y", "name"]
    ),
    st.sampled_from(["", "RESPONSE", "single", "float", "-1", "1,2,3", "\u0000", "  ", "atan2", "x" * 300]),
    max_size=4,
)


def nodes(children: st.SearchStrategy[Node | str]) -> st.SearchStrategy[Node]:
    return st.builds(
        lambda name, attributes, inside, namespace: Node(
            name=name, attributes=attributes, children=tuple(inside), namespace=namespace, written=name
        ),
        st.sampled_from(NAMES),
        ATTRIBUTES,
        st.lists(children, max_size=4),
        st.sampled_from(["", "", "", "mathml", "ssml", "xinclude", "urn:x"]),
    )


TREES = st.recursive(st.one_of(st.just(" "), st.just("text"), nodes(st.just(" "))), nodes, max_leaves=25)


@given(TREES, st.sampled_from(["qti-assessment-item", "qti-assessment-test", "assessmentItem", "p"]), st.sampled_from(list(Version)))
@settings(max_examples=150, deadline=None)
def test_nothing_that_is_well_formed_makes_it_fail(tree: Node | str, name: str, version: Version) -> None:
    root = Node(name=name, attributes={}, children=(tree,), written=name)

    assert all(each.code in CODES for each in findings(Document(root=root, version=version)))
