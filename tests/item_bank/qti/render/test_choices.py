"""Choice, hottext, inline choice, and the order in which choices stand."""

import pytest

from item_bank.qti.reader import read_item
from item_bank.qti.values import BaseType, single
from tests.item_bank.items import choice, multiple_choice, qti, response, single_choice
from tests.item_bank.qti.render.html import all_of, choices, chosen, inline_choices, item, one, problems, sample, shown, values_of

MANY = '<qti-response-declaration identifier="RESPONSE" cardinality="multiple" base-type="identifier"/>'
BOXES = "//input[@data-kind='box']"


def boxes(html: str) -> list[str]:
    return all_of(html, f"{BOXES}/@value")


def test_one_answer_is_a_radio_and_several_are_boxes() -> None:
    assert set(all_of(shown(single_choice()), "//input/@type")) == {"radio"}
    assert set(all_of(shown(multiple_choice()), "//input/@type")) == {"checkbox"}


def test_at_most_one_of_several_is_a_box_that_can_be_unticked() -> None:
    html = shown(multiple_choice(max_choices=1))

    assert set(all_of(html, "//input/@type")) == {"checkbox"}
    assert one(html, "//fieldset").get("data-max") == "1"


def test_every_choice_is_labelled_and_says_whose_it_is() -> None:
    html = shown(single_choice())

    assert one(html, "//legend/span[@class='qti-prompt']").text_content() == "Which?"
    assert [label.text_content() for label in all_of(html, "//label")] == ["Option A", "Option B"]
    assert dict(one(html, "//input[@value='A']").attrib) == {
        "type": "radio",
        "name": "q-RESPONSE",
        "value": "A",
        "id": "q-RESPONSE-A",
        "data-response": "RESPONSE",
        "data-cardinality": "single",
        "data-base-type": "identifier",
        "data-kind": "box",
    }


def test_what_was_answered_is_ticked() -> None:
    assert all_of(shown(multiple_choice(), response={"RESPONSE": ["A", "D"]}), "//input[@checked]/@value") == ["A", "D"]
    assert all_of(shown(single_choice(), response="B"), "//input[@checked]/@value") == ["B"]


@pytest.mark.parametrize(
    ("least", "most", "hint", "limits"),
    [
        (0, 1, "Choose one answer.", (None, "1")),
        (0, 0, "Choose all that apply.", (None, None)),
        (0, 2, "Choose at most 2.", (None, "2")),
        (2, 2, "Choose exactly 2.", ("2", "2")),
        (1, 2, "Choose 1 to 2.", ("1", "2")),
        (2, 0, "Choose at least 2.", ("2", None)),
        (0, 3, "Choose all that apply.", (None, "3")),
    ],
)
def test_the_limits_are_said_in_words_and_to_the_script(least: int, most: int, hint: str, limits: tuple[str | None, str | None]) -> None:
    html = shown(item(choice("A", "B", "C", max_choices=most, extra=f'min-choices="{least}"'), responses=MANY))

    assert one(html, "//span[@class='qti-hint']").text_content() == hint
    assert (one(html, "//fieldset").get("data-min"), one(html, "//fieldset").get("data-max")) == limits


def test_hints_are_in_the_language_of_the_page() -> None:
    assert "एक उत्तर चुनिए" in shown(single_choice(), "hi")
    assert "एक उत्तर चुनिए" in shown(single_choice(), "hi-IN")
    assert "Choose one answer" in shown(single_choice(), "ta")


def test_words_in_another_language_than_the_item_say_so() -> None:
    assert one(shown(sample("choice", "hi"), "en"), "//span[@class='qti-hint']").get("lang") == "en"
    assert one(shown(sample("choice", "hi"), "hi"), "//span[@class='qti-hint']").get("lang") is None


def test_the_shared_vocabulary_passes_and_the_orientation_joins_it() -> None:
    html = shown(item(choice("A", extra='class="qti-labels-none qti-choices-stacking-2 mine" orientation="horizontal"')))

    assert one(html, "//fieldset").get("class").split() == [
        "qti-interaction",
        "qti-choice",
        "qti-orientation-horizontal",
        "qti-labels-none",
        "qti-choices-stacking-2",
    ]


def test_the_messages_of_authors_for_candidates_pass() -> None:
    html = shown(item(choice("A", extra='data-max-selections-message="Only one, please"')))

    assert one(html, "//fieldset").get("data-max-selections-message") == "Only one, please"


def test_paragraphs_in_choices_become_lines_and_tables_stay_tables() -> None:
    html = shown(item(choices("<p>One</p><p>Two</p>", "<table><tr><td>T</td></tr></table>")))

    assert [line.text_content() for line in all_of(html, "//label[1]/span[@class='qti-line']")] == ["One", "Two"]
    assert one(html, "//label//td").text_content() == "T"


def test_a_prompt_with_a_table_stands_before_the_choices_and_names_them() -> None:
    html = shown(item(choices("a", prompt="<p>Look:</p><table><tr><td>T</td></tr></table>")))

    assert one(html, "//fieldset").get("aria-labelledby") == one(html, "//div[@class='qti-prompt']").get("id")
    assert all_of(html, "//legend") == []
    assert problems(html) == []


def test_a_choice_with_a_field_of_its_own_is_named_by_its_words() -> None:
    other = '<qti-response-declaration identifier="OTHER" cardinality="single" base-type="string"/>'
    html = shown(item(choices('Other: <qti-text-entry-interaction response-identifier="OTHER"/>'), head=other))

    assert one(html, "//input[@value='A']").get("aria-labelledby") == one(html, "//div[@class='qti-option-words']").get("id")
    assert all_of(html, "//label") == []
    assert problems(html) == []


def test_a_choice_that_is_a_formula_is_named_by_it_in_one_line() -> None:
    html = shown(sample("mathml"))

    assert one(html, "//input[@value='A']").get("aria-label") == "A=P×(R×T)/100"
    assert len(all_of(html, "//label//math")) == 3


def test_an_empty_choice_has_a_name() -> None:
    html = shown(
        item('<qti-choice-interaction response-identifier="RESPONSE"><qti-simple-choice identifier="A"/></qti-choice-interaction>')
    )

    assert one(html, "//label").text_content() == "Choice 1"


def test_a_choice_is_left_out_while_its_template_variable_says_so() -> None:
    options = (
        '<qti-simple-choice identifier="A" template-identifier="T" show-hide="show">a</qti-simple-choice>'
        '<qti-simple-choice identifier="T" template-identifier="T" show-hide="hide">t</qti-simple-choice>'
        '<qti-simple-choice identifier="C">c</qti-simple-choice>'
    )
    one_item = item(f'<qti-choice-interaction response-identifier="RESPONSE">{options}</qti-choice-interaction>')

    assert boxes(shown(one_item, values={"T": single(BaseType.IDENTIFIER, "A")})) == ["A", "T", "C"]
    assert boxes(shown(one_item, values={"T": single(BaseType.IDENTIFIER, "T")})) == ["C"]
    assert boxes(shown(one_item)) == ["T", "C"]


def test_a_locked_page_shows_what_was_answered_and_takes_nothing() -> None:
    html = shown(single_choice(), response="B", locked=True)

    assert all_of(html, "//input[@checked]/@value") == ["B"]
    assert all_of(html, "//input[not(@disabled)]") == []


# — order


def test_shuffled_choices_keep_the_fixed_ones_and_their_order_per_seed() -> None:
    options = "".join(f'<qti-simple-choice identifier="{name}">{name}</qti-simple-choice>' for name in "ABCDEFG")
    fixed = '<qti-simple-choice identifier="Z" fixed="true">None of these</qti-simple-choice>'
    start = '<qti-choice-interaction response-identifier="RESPONSE" max-choices="1" shuffle="true">'
    one_item = read_item(qti(responses=response("identifier", "A"), body=f"{start}{options}{fixed}</qti-choice-interaction>"))

    orders = {seed: boxes(shown(one_item, order_seed=seed)) for seed in ("s1", "s2", "")}

    assert all(sorted(order) == list("ABCDEFGZ") and order[-1] == "Z" for order in orders.values())
    assert orders["s1"] != orders["s2"]
    assert orders["s1"] == boxes(shown(one_item, order_seed="s1"))
    assert orders[""] == list("ABCDEFGZ")


def test_a_choice_fixed_in_the_middle_stays_there() -> None:
    options = "".join(
        f'<qti-simple-choice identifier="{name}" fixed="{str(name == "C").lower()}">{name}</qti-simple-choice>' for name in "ABCDE"
    )
    one_item = item(f'<qti-choice-interaction response-identifier="RESPONSE" shuffle="true">{options}</qti-choice-interaction>')

    assert {boxes(shown(one_item, order_seed=f"s{seed}"))[2] for seed in range(20)} == {"C"}


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("inline-choice", "//select[@data-response='HOUSE']/option[@value != '']/@value"),
        ("order", "//li/@data-choice"),
        ("associate", "//select[@data-row='1'][@data-part='first']/option[@value != '']/@value"),
        ("match", "//tbody//th/@data-choice"),
        ("gap-match", "//li/@data-choice"),
    ],
)
def test_every_kind_that_shuffles_is_shuffled_by_the_seed(kind: str, path: str) -> None:
    orders = {tuple(all_of(shown(sample(kind), order_seed=f"s{seed}"), path)) for seed in range(12)}

    assert len(orders) > 1
    assert len({tuple(sorted(order)) for order in orders}) == 1


def test_the_columns_of_a_match_are_shuffled_too_and_the_fixed_one_stays_last() -> None:
    orders = {tuple(all_of(shown(sample("match"), order_seed=f"s{seed}"), "//thead//th/@data-choice")) for seed in range(12)}

    assert len(orders) > 1
    assert {order[-1] for order in orders} == {"A356"}


# — in the text


def test_an_inline_choice_is_a_named_list_in_its_sentence() -> None:
    html = shown(sample("inline-choice"), response={"HOUSE": "C", "CONSENT": None})
    first, second = all_of(html, "//p//select")

    assert values_of(first) == ["", "A", "B", "C"]
    assert (chosen(first), chosen(second)) == ("C", "")
    assert (first.get("aria-label"), second.get("aria-label")) == ("Answer 1", "Answer 2")


def test_the_first_entry_of_an_inline_choice_is_the_authors_where_there_is_one() -> None:
    assert all_of(shown(item(inline_choices("a", extra='data-prompt="Pick a House"'))), "//option/text()") == ["Pick a House", "a"]


def test_mathematics_in_a_list_is_written_in_one_line() -> None:
    half = "<mfrac><mrow><mi>a</mi><mo>+</mo><mn>1</mn></mrow><mn>2</mn></mfrac>"
    math = f'<math xmlns="http://www.w3.org/1998/Math/MathML">{half}<msup><mi>x</mi><mn>2</mn></msup></math>'

    assert all_of(shown(item(inline_choices(math))), "//option/text()") == ["Choose …", "(a+1)/2x^2"]


def test_hottexts_are_boxes_in_their_sentence() -> None:
    html = shown(sample("hottext"), response="C")

    assert all_of(html, "//p//input/@value") == ["A", "B", "C", "D"]
    assert all_of(html, "//input[@checked]/@value") == ["C"]
    assert one(html, "//label[@for='q-RESPONSE-C']").text_content() == "dissolved every five years"
    assert set(all_of(html, "//input/@type")) == {"radio"}


def test_a_hottext_outside_of_its_interaction_is_words() -> None:
    assert "<p>a b</p>" in shown(item('<p>a <qti-hottext identifier="A">b</qti-hottext></p>'))
