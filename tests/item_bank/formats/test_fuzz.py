"""Whatever is in a file: a reader says questions and findings, or refuses with a code; and every question is a valid item."""

import json
import os

from hypothesis import given, settings
from hypothesis import strategies as st

from assessment_engine.kernel.errors import AssessmentError
from item_bank.formats import FORMATS
from item_bank.formats.content import from_html, to_html
from item_bank.formats.questions import Kind, Option, Question
from item_bank.formats.to_qti import to_xml
from item_bank.qti.reader import parse
from item_bank.qti.render.elements import names
from item_bank.qti.validity import findings
from tests.item_bank.formats.test_moodle_xml import answer, question, quiz

SOME = settings(max_examples=int(os.environ.get("FORMATS_EXAMPLES", "25")), deadline=None)
GIFT_WORDS = (*sorted(names("{ } = ~ # %50% %-100% -> :: \\ a 1 .. : * T // [html] <p> ####")), " b ", "\n", "\n\n")
TAG_WORDS = sorted(
    names("p b i div ul li table tr td img a span h1 blockquote br script style math mi mfrac u font dl dt pre audio video svg ruby rt")
)
ATTRIBUTE_WORDS = [
    "",
    *(f" {word}" for word in sorted(names("class=x src='a.png' href=b style='x' width=50% lang=en dir='rtl' colspan=2 alt=''"))),
]
CELL_WORDS = ["", *sorted(names('choice multiple text number match essay 1 A;B x yes each none -1 " a,b =1'))]
NAMES = sorted(
    names(
        "body identifier name interactions responseDeclaration r type options value label cardinality correctResponse mapping score key "
        "outcomeDeclaration maxScore defaultValue responseProcessing mappingConfig SCORE ge feedback editorState question children answer"
    )
)
GIFT = st.lists(st.sampled_from(GIFT_WORDS), max_size=40).map("".join)
OPENED = st.builds("<{}{}>".format, st.sampled_from(TAG_WORDS), st.sampled_from(ATTRIBUTE_WORDS))
CLOSED = st.builds("</{}>".format, st.sampled_from(TAG_WORDS))
HTML = st.lists(st.one_of(OPENED, CLOSED, st.sampled_from(["a & b", "&nbsp;", "\n", " ", "<", "x"])), max_size=15).map("".join)
CELLS = st.sampled_from(CELL_WORDS)
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(-2, 3), st.sampled_from(["choice", "multiple", "r", "<p>x</p>", "0", "1"]))
JSON = st.recursive(
    LEAVES, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(NAMES), inner, max_size=5)), max_leaves=20
)


def sound(form: str, data: bytes) -> None:
    try:
        found = FORMATS[form].read(data, "file")
    except AssessmentError as refused:
        assert refused.details["problem"]
        return
    for each in found.questions:
        valid(each)


def valid(asked: Question) -> None:
    wrong = [problem for problem in findings(parse(to_xml(asked))) if problem.severity.value == "invalid"]
    assert wrong == [], to_xml(asked).decode()


@given(GIFT)
@SOME
def test_any_gift(text: str) -> None:
    sound("gift", text.encode())


@given(st.lists(st.sampled_from(["A. x", "B) y", "C.z", "ANSWER: A", "ANSWER:B", "", "Q", "ANSWER: 1"]), max_size=12).map("\n".join))
@SOME
def test_any_aiken(text: str) -> None:
    sound("aiken", text.encode())


@given(st.lists(st.lists(CELLS, max_size=14).map(",".join), max_size=4).map("\n".join))
@SOME
def test_any_table(rows: str) -> None:
    header = "type,question,correct,option_1,option_2,match_1,match_2,worth_1,points,scoring,lowest,choose,case,format"

    sound("csv", f"{header}\n{rows}\n".encode())


@given(JSON)
@SOME
def test_any_object(found: object) -> None:
    sound("quml", json.dumps({"body": "<p>Q</p>", **(found if isinstance(found, dict) else {"answer": found})}).encode())


@given(HTML)
@SOME
def test_any_html(html: str) -> None:
    xml = quiz(question("multichoice", answer("100", f"<![CDATA[{html}]]>") + answer("0", "no"), html))

    sound("moodle-xml", xml.encode())


@given(HTML)
@SOME
def test_html_is_read_the_same_again(html: str) -> None:
    content, _ = from_html(html)

    assert from_html(to_html(content))[0] == content
    options = tuple(Option(identifier=name, content=content or ("x",)) for name in "AB")
    valid(Question(kind=Kind.CHOICE, name="x", stem=content, options=options, feedback=content, notes=content))


@given(st.binary(max_size=60))
@SOME
def test_any_bytes(data: bytes) -> None:
    for form in FORMATS:
        sound(form, data)
