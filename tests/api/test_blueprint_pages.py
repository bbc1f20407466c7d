"""The cell's pages of blueprints and of candidates' own papers: what is typed arrives, counts are live, nothing typed is lost."""

from pathlib import Path

import pytest

from assessment_engine.kernel.ids import BlueprintId
from assessment_engine.services import blueprints, drawn_forms
from assessment_engine.services.engine import Engine
from item_bank.blueprints import Passages, Span
from item_bank.form_sections import Navigation
from tests.api.test_cell_pages import Officer
from tests.builders import an_engine, steer
from tests.services.drawn import Hall, a_hall, form_of_sitting, registered


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return an_engine(tmp_path)


@pytest.fixture
def hall(engine: Engine) -> Hall:
    return a_hall(engine)


@pytest.fixture
def officer(engine: Engine, hall: Hall) -> Officer:
    return Officer(engine, hall.officer.organisation_id)


def a_typed_blueprint(hall: Hall, **fields: str) -> dict[str, object]:
    plain = {"title": "Typed", "title_hi": "शीर्षक", "languages": "en", "title-A": "First", "title_hi-A": "पहला"}
    rows = {"competency-A-1": hall.competencies[0], "difficulty-A-1": "easy", "count-A-1": "3", "level-A-2": "2", "count-A-2": "2"}
    return {**plain, **rows, **{name.replace("__", "-"): value for name, value in fields.items()}}


def test_everything_that_is_typed_arrives_and_comes_back_to_be_changed(engine: Engine, hall: Hall, officer: Officer) -> None:
    typed = a_typed_blueprint(
        hall,
        **{"topic-A-3": "T1", "kind-A-3": "choice", "weight-A-3": "1.5", "seconds_most-A-3": "90", "words_most-A-3": "50"},
        **{"total-A": "9", "mixed-A": "rows", "navigation-A": "linear", "minutes-A": "12.5", "locked-A": "1"},
        passages="whole",
        seconds_least="5",
        words_most="900",
        **{"title-B": "Second", "title_hi-B": "दूसरा", "count-B-2": "1", "marks-B-2": "1"},
    )

    _, url = officer.post("/cell/blueprints/new", typed, "/cell/blueprints/new")

    kept = blueprints.blueprint_of(engine, hall.officer, BlueprintId(url.split("/")[-1].split("?")[0])).kept.blueprint
    first, second = kept.sections
    assert first.counts == (3, 2, 4)
    assert (first.strata[2].wanted.topic, first.strata[2].wanted.seconds, first.strata[2].wanted.words) == (
        "T1",
        Span(most=90),
        Span(most=50),
    )
    assert (first.mixed, first.navigation, first.time_limit_s, first.locked) == (False, Navigation.LINEAR, 750, True)
    assert (second.id, second.counts, str(second.strata[0].wanted.marks)) == ("B", (1,), "1")
    assert (kept.passages, kept.seconds, kept.words) == (Passages.WHOLE, Span(least=300), Span(most=900))
    assert (kept.languages, kept.title_hi) == (("en",), "शीर्षक")

    html = officer.get(url.split("?")[0] + "/edit")
    for field in ('name="minutes-A" type="number" value="12.5"', 'value="1.5"', 'name="title-B" type="text" value="Second"'):
        assert field in html


def test_a_changed_blueprint_stands_in_the_place_of_the_old_one(engine: Engine, hall: Hall, officer: Officer) -> None:
    edit = f"/cell/blueprints/{hall.kept.id}/edit"

    officer.post(edit, a_typed_blueprint(hall, title="Changed"), edit)

    assert [one.blueprint.title for one in blueprints.blueprints(engine, hall.officer)] == ["Changed"]
    html, _ = officer.post(edit, a_typed_blueprint(hall, title="Too late"), edit, status=422)
    assert "Somebody else changed this blueprint meanwhile" in html


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("title_hi", "", "This is needed."),
        ("count-A-1", "", "one of the two"),
        ("weight-A-1", "2", "one of the two"),
        ("topic-A-1", "gone", "Choose one of the list."),
        ("count-A-1", "2.5", "A whole number"),
        ("total-A", "99", "The rows ask for another number"),
        ("title-C", "Empty", "This section has no row yet."),
        ("languages", "", "This is needed."),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_typed_is_lost(
    engine: Engine, hall: Hall, officer: Officer, field: str, value: str, said: str
) -> None:
    html, _ = officer.post("/cell/blueprints/new", {**a_typed_blueprint(hall), field: value}, "/cell/blueprints/new", status=422)

    assert said in html
    assert 'name="title-A" type="text" value="First"' in html
    assert 'name="count-A-2" type="number" inputmode="decimal" value="2"' in html


def test_counts_are_live_also_while_a_row_is_unfinished(hall: Hall, officer: Officer) -> None:
    page = officer.get("/cell/blueprints/new")
    token = page.split('name="csrf-token" content="')[1].split('"')[0]
    typed = {**a_typed_blueprint(hall), "title": "", "topic-A-3": "T1", "count-A-1": "9"}

    counted = officer.client.post("/cell/blueprints/counts", data=typed, headers={"X-CSRF-Token": token}).json()

    assert counted["rows"]["A-1"] == {"text": "8 · 1 missing", "short": True}
    assert counted["rows"]["A-2"] == {"text": "16", "short": False}
    assert counted["rows"]["A-3"]["text"].isdecimal()
    assert counted["said"] == "12 questions asked"


def test_without_script_check_counts_and_another_row_is_a_press(hall: Hall, officer: Officer) -> None:
    checked, _ = officer.post("/cell/blueprints/new", {**a_typed_blueprint(hall), "action": "check"}, "/cell/blueprints/new")
    more, _ = officer.post("/cell/blueprints/new", {**a_typed_blueprint(hall), "action": "add-A"}, "/cell/blueprints/new")

    assert 'data-row="A-1"><span aria-live="polite">8</span>' in checked
    assert 'name="count-A-4"' not in checked
    assert 'name="count-A-4"' in more
    assert 'value="First"' in more


def test_a_form_is_made_from_the_check_and_says_what_it_holds(engine: Engine, hall: Hall, officer: Officer) -> None:
    place = f"/cell/blueprints/{hall.kept.id}"
    assert "The bank has enough for it" in officer.get(place)

    html, url = officer.post(f"{place}/form", {"on": "2026-11-24"}, place)

    assert "/cell/forms/" in url
    for said in ("The form was built.", "Drawn by a blueprint", "Seed it was drawn from", "Choosing", "Expected minutes"):
        assert said in html
    assert "By a blueprint" in officer.get("/cell/forms")


def test_what_is_missing_is_shown_row_by_row_and_no_form_is_made(engine: Engine, hall: Hall, officer: Officer) -> None:
    _, url = officer.post("/cell/blueprints/new", a_typed_blueprint(hall, count__A="", **{"count-A-1": "11"}), "/cell/blueprints/new")
    place = url.split("?")[0]

    html = officer.get(place)
    refused, _ = officer.post(f"{place}/form", {}, place, status=409)

    assert "3 missing" in html
    assert "Make a fixed form" not in html
    assert "Section A, row 1: 3 questions are missing." in refused


def test_a_session_is_drawn_after_a_look_at_the_numbers(engine: Engine, hall: Hall, officer: Officer) -> None:
    places = registered(engine, hall, "One", "Two")
    place = f"/cell/sessions/{hall.session.id}/papers"
    before = officer.get(place)

    after, _ = officer.post(place, {}, place)

    assert "Everybody sits the same form so far" in before
    assert "38 % of candidates" in before
    assert "Each candidate has a paper of their own" in after
    sheet = drawn_forms.sheet(engine, hall.officer, hall.session.id)
    assert sheet.draw is not None
    assert sheet.draw.seed not in after
    for _, sitting_id in places:
        assert sheet.draw.seed not in officer.get(f"/cell/forms/{form_of_sitting(engine, sitting_id).id}")
    assert sheet.papers_sha256 in after
    assert len({form_of_sitting(engine, sitting_id).sha256 for _, sitting_id in places}) == 2
    steer(engine).advance(3 * 86400)
    later = Officer(engine, hall.officer.organisation_id, login="later")
    assert sheet.draw.seed in later.get(place)
    assert "This session is over." in later.post(place, {}, place, status=409)[0]
    assert place in later.get(f"/cell/sessions/{hall.session.id}")


@pytest.mark.parametrize("lang", ["en", "hi"])
def test_the_pages_stand_in_both_languages(engine: Engine, hall: Hall, officer: Officer, lang: str) -> None:
    registered(engine, hall, "One")
    paths = ["/cell/blueprints", "/cell/blueprints/new", f"/cell/blueprints/{hall.kept.id}", f"/cell/blueprints/{hall.kept.id}/edit"]
    paths += [f"/cell/forms/{hall.form.id}", f"/cell/sessions/{hall.session.id}/papers", "/cell/forms"]

    for path in paths:
        assert "<h1>" in officer.get(path, lang)
    drawn_forms.draw(engine, hall.officer, hall.session.id)
    assert "<h1>" in officer.get(paths[5], lang)


def test_another_organisations_blueprints_and_papers_do_not_exist(engine: Engine, hall: Hall) -> None:
    stranger = Officer(engine, login="tara")

    for path in (f"/cell/blueprints/{hall.kept.id}", f"/cell/blueprints/{hall.kept.id}/edit", f"/cell/sessions/{hall.session.id}/papers"):
        stranger.get(path, status=404)
    assert "No blueprint yet" in stranger.get("/cell/blueprints")


def test_a_blueprint_can_be_written_before_anything_is_approved(tmp_path: Path) -> None:
    engine = an_engine(tmp_path)
    officer = Officer(engine)
    typed: dict[str, object] = {
        "title": "Early",
        "title_hi": "जल्दी",
        "languages": "hi",
        "title-A": "A",
        "title_hi-A": "A",
        "count-A-1": "5",
    }

    html, _ = officer.post("/cell/blueprints/new", typed, "/cell/blueprints/new")

    assert "No approved question yet" in officer.get("/cell/blueprints/new")
    assert "5 questions are missing" in html
