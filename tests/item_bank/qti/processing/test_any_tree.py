"""Whatever a file says and whatever was answered: running ends, soon, and raises nothing."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from item_bank.qti.model import QtiItem
from item_bank.qti.model.declarations import Declaration
from item_bank.qti.model.nodes import Node
from item_bank.qti.processing import max_score, score
from item_bank.qti.processing.functions import NAMES as FUNCTIONS
from item_bank.qti.processing.program import EXPRESSIONS, compile_expression
from item_bank.qti.processing.rules import RULES
from item_bank.qti.processing.scope import MAX_STEPS, Compile, Scope
from item_bank.qti.processing.stats import NAMES as STATISTICS
from item_bank.qti.reader import read_item
from item_bank.qti.values import BaseType, Cardinality, FileValue, Pair, Point, Value, container, record, single
from tests.item_bank.qti.processing.trees import node, run, scope, variable

ATOMS: dict[BaseType, st.SearchStrategy[object]] = {
    BaseType.BOOLEAN: st.booleans(),
    BaseType.INTEGER: st.integers(-(2**63), 2**63 - 1),
    BaseType.FLOAT: st.floats(),
    BaseType.STRING: st.text(min_size=1, max_size=5),
    BaseType.IDENTIFIER: st.sampled_from("ABC"),
    BaseType.URI: st.just("http://a"),
    BaseType.PAIR: st.builds(Pair, st.sampled_from("AB"), st.sampled_from("AB")),
    BaseType.DIRECTED_PAIR: st.builds(Pair, st.sampled_from("AB"), st.sampled_from("AB")),
    BaseType.POINT: st.builds(Point, st.floats(), st.integers(-5, 500)),
    BaseType.DURATION: st.floats(0, 1e6),
    BaseType.FILE: st.builds(FileValue, st.just("a.txt"), st.just("text/plain"), st.just("AA==")),
    BaseType.INT_OR_IDENTIFIER: st.one_of(st.integers(-5, 5), st.sampled_from("AB")),
}
TYPES = st.sampled_from(list(ATOMS))
CARDINALITIES = st.sampled_from([Cardinality.SINGLE, Cardinality.MULTIPLE, Cardinality.ORDERED])


@st.composite
def values(draw: st.DrawFn) -> Value | None:
    base_type, cardinality = draw(TYPES), draw(CARDINALITIES)
    if draw(st.integers(0, 9)) == 0:
        return record({"x": single(base_type, draw(ATOMS[base_type]))})  # type: ignore[arg-type]
    size = 1 if cardinality is Cardinality.SINGLE else 4
    return container(cardinality, base_type, draw(st.lists(ATOMS[base_type], max_size=size)))  # type: ignore[arg-type]


NAMES = ("R", "S", "SCORE", "T")
WORDS = st.sampled_from(
    ["", "0", "1", "2", "-1", "3.5", "R", "{T}", "x", "1e9", "999999999999999999", "true", "NaN", "INF", "0,0,9,9", "a+", "(", "1 2 3"]
)
FIXED = {
    "identifier": st.sampled_from([*NAMES, "numAttempts", "item.SCORE", ""]),
    "name": st.sampled_from([*sorted(FUNCTIONS), *sorted(STATISTICS), "pi", "e", "other"]),
    "base-type": st.sampled_from([*list(BaseType), "colour"]),
    "rounding-mode": st.sampled_from(["significantFigures", "decimalPlaces", "other"]),
    "tolerance-mode": st.sampled_from(["exact", "absolute", "relative", "other"]),
    "shape": st.sampled_from(["rect", "circle", "poly", "ellipse", "default", "other"]),
    "class": st.sampled_from(["depcp:Trim", "depcp:ToAscii", "depcp:ParseCommaDecimal", "other"]),
    "field-identifier": st.just("x"),
}
FREE = (
    "tolerance",
    "figures",
    "min",
    "max",
    "step",
    "n",
    "number-repeats",
    "pattern",
    "coords",
    "case-sensitive",
    "substring",
    "identifiers",
    "weight-identifier",
)


@st.composite
def attributes(draw: st.DrawFn) -> dict[str, str]:
    names = [*draw(st.lists(st.sampled_from([*FIXED, *FREE]), max_size=6, unique=True)), "identifier", "base-type", "name"]
    return {name: str(draw(FIXED.get(name, WORDS))) for name in names}


def nodes(names: list[str], children: st.SearchStrategy[Node] | None) -> st.SearchStrategy[Node]:
    inside = st.just(()) if children is None else st.lists(children, max_size=4).map(tuple)
    text = WORDS.map(lambda word: (word,))
    return st.builds(Node, name=st.sampled_from(names), attributes=attributes(), children=st.one_of(inside, inside, text))


LEAVES = st.one_of(st.sampled_from(NAMES).map(variable), nodes(["qti-base-value", "qti-correct", "qti-random-integer", "qti-null"], None))
TREES = st.recursive(LEAVES, lambda below: nodes([*sorted(EXPRESSIONS), "qti-unheard-of"], below), max_leaves=20)
BRANCHES = [
    "qti-response-if",
    "qti-response-else-if",
    "qti-response-else",
    "qti-template-if",
    "qti-outcome-else",
    "qti-response-processing-fragment",
]
PROGRAMS = st.recursive(
    nodes(sorted(RULES), TREES), lambda below: nodes([*sorted(RULES), *BRANCHES], st.one_of(TREES, below)), max_leaves=6
)

DECLARED = """<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2" identifier="i" title="t">
<responseDeclaration identifier="R" cardinality="multiple" baseType="identifier"><correctResponse><value>A</value></correctResponse>
<mapping defaultValue="-1"><mapEntry mapKey="A" mappedValue="1"/></mapping></responseDeclaration>
<responseDeclaration identifier="S" cardinality="single" baseType="point"><areaMapping>
<areaMapEntry shape="rect" coords="0,0,9,9" mappedValue="1"/></areaMapping></responseDeclaration>
<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"><matchTable>
<matchTableEntry sourceValue="1" targetValue="2"/></matchTable></outcomeDeclaration>
<templateDeclaration identifier="T" cardinality="single" baseType="integer"><defaultValue><value>2</value></defaultValue>
</templateDeclaration><itemBody/></assessmentItem>"""


def an_item(response: tuple[Node, ...], template: tuple[Node, ...], outcome: tuple[Node, ...]) -> QtiItem:
    bare = read_item(DECLARED.encode())
    holders = (Node(name="qti-x", attributes={}, children=children) for children in (response, template, outcome))
    processing, template_processing, outcome_processing = holders
    fields = {name: getattr(bare, name) for name in ("identifier", "title", "lang", "responses", "outcomes", "templates", "body", "root")}
    return QtiItem(**fields, processing=processing, template_processing=template_processing, outcome_processing=outcome_processing)


@given(TREES, st.fixed_dictionaries({name: st.one_of(st.none(), values()) for name in NAMES}))
@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_no_expression_over_any_values_raises(tree: Node, given_values: dict[str, Value | None]) -> None:
    declarations = read_item(DECLARED.encode())
    everything: dict[str, Declaration] = {**declarations.responses, **declarations.outcomes, **declarations.templates}
    compiling = Compile(declarations=everything, expression=lambda child: compile_expression(child, compiling), operators={})
    running = Scope(declarations=everything, values=given_values, corrects=dict(given_values), seed=1)

    result = compile_expression(tree, compiling)(running)

    assert result is None or isinstance(result, Value)
    assert running.steps <= MAX_STEPS


RULE_LISTS = st.lists(PROGRAMS, max_size=4).map(tuple)


@given(RULE_LISTS, RULE_LISTS, RULE_LISTS, st.fixed_dictionaries({name: st.one_of(st.none(), values()) for name in ("R", "S")}))
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_no_item_raises_whatever_was_answered(
    response: tuple[Node, ...], template: tuple[Node, ...], outcome: tuple[Node, ...], responses: dict[str, Value | None]
) -> None:
    item = an_item(response, template, outcome)

    first = score(item, responses, seed=3)

    assert repr(first) == repr(score(item, responses, seed=3))  # NaN differs from itself
    assert isinstance(first.score, float)
    assert max_score(item) is None
    score(item, responses, before=first.values)


def deep(name: str, depth: int) -> Node:
    tree = variable("V")
    for _ in range(depth):
        tree = node(name, tree, tree) if name == "ordered" else node(name, tree, number_repeats="400")
    return tree


@pytest.mark.parametrize("tree", [deep("ordered", 13), deep("repeat", 90)])
def test_a_container_that_doubles_and_doubles_ends_soon(tree: Node) -> None:
    begun = time.thread_time()  # of this thread alone: others may be busy

    run(tree, scope({"V": 1}))

    assert time.thread_time() - begun < 10


def test_a_number_that_is_multiplied_by_itself_again_and_again_does_not_grow_without_end() -> None:
    square = node("set-outcome-value", node("product", variable("SCORE"), variable("SCORE")), identifier="BIG")
    again = node("set-outcome-value", node("product", variable("BIG"), variable("BIG")), identifier="BIG")

    outcomes = score(an_item((square, *([again] * 5000)), (), ()), {}, before={"SCORE": single(BaseType.INTEGER, 9)})

    assert outcomes.values["BIG"] is None


def test_reading_a_giant_container_again_and_again_ends_soon() -> None:
    ordered = container(Cardinality.ORDERED, BaseType.INTEGER, range(100_000))
    tree = node("repeat", node("sum", variable("V")), number_repeats="50000")
    begun = time.thread_time()  # of this thread alone: others may be busy

    run(tree, scope({"V": ordered}))

    assert time.thread_time() - begun < 10
