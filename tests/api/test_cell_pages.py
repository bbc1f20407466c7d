"""The cell's pages over the real app and database: from files to a published batch, by forms alone."""

import csv
import io
import re
from urllib.parse import unquote

import pytest

from api.app import create_app
from assessment_engine.demo.content import demo_exam
from assessment_engine.people import Actor, OrganisationKind, Role
from assessment_engine.services.engine import Engine
from assessment_engine.services.people import NewPerson, add_organisation, add_person
from assessment_engine.services.results import batches, draft_batch
from assessment_engine.services.scoring import score_sitting
from tests.api.client import TestClient
from tests.builders import a_person
from tests.services.packages import PICTURE, a_broken_item, an_item, zipped
from tests.services.paper import Paper, a_key, a_paper, a_sealed_sitting

PASSWORD = "a long password"


class Officer:
    """A cell officer at a browser: gets pages, fills in their forms."""

    def __init__(self, engine: Engine, organisation_id: str | None = None, login: str = "kavita", role: Role = Role.CELL_OFFICER) -> None:
        home = organisation_id or add_organisation(engine, OrganisationKind.AGENCY, "Agency", "एजेंसी").id
        self.person = add_person(engine, home, NewPerson(login=login, name=login.title(), password=PASSWORD, roles=(role,)))  # type: ignore[arg-type]
        self.client = TestClient(create_app(engine), headers={"sec-fetch-site": "same-origin"})
        self.client.post("/login", data={"login": login, "password": PASSWORD})

    def get(self, path: str, lang: str = "en", status: int = 200) -> str:
        answer = self.client.get(path, params=None if "?" in path else {"lang": lang})
        assert answer.status_code == status, answer.text[:500]
        return str(answer.text)

    def post(self, path: str, data: dict[str, object], page: str, status: int = 200, **more: object) -> tuple[str, str]:
        csrf = re.search(r'name="csrf-token" content="([^"]+)"', self.get(page))
        assert csrf is not None
        answer = self.client.post(path, data={**data, "_csrf": csrf[1]}, **more)
        assert answer.status_code == status, answer.text[:800]
        return str(answer.text), str(answer.url)


EMPTY = (
    "/cell",
    "/cell/items",
    "/cell/items/import",
    "/cell/items/imports",
    "/cell/forms",
    "/cell/forms/new",
    "/cell/exams",
    "/cell/exams/new",
    "/cell/sessions",
    "/cell/sessions/new",
    "/cell/results",
)


@pytest.mark.parametrize("lang", ["en", "hi"])
@pytest.mark.parametrize("path", EMPTY)
def test_every_page_teaches_the_next_step_when_there_is_nothing_yet(engine: Engine, path: str, lang: str) -> None:
    html = Officer(engine).get(path, lang)

    assert "<h1>" in html


@pytest.mark.parametrize("lang", ["en", "hi"])
def test_every_page_shows_what_there_is(engine: Engine, lang: str) -> None:
    paper = a_paper(engine)
    _, sitting_id = a_sealed_sitting(engine, paper, a_key(engine, paper))
    score_sitting(engine, sitting_id)
    batch = draft_batch(engine, paper.officer, paper.session.id)
    officer = Officer(engine, paper.officer.organisation_id)
    with engine.store.read() as tx:
        form = tx.forms.get(paper.exam.form_id)

    for path in (
        *EMPTY,
        f"/cell/forms/{form.id}",
        f"/cell/items/{form.items[0]}",
        f"/cell/sessions/{paper.session.id}",
        f"/cell/results/{batch.id}",
    ):
        assert "<h1>" in officer.get(path, lang)


def test_an_item_is_shown_in_both_languages_without_its_key(engine: Engine) -> None:
    paper = a_paper(engine)
    officer = Officer(engine, paper.officer.organisation_id)
    with engine.store.read() as tx:
        first = tx.forms.get(paper.exam.form_id).items[0]

    english, hindi = (officer.get(f"/cell/items/{first}?show={lang}") for lang in ("en", "hi"))

    assert "Which Article of the Constitution" in english
    assert "भारत के संविधान का कौन-सा अनुच्छेद" in hindi
    assert "correct" not in english.lower()


def test_files_become_drafts(engine: Engine) -> None:
    officer = Officer(engine)
    item = demo_exam().sections[0].items[0]
    files = [("files", (f"{lang}.xml", xml, "text/xml")) for lang, xml in item.variants.items()]

    html, url = officer.post("/cell/items/import", {"new_bank": "Bank"}, "/cell/items/import", files=files)
    assert "/cell/items/imports/run_" in url
    assert "1 item was imported as a draft." in html
    assert re.findall(r'name="chosen" value="itv_[^"]+"', officer.get("/cell/items?state=draft")) != []


def test_a_bad_file_is_refused_with_its_name_line_and_element(engine: Engine) -> None:
    officer = Officer(engine)
    files = [("files", ("bad.xml", b"<item xmlns='urn:x'/>", "text/xml"))]

    html, _ = officer.post("/cell/items/import", {"new_bank": "Bank"}, "/cell/items/import", files=files)

    assert ">bad.xml<" in html
    assert "Nothing was changed" in html
    assert "not_qti" in html


def test_the_cell_builds_a_form_defines_an_exam_schedules_and_registers_by_forms_alone(engine: Engine) -> None:
    paper = a_paper(engine)
    officer = Officer(engine, paper.officer.organisation_id)
    candidate = a_person(engine, paper.officer.organisation_id)
    with engine.store.read() as tx:
        chosen = tx.forms.get(paper.exam.form_id).items[:3]

    titles = {"title": "Short", "title_hi": "छोटा", "title-A": "One", "title_hi-A": "एक"}
    _, url = officer.post("/cell/forms/new", {**titles, **{f"item-{item}": "A" for item in chosen}}, "/cell/forms/new")
    form_id = url.split("/")[-1].split("?")[0]
    rules = {
        "minutes": "30",
        "pass_percent": "50",
        "observable_percent": "80",
        "alarms": "0.1",
        "outage": "time_runs_on",
        "cuts": "50, 75",
        "signals": ["phone"],
    }
    about = {"code": "S-1", "title": "Short exam", "title_hi": "छोटी परीक्षा", "form_id": form_id}
    officer.post("/cell/exams/new", {**about, **rules, "signals": ["phone"]}, "/cell/exams/new")
    exam = next(exam for exam in _exams(engine, paper) if exam.code == "S-1")
    when = {"opens_at": "2026-11-23T09:00", "closes_at": "2026-11-24T09:00"}
    _, url = officer.post("/cell/sessions/new", {"exam_id": exam.id, "title": "Noon", **when}, "/cell/sessions/new")
    session_page = url.split("?")[0].removeprefix("http://testserver")
    html, _ = officer.post(f"{session_page}/register", {"login": _login(engine, candidate), "seat": "=B2"}, session_page)

    assert [str(cut) for cut in exam.policy.cut_scores["*"]] == ["0.5", "0.75"]
    assert (exam.duration_s, str(exam.policy.pass_share), exam.policy.signals) == (1800, "0.5", ("phone",))
    assert "Asha Rao" in html
    rows = list(csv.reader(io.StringIO(officer.get(f"{session_page}/seats.csv").removeprefix("\ufeff"))))
    assert rows[1][:2] == ["'=B2", "Asha Rao"]


def _login(engine: Engine, person: Actor) -> str:
    with engine.store.read() as tx:
        return tx.people.get(person.person_id).login


def _exams(engine: Engine, paper: Paper):  # type: ignore[no-untyped-def]
    with engine.store.read() as tx:
        return tx.exams.all_of(paper.officer)


@pytest.mark.parametrize(
    "changes", [{"minutes": "x"}, {"cuts": "70 50"}, {"cuts": "most"}, {"pass_percent": "140"}, {"outage": "never"}, {"code": ""}]
)
def test_an_exam_that_does_not_fit_is_said_beside_the_form_with_nothing_lost(engine: Engine, changes: dict[str, str]) -> None:
    paper = a_paper(engine)
    officer = Officer(engine, paper.officer.organisation_id)
    rules = {"minutes": "30", "pass_percent": "50", "observable_percent": "80", "alarms": "0.1", "outage": "time_runs_on", "cuts": "50, 75"}
    about = {"code": "S-1", "title": "Kept title", "title_hi": "छोटी परीक्षा", "form_id": paper.exam.form_id}

    html, _ = officer.post("/cell/exams/new", {**about, **rules, **changes}, "/cell/exams/new", status=422)

    assert "That does not fit yet" in html
    assert "Kept title" in html


def test_two_officers_publish_in_the_browser_and_one_cannot(engine: Engine) -> None:
    paper = a_paper(engine)
    _, sitting_id = a_sealed_sitting(engine, paper, a_key(engine, paper))
    score_sitting(engine, sitting_id)
    first = Officer(engine, paper.officer.organisation_id)
    second = Officer(engine, paper.officer.organisation_id, login="joseph")

    html, url = first.post("/cell/results/draft", {"session_id": paper.session.id}, "/cell/results")
    path = unquote(url.split("?")[0].removeprefix("http://testserver"))
    wrong, _ = first.post(f"{path}/approve", {"password": "not mine at all"}, path, status=422)
    once, _ = first.post(f"{path}/approve", {"password": PASSWORD}, path)
    again, _ = first.post(f"{path}/approve", {"password": PASSWORD}, path, status=422)
    dialog = second.get(path)
    published, _ = second.post(f"{path}/approve", {"password": PASSWORD}, path)

    assert "The password was wrong" in wrong
    assert "Approve these results?" in html
    assert "A second officer is needed now" in once
    assert "Somebody else must give the second approval" in again
    assert "Publish these results?" in dialog
    assert "Certificates follow" in dialog or "A certificate follows" in dialog
    assert "The results are published" in published
    assert [str(sheet.batch.state) for sheet in batches(engine, paper.officer)] == ["published"]


def test_whoever_stole_an_officers_session_cannot_guess_the_password_at_the_approval(engine: Engine) -> None:
    paper = a_paper(engine)
    _, sitting_id = a_sealed_sitting(engine, paper, {})
    score_sitting(engine, sitting_id)
    path = f"/cell/results/{draft_batch(engine, paper.officer, paper.session.id).id}"
    thief = Officer(engine, paper.officer.organisation_id)

    for number in range(10):
        thief.post(f"{path}/approve", {"password": f"guess {number}"}, path, status=422)
    html, _ = thief.post(f"{path}/approve", {"password": PASSWORD}, path, status=422)

    assert "Too many tries" in html
    assert [len(sheet.approvals) for sheet in batches(engine, paper.officer)] == [0]


def test_another_organisation_finds_none_of_it(engine: Engine) -> None:
    paper = a_paper(engine)
    _, sitting_id = a_sealed_sitting(engine, paper, {})
    score_sitting(engine, sitting_id)
    batch = draft_batch(engine, paper.officer, paper.session.id)
    stranger = Officer(engine)
    with engine.store.read() as tx:
        item = tx.forms.get(paper.exam.form_id).items[0]

    for path in (
        f"/cell/items/{item}",
        f"/cell/forms/{paper.exam.form_id}",
        f"/cell/sessions/{paper.session.id}",
        f"/cell/results/{batch.id}",
    ):
        stranger.get(path, status=404)
    for path in (f"/cell/sessions/{paper.session.id}/seats.csv", f"/cell/results/{batch.id}/lines.csv"):
        stranger.get(path, status=404)
    for path in ("/cell/items", "/cell/forms", "/cell/exams", "/cell/sessions", "/cell/results", "/cell"):
        html = stranger.get(path)
        assert "Public service foundations" not in html
        assert "equality" not in html


@pytest.mark.parametrize("role", [Role.CANDIDATE, Role.INVIGILATOR, Role.GRIEVANCE_OFFICER])
def test_the_cells_pages_are_the_cells_only(engine: Engine, role: Role) -> None:
    other = Officer(engine, role=role)

    for path in EMPTY:
        other.get(path, status=403)


def test_a_package_is_checked_without_a_change_and_then_imported_with_a_report(engine: Engine) -> None:
    officer = Officer(engine)
    essay = an_item("essay", best=' external-scored="human" normal-maximum="5"')
    package = zipped({"one.xml": an_item(body='<p><img src="a.png" alt="A dot"/></p>'), "a.png": PICTURE, "essay.xml": essay})
    files = [("files", ("package.zip", package, "application/zip"))]
    asked: dict[str, object] = {"new_bank": "Bank", "reading": "strict"}

    checked, _ = officer.post("/cell/items/import", {**asked, "check_only": "true"}, "/cell/items/import", files=files)
    before = officer.get("/cell/items")
    done, _ = officer.post("/cell/items/import", asked, "/cell/items/import", files=files)

    assert "2 items can be imported." in checked
    assert "No item yet" in before
    assert "2 items were imported as drafts." in done
    for html in (checked, done):
        assert "needs_human_scoring" in html
        assert ">essay.xml<" in html


def test_what_strict_import_refuses_lenient_import_keeps_as_a_draft(engine: Engine) -> None:
    officer = Officer(engine)
    files = [("files", ("broken.xml", a_broken_item(), "text/xml"))]

    refused, _ = officer.post("/cell/items/import", {"new_bank": "Bank"}, "/cell/items/import", files=files)
    kept, _ = officer.post("/cell/items/import", {"new_bank": "Bank", "reading": "lenient"}, "/cell/items/import", files=files)

    assert "This cannot be imported as it is" in refused
    assert "1 item was imported as a draft." in kept
    for html in (refused, kept):
        assert ">broken.xml<" in html
        assert ">blink<" in html


def test_a_report_is_there_in_hindi_too(engine: Engine) -> None:
    officer = Officer(engine)
    officer.get("/cell/items?lang=hi")
    files = [("files", ("broken.xml", a_broken_item(), "text/xml"))]

    html, _ = officer.post("/cell/items/import", {"new_bank": "Bank"}, "/cell/items/import?lang=hi", files=files)

    assert "यह इस रूप में नहीं लाया जा सकता" in html


@pytest.mark.parametrize("files", [[("a.zip", b"PK\x03\x04"), ("b.xml", b"<x/>")], [("a.xml", b"<x/>"), ("a.xml", b"<y/>")], []])
def test_files_that_do_not_go_together_are_said_beside_the_form(engine: Engine, files: list[tuple[str, bytes]]) -> None:
    sent = [("files", (name, data, "text/xml")) for name, data in files]

    html, _ = Officer(engine).post("/cell/items/import", {"new_bank": "Bank"}, "/cell/items/import", files=sent or None, status=422)

    assert "That does not fit yet" in html


def test_a_package_that_is_too_large_for_the_page_is_said_with_the_limit(engine: Engine) -> None:
    officer = Officer(engine)
    files = [("files", ("large.zip", b"PK\x03\x04" + b"\0" * 16 * 1024 * 1024, "application/zip"))]

    html, _ = officer.post("/cell/items/import", {"new_bank": "Bank"}, "/cell/items/import", files=files, status=413)

    assert "16 MiB" in html
