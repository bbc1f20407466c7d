"""What shows by a variable: feedback, template blocks, rubric blocks, modal feedback, printed variables."""

import pytest

from item_bank.qti.model import PrintedVariable
from item_bank.qti.render import Page, modal_feedbacks
from item_bank.qti.render.printed import printed
from item_bank.qti.values import BaseType, Cardinality, Pair, Point, Value, container, integer, number, record, single
from tests.item_bank.qti.render.html import item, sample, shown

FEEDBACK = (
    '<qti-feedback-block outcome-identifier="F" identifier="yes" show-hide="{}">'
    "<qti-content-body><p>Well.</p></qti-content-body></qti-feedback-block>"
)
YES = {"F": single(BaseType.IDENTIFIER, "yes")}
NO = {"F": single(BaseType.IDENTIFIER, "no")}


@pytest.mark.parametrize(
    ("mode", "values", "there"),
    [
        ("show", {}, False),
        ("hide", {}, False),
        ("show", YES, True),
        ("hide", YES, False),
        ("show", NO, False),
        ("hide", NO, True),
        ("show", {"F": None}, False),
        ("hide", {"F": None}, True),
        ("show", {"F": container(Cardinality.MULTIPLE, BaseType.IDENTIFIER, ["no", "yes"])}, True),
    ],
)
def test_feedback_shows_by_its_outcome_and_never_before_there_is_one(mode: str, values: dict[str, Value | None], there: bool) -> None:
    assert ("Well." in shown(item(FEEDBACK.format(mode)), values=values)) is there


def test_feedback_is_a_block_or_stands_in_its_line() -> None:
    inline = '<p>a <qti-feedback-inline outcome-identifier="F" identifier="yes" show-hide="show">b</qti-feedback-inline></p>'

    assert '<div class="qti-feedback"><p>Well.</p></div>' in shown(item(FEEDBACK.format("show")), values=YES)
    assert '<p>a <span class="qti-feedback">b</span></p>' in shown(item(inline), values=YES)


@pytest.mark.parametrize(("mode", "values", "there"), [("show", {}, False), ("hide", {}, True), ("show", YES, True), ("hide", YES, False)])
def test_template_blocks_show_by_their_variable(mode: str, values: dict[str, Value | None], there: bool) -> None:
    block = f'<qti-template-block template-identifier="F" identifier="yes" show-hide="{mode}"><p>Well.</p></qti-template-block>'
    inline = f'<p><qti-template-inline template-identifier="F" identifier="yes" show-hide="{mode}">Well.</qti-template-inline></p>'

    assert ('<div class="qti-template"><p>Well.</p></div>' in shown(item(block), values=values)) is there
    assert ('<p><span class="qti-template">Well.</span></p>' in shown(item(inline), values=values)) is there


def test_a_rubric_block_is_for_its_readers() -> None:
    assert "Two marks" not in shown(sample("extended-text"))
    assert "Two marks" in shown(sample("extended-text"), view="scorer")
    assert "zz" not in shown(item('<qti-rubric-block use="scoring" view=""><p>zz</p></qti-rubric-block>'))


def test_modal_feedback_comes_one_by_one_with_its_title() -> None:
    page = Page(lang="en", prefix="q-", values={"FEEDBACK": single(BaseType.IDENTIFIER, "right")})
    (html,) = modal_feedbacks(sample("end-attempt"), page)

    assert '<h2 id="q-feedback-title" class="qti-title">That is it</h2>' in html
    assert "thirty days" in html
    assert modal_feedbacks(sample("end-attempt"), Page(lang="en")) == ()


def test_drawn_numbers_are_printed_into_the_text() -> None:
    html = shown(sample("template"), values={"RATE": integer(40), "DAYS": integer(12)})

    assert 'uses <span class="qti-printed">40</span> sheets' in html


def test_drawn_numbers_stand_in_mathematics_and_in_lists() -> None:
    declared = '<qti-template-declaration identifier="A" cardinality="single" base-type="integer" math-variable="true"/>'
    math = '<p><math xmlns="http://www.w3.org/1998/Math/MathML"><mi>A</mi><mo>+</mo><mi>B</mi></math></p>'
    choice = (
        '<p><qti-inline-choice-interaction response-identifier="RESPONSE"><qti-inline-choice identifier="X">about '
        '<qti-printed-variable identifier="A"/></qti-inline-choice></qti-inline-choice-interaction></p>'
    )
    html = shown(item(math + choice, head=declared), values={"A": integer(7)})

    assert "<math><mn>7</mn><mo>+</mo><mi>B</mi></math>" in html
    assert '<option value="X">about 7</option>' in html


@pytest.mark.parametrize(
    ("value", "format_", "text"),
    [
        (integer(42), "", "42"),
        (number(2.0), "", "2"),
        (number(2.5), "", "2.5"),
        (integer(42), "%d", "42"),
        (integer(42), "%5d", "   42"),
        (integer(42), "%-5d|", "42   |"),
        (integer(42), "%05d", "00042"),
        (integer(42), "%+d", "+42"),
        (integer(-42), "%05d", "-0042"),
        (integer(42), "%.4d", "0042"),
        (number(2.6), "%d", "3"),
        (integer(255), "%x", "ff"),
        (integer(255), "%#X", "0XFF"),
        (integer(8), "%o", "10"),
        (number(3.14159), "%.2f", "3.14"),
        (number(-3.14159), "%8.2f", "   -3.14"),
        (number(1234.5), "%e", "1.234500e+03"),
        (number(0.00001), "%g", "1e-05"),
        (number(1234.5), "%G", "1234.5"),
        (number(2.0), "%.3r", "2.00"),
        (number(1234.6), "%.3r", "1.23e+03"),
        (integer(42), "%s", "42"),
        (integer(42), "₹%d/-", "₹42/-"),
        (single(BaseType.STRING, "word"), "%d", "word"),
        (number(float("inf")), "%.2f", "inf"),
        (integer(42), "no format", "42"),
        (single(BaseType.BOOLEAN, True), "", "true"),
        (single(BaseType.POINT, Point(1, 2.5)), "", "1 2.5"),
        (single(BaseType.PAIR, Pair("A", "B")), "", "A B"),
    ],
)
def test_numbers_are_written_as_printf_writes_them(value: Value, format_: str, text: str) -> None:
    assert printed(PrintedVariable(identifier="V", format=format_), {"V": value}) == text


@pytest.mark.parametrize(("written", "text"), [("%i", "11111111"), ("%10i", "  11111111"), ("%d", "255")])
def test_only_i_writes_in_another_base(written: str, text: str) -> None:
    assert printed(PrintedVariable(identifier="V", format=written, base=2), {"V": integer(255)}) == text


def test_the_power_form_writes_powers_of_ten() -> None:
    variable = PrintedVariable(identifier="V", format="%.2e", power_form=True)

    assert printed(variable, {"V": number(12345.0)}) == "1.23 × 10⁴"
    assert printed(variable, {"V": number(0.00012)}) == "1.20 × 10⁻⁴"


def test_containers_are_written_with_their_delimiter_or_by_index() -> None:
    values = {"V": container(Cardinality.ORDERED, BaseType.INTEGER, [3, 1, 2]), "N": integer(2)}

    assert printed(PrintedVariable(identifier="V"), values) == "3;1;2"
    assert printed(PrintedVariable(identifier="V", delimiter=", ", format="%02d"), values) == "03, 01, 02"
    assert printed(PrintedVariable(identifier="V", index="1"), values) == "3"
    assert printed(PrintedVariable(identifier="V", index="N"), values) == "1"
    assert [printed(PrintedVariable(identifier="V", index=index), values) for index in ("0", "4", "x")] == ["", "", ""]


def test_records_are_written_field_by_field_or_one_of_them() -> None:
    values = {"V": record({"a": integer(1), "b": None})}

    assert printed(PrintedVariable(identifier="V"), values) == "a=1;b="
    assert printed(PrintedVariable(identifier="V", mapping_indicator=": ", delimiter=" "), values) == "a: 1 b: "
    assert printed(PrintedVariable(identifier="V", field="a", format="%03d"), values) == "001"
    assert printed(PrintedVariable(identifier="V", field="c"), values) == ""


def test_what_has_no_value_prints_nothing() -> None:
    assert printed(PrintedVariable(identifier="V"), {}) == ""
    assert printed(PrintedVariable(identifier="V"), {"V": None}) == ""
