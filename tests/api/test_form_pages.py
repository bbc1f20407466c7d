"""The builder of forms and the form of an exam: every setting arrives, what is wrong is said at its field, nothing typed is lost."""

import pytest

from assessment_engine.kernel.ids import FormId, ItemVersionId
from assessment_engine.services.engine import Engine
from item_bank.forms import Form, Navigation, Order
from tests.api.test_cell_pages import Officer
from tests.builders import an_engine
from tests.services.paper import Paper, a_paper


@pytest.fixture(scope="module")  # what is refused changes nothing, so that all may share one bank
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return an_engine(tmp_path_factory.mktemp("forms"))


@pytest.fixture(scope="module")
def paper(engine: Engine) -> Paper:
    return a_paper(engine)


@pytest.fixture(scope="module")
def officer(engine: Engine, paper: Paper) -> Officer:
    return Officer(engine, paper.officer.organisation_id)


def items_of(engine: Engine, paper: Paper) -> tuple[ItemVersionId, ...]:
    with engine.store.read() as tx:
        return tx.forms.get(paper.exam.form_id).items


def a_typed_form(items: tuple[ItemVersionId, ...], **fields: str) -> dict[str, object]:
    titles = {"title": "Kept title", "title_hi": "शीर्षक"}
    parts = {f"{name}-{part}": f"{part} {name}" for part in "ABC" for name in ("title", "title_hi")}
    placed = {f"item-{item}": part for item, part in zip(items, "ABC", strict=False)}
    return {**titles, **parts, **placed, **{name.replace("__", "-"): value for name, value in fields.items()}}


def built(engine: Engine, url: str) -> Form:
    with engine.store.read() as tx:
        return tx.forms.get(FormId(url.split("/")[-1].split("?")[0]))


def test_every_setting_of_a_section_arrives_and_is_shown_in_words(engine: Engine, paper: Paper, officer: Officer) -> None:
    typed = a_typed_form(
        items_of(engine, paper),
        navigation__A="linear",
        item_seconds__A="90",
        minutes__A="20.5",
        to_1__A="C",
        from_1__A="62.5",
        locked__B="1",
        order__B="random",
        if_part__B="A",
        if_percent__B="25",
    )

    html, url = officer.post("/cell/forms/new", typed, "/cell/forms/new")

    first, second, third = built(engine, url).sections
    assert (first.navigation, first.time_limit_s, set(first.item_limits.values())) == (Navigation.LINEAR, 1230, {90})
    assert [branch.document for branch in first.branches] == [{"section": "A", "share_at_least": "0.625", "to": "C"}]
    assert (second.locked, second.order) == (True, Order.RANDOM)
    assert second.precondition is not None
    assert second.precondition.document == {"section": "A", "share_at_least": "0.25"}
    assert not third.guides
    for words in (
        "Forward only",
        "20.5 minutes",
        "90 seconds",
        "62.5 % of the marks of section A",
        "Closed when it is left",
        "An own order",
    ):
        assert words in html


def test_a_question_may_have_its_own_seconds_beside_those_of_its_section(engine: Engine, paper: Paper, officer: Officer) -> None:
    one, two, three, *_ = items_of(engine, paper)
    titles = {"title": "Paced", "title_hi": "समयबद्ध", "title-A": "A", "title_hi-A": "क", "title-B": "B", "title_hi-B": "ख"}
    placed = {f"item-{one}": "A", f"item-{two}": "A", f"item-{three}": "B"}
    ways = {"navigation-A": "linear", "item_seconds-A": "60", "navigation-B": "linear"}
    typed: dict[str, object] = {**titles, **placed, **ways, f"seconds-{two}": "90"}

    html, url = officer.post("/cell/forms/new", typed, "/cell/forms/new")

    first, second = built(engine, url).sections
    assert (first.item_limits, second.item_limits) == ({one: 60, two: 90}, {})
    assert "60–90 seconds" in html
    for wrong, words in (
        ({f"seconds-{three}": "90", "navigation-B": "free"}, "Choose it, or limit the section."),
        ({f"seconds-{two}": "0"}, "A number from 1 to 3600."),
        ({f"item-{two}": ""}, "This question is left out."),
    ):
        html, _ = officer.post("/cell/forms/new", {**typed, **wrong}, "/cell/forms/new", status=422)
        assert words in html
        assert f'name="seconds-{two}"' in html


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"minutes__A": "half"}, "A number from 0.5 to 1440."),
        ({"minutes__B": "0"}, "A number from 0.5 to 1440."),
        ({"item_seconds__A": "1.5", "navigation__A": "linear"}, "A whole number from 1 to 3600."),
        ({"item_seconds__A": "30"}, "Choose it, or limit the section."),
        ({"navigation__A": "sideways"}, "Choose one of the list."),
        ({"order__A": "adaptive"}, "Choose one of the list."),
        ({"if_part__B": "A"}, "A number from 0 to 100."),
        ({"if_percent__B": "50"}, "Choose one of the list."),
        ({"if_part__B": "A", "if_percent__B": "50"}, "Lock that section."),
        ({"if_part__B": "C", "if_percent__B": "50", "locked__C": "1"}, "Choose an earlier section."),
        ({"if_part__B": "D", "if_percent__B": "50"}, "Section D has no question."),
        ({"locked__B": "1", "to_1__B": "A", "from_1__B": "50"}, "would go in a circle"),
        ({"title__D": "Nothing in it"}, "has no question. Give it some"),
        ({"title_hi__A": " "}, "This is needed."),
        ({"title": "x" * 201}, "At most 200 characters."),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(engine: Engine, paper: Paper, officer: Officer, fields: dict[str, str], words: str) -> None:
    html, _ = officer.post("/cell/forms/new", a_typed_form(items_of(engine, paper), **fields), "/cell/forms/new", status=422)

    assert words in html
    assert 'value="शीर्षक"' in html
    assert all(f'value="{value}"' in html for value in fields.values() if value.strip() and value not in ("sideways", "adaptive"))


RULES: dict[str, object] = {
    "code": "S-1",
    "title": "Kept title",
    "title_hi": "छोटी परीक्षा",
    "minutes": "30",
    "pass_percent": "50",
    "cuts": "50, 75",
    "grace": "wait",
    "grace_s": "600",
    "outage": "time_stops",
    "most_stopped": "20",
    "device_change": "invigilator",
    "tools": ["calculator", "rough_work"],
    "full_screen": "1",
    "config_keys": "A" * 64,
    "browser_exam_keys": f"{'b' * 64}\n{'0' * 64}",
    "most_sittings": "3",
    "days_between": "30",
    "needs_level": "2",
    "observable_percent": "80",
    "alarms": "0.1",
    "signals": ["phone"],
    "evidence_days": "30",
    "hearing_days": "14",
    "appeal_days": "45",
}


def test_every_rule_of_delivery_arrives_and_is_shown_in_words(engine: Engine, paper: Paper, officer: Officer) -> None:
    html, _ = officer.post("/cell/exams/new", {**RULES, "form_id": paper.exam.form_id}, "/cell/exams/new")

    with engine.store.read() as tx:
        policy = next(exam for exam in tx.exams.all_of(paper.officer) if exam.code == "S-1").policy
    assert (policy.grace, policy.grace_s, policy.outage, policy.most_stopped_s) == ("wait", 600, "time_stops", 1200)
    assert (policy.device_change, policy.tools, policy.full_screen) == ("invigilator", ("calculator", "rough_work"), True)
    assert (policy.config_keys, policy.browser_exam_keys) == (("a" * 64,), ("b" * 64, "0" * 64))
    assert (policy.most_sittings, policy.days_between, policy.needs_level, policy.evidence_days) == (3, 30, 2, 30)
    assert (policy.hearing_days, policy.appeal_days) == (14, 45)
    for words in (
        "600 seconds",
        "at most 20 minutes",
        "Only an invigilator",
        "Rough-work pad",
        "keys that are let in: 3",
        "At most 3",
        "45 days",
    ):
        assert words in html


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"grace": "grace"}, "With this choice at most 60 seconds."),
        ({"grace": "auto_submit", "grace_s": "5"}, "With this choice at most 0 seconds."),
        ({"grace_s": "ten"}, "A number from 0 to 3600."),
        ({"most_stopped": "9999"}, "A number from 0 to 240."),
        ({"config_keys": "abc"}, "A key has 64 characters"),
        ({"days_between": "-1"}, "A number from 0 to 3650."),
        ({"needs_competency": "cmp_other"}, "Choose one of the list."),
        ({"tools": ["abacus"]}, "Choose one of the list."),
        ({"evidence_days": "0"}, "A number from 1 to 3650."),
        ({"hearing_days": "61"}, "A number from 1 to 60."),
        ({"cuts": "70 50"}, "Up to four growing numbers between 0 and 100"),
    ],
)
def test_a_rule_that_does_not_fit_is_said_at_its_field(
    engine: Engine, paper: Paper, officer: Officer, changes: dict[str, object], words: str
) -> None:
    html, _ = officer.post(
        "/cell/exams/new", {**RULES, **changes, "code": "S-2", "form_id": paper.exam.form_id}, "/cell/exams/new", status=422
    )

    assert words in html
    assert "Kept title" in html
    with engine.store.read() as tx:
        assert "S-2" not in {exam.code for exam in tx.exams.all_of(paper.officer)}


def test_the_paper_itself_is_no_practice(engine: Engine, paper: Paper, officer: Officer) -> None:
    typed = {**RULES, "code": "S-2", "form_id": paper.exam.form_id, "practice_form_id": paper.exam.form_id}

    html, _ = officer.post("/cell/exams/new", typed, "/cell/exams/new", status=422)

    assert "It has a question of the paper itself." in html
