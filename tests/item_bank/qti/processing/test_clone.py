import pytest

from item_bank.qti.processing import Copy, copy_of, score
from item_bank.qti.processing.clone import MAX_RESTARTS
from item_bank.qti.values import Value
from tests.item_bank.qti.processing.items import SCORE, declared, fetch, item, literal, put, wrap
from tests.item_bank.qti.processing.trees import Plain, plain, value

X = declared("template", "X", "integer", "1")
Y = declared("template", "Y", "integer")
R = declared("response", "R", "integer")
DRAW = '<setTemplateValue identifier="X"><randomInteger min="1" max="1000"/></setTemplateValue>'


def set_template(name: str, expression: str) -> str:
    return f'<setTemplateValue identifier="{name}">{expression}</setTemplateValue>'


def one(number: int) -> str:
    return literal("integer", str(number))


def plains(values: Copy) -> dict[str, Plain]:
    return {name: plain(each) for name, each in values.templates.items()}


def test_the_same_seed_draws_the_same_copy() -> None:
    drawing = item(X, DRAW, kind="template")

    assert [plains(copy_of(drawing, seed)) for seed in (1, 2, 3)] == [plains(copy_of(drawing, seed)) for seed in (1, 2, 3)]
    assert len({plain(copy_of(drawing, seed).templates["X"]) for seed in range(20)}) > 15


def test_what_a_seed_draws_never_changes() -> None:
    assert plains(copy_of(item(X, DRAW, kind="template"), 42)) == {"X": 90}


def test_an_item_without_template_processing_has_one_copy() -> None:
    plain_item = item(X + declared("response", "R", "integer", "5"))

    copy = copy_of(plain_item, 7)

    assert copy is copy_of(plain_item, 8)
    assert (plains(copy), plain(copy.corrects["R"])) == ({"X": 1}, 5)


def test_the_key_and_the_defaults_follow_what_was_drawn() -> None:
    rules = (
        f"{DRAW}{set_template('Y', wrap('product', fetch('X'), one(2)))}"
        f"<setCorrectResponse identifier='R'>{fetch('Y')}</setCorrectResponse>"
        f"<setDefaultValue identifier='BONUS'>{fetch('X')}</setDefaultValue>"
    )
    drawing = item(
        X + Y + R + SCORE + declared("outcome", "BONUS", "float"),
        rules,
        kind="template",
        more="<responseProcessing><responseCondition><responseIf>"
        f"<match>{fetch('R')}<correct identifier='R'/></match>{put('SCORE', one(1))}"
        "</responseIf></responseCondition></responseProcessing>",
    )
    copy = copy_of(drawing, 5)
    x = plain(copy.templates["X"])
    assert isinstance(x, int)

    right: dict[str, Value | None] = {"R": value(2 * x)}
    wrong: dict[str, Value | None] = {"R": value(2 * x + 1)}

    assert [score(drawing, given, seed=5).score for given in (right, wrong)] == [1, 0]
    assert plain(score(drawing, right, seed=5).values["BONUS"]) == x


def test_template_conditions_and_exit() -> None:
    rules = (
        f"<templateCondition><templateIf><gt>{fetch('X')}{one(5)}</gt>{set_template('Y', one(1))}</templateIf>"
        f"<templateElseIf><gt>{fetch('X')}{one(0)}</gt>{set_template('Y', one(2))}<exitTemplate/></templateElseIf>"
        f"<templateElse>{set_template('Y', one(3))}</templateElse></templateCondition>{set_template('Y', one(4))}"
    )

    assert plains(copy_of(item(X + Y, rules, kind="template"), 1)) == {"X": 1, "Y": 2}


def test_a_constraint_draws_again_until_it_holds() -> None:
    rules = f"{DRAW}<templateConstraint><gt>{fetch('X')}{one(800)}</gt></templateConstraint>{set_template('Y', one(1))}"
    drawing = item(X + Y, rules, kind="template")

    for seed in range(10):
        drawn = plains(copy_of(drawing, seed))
        assert isinstance(drawn["X"], int)
        assert drawn["X"] > 800
        assert drawn["Y"] == 1


@pytest.mark.parametrize("constraint", [literal("boolean", "false"), "<null/>", "<nonsense/>", f"<gt>{fetch('X')}{one(1000)}</gt>"])
def test_a_constraint_that_never_holds_ends_with_the_defaults_and_goes_on(constraint: str) -> None:
    rules = f"{DRAW}{set_template('Y', one(3))}<templateConstraint>{constraint}</templateConstraint>{set_template('Y', one(9))}"

    assert plains(copy_of(item(X + Y, rules, kind="template"), 1)) == {"X": 1, "Y": 9}
    assert MAX_RESTARTS == 100


def test_template_variables_are_seen_by_response_processing() -> None:
    drawing = item(X + SCORE, DRAW, kind="template", more=f"<responseProcessing>{put('SCORE', fetch('X'))}</responseProcessing>")

    assert score(drawing, {}, seed=3).score == plain(copy_of(drawing, 3).templates["X"])


def test_response_processing_draws_its_own_numbers_and_others_in_the_next_attempt() -> None:
    drawing = item(X + SCORE, DRAW, kind="template", more=wrap("responseProcessing", put("SCORE", '<randomInteger min="1" max="1000"/>')))

    first, again = score(drawing, {}, seed=3).score, score(drawing, {}, seed=3).score
    second = score(drawing, {}, seed=3, before={"numAttempts": value(2)}).score

    assert first == again
    assert len({first, second, plain(copy_of(drawing, 3).templates["X"])}) == 3
