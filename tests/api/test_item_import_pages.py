"""Imports on the cell's pages: every format, found again, as JSON, taken further and taken back."""

import json
import random
import re

import pytest

from api.app import create_app
from api.pages import item_exports
from assessment_engine.kernel.ids import ImportId
from assessment_engine.people import Actor, Role
from assessment_engine.services import import_runs
from assessment_engine.services.engine import Engine
from assessment_engine.services.import_sources import from_files
from assessment_engine.services.item_exports import FORMS
from assessment_engine.services.item_imports import ImportRules, import_package
from item_bank.formats import FORMATS, template_as
from tests.api.browsers import Browser, a_browser
from tests.builders import GENERAL, a_person, an_organisation, approved, stored, told
from tests.services.packages import a_broken_item, an_item, zipped
from workers import jobs


@pytest.fixture
def officer(engine: Engine) -> Actor:
    return a_person(engine, an_organisation(engine), Role.CELL_OFFICER)


@pytest.fixture
def browser(engine: Engine, officer: Actor) -> Browser:
    return a_browser(create_app(engine), engine, officer)


def send(browser: Browser, name: str, data: bytes, **asked: str) -> tuple[str, str]:
    """Choose one file on the page; returns the page that follows and its address."""
    files = {"files": (name, data, "application/octet-stream")}
    answer = browser.client.post("/cell/items/import?lang=en", data={"_csrf": browser.csrf, "new_bank": "Bank", **asked}, files=files)
    assert answer.status_code == 200, answer.text[:500]
    return answer.text, answer.url.path


CHOICE = "type,question,correct,option_1,option_2,lang\nchoice,Which?,A,One,Two,en\n"


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_a_file_of_every_format_comes_in_and_goes_out_on_the_page(browser: Browser, form: str) -> None:
    question = FORMATS["csv"].read(CHOICE.encode(), "a.csv").questions
    data = FORMATS[form].write(question).data

    html, _ = send(browser, f"questions{FORMATS[form].ending}", data)
    version_id = re.search(r'href="/cell/items/(itv_\w+)"', html)
    assert "1 item was imported as a draft." in html
    assert version_id is not None

    looked = browser.get(f"/cell/items/export?lang=en&chosen={version_id[1]}&form={form}")
    assert f"As {FORMS[form].title}" in looked.text
    out = browser.send("/cell/items/export/package", chosen=version_id[1], form=form)
    assert out.headers["content-disposition"] == f'attachment; filename="items-{form}{FORMATS[form].ending}"'
    assert len(FORMATS[form].read(out.content, "again").questions) == 1


def test_the_page_takes_and_names_every_format(browser: Browser) -> None:
    html = browser.get("/cell/items/import?lang=en").text

    accepted = re.search(r'accept="([^"]+)"', html)
    assert accepted is not None
    assert {form.ending for form in FORMATS.values()} | {".zip"} <= set(accepted[1].split(","))
    for name, form in FORMATS.items():
        assert f'<option value="{name}">{form.title}</option>' in html


def test_a_format_that_the_name_does_not_tell_is_said(browser: Browser) -> None:
    html, _ = send(browser, "questions.dat", b"::T::Q {T}", form="gift", lang="hi")

    assert "1 item was imported as a draft." in html
    assert ">HI<" in html


@pytest.mark.parametrize(("form", "start"), [("csv", b"\xef\xbb\xbfid,"), ("xlsx", b"PK")])
def test_the_template_is_given_and_comes_back_whole(browser: Browser, form: str, start: bytes) -> None:
    answer = browser.get(f"/cell/items/import/template.{form}")

    assert answer.content == template_as(form)
    assert answer.content.startswith(start)
    html, _ = send(browser, f"questions.{form}", answer.content)
    assert "7 items were imported as drafts." in html


def test_a_report_is_json_too(browser: Browser) -> None:
    _, path = send(browser, "p.zip", zipped({"one.xml": an_item(), "broken.xml": a_broken_item()}))

    answer = browser.get(f"{path}.json")

    said = json.loads(answer.content)
    assert (said["ended"], said["report"]["refused"], said["report"]["imported"]) == (True, True, 0)
    assert "unknown_element" in {problem["code"] for problem in said["report"]["problems"]}


def test_what_was_checked_is_imported_with_one_press(browser: Browser) -> None:
    html, path = send(browser, "p.zip", zipped({"one.xml": an_item()}), check_only="true")
    assert "1 item can be imported." in html

    answer = browser.client.post(f"{path}/import", data={"_csrf": browser.csrf, "new_bank": "Bank", "reading": "strict"})

    assert "1 item was imported as a draft." in answer.text


def test_a_subject_is_given_to_what_says_none_also_after_a_check(engine: Engine, officer: Actor, browser: Browser) -> None:
    rows = b"id,type,question,correct,subject\na,truefalse,Is it so?,true,Law\nb,truefalse,Is it not so?,true,\n"
    _, path = send(browser, "q.csv", rows, check_only="true", subject="Finance")

    browser.client.post(f"{path}/import", data={"_csrf": browser.csrf, "new_bank": "Bank", "reading": "strict"})

    assert {version.identifier: version.facts.subject for version in stored(engine, officer)} == {"a": "Law", "b": "Finance"}


def test_a_long_import_is_shown_while_it_runs_and_found_in_the_list(engine: Engine, browser: Browser) -> None:
    noise = random.Random(1).randbytes(import_runs.SMALL_BYTES * 2)
    html, path = send(browser, "p.zip", zipped({"one.xml": an_item(), "noise.bin": noise}))
    assert "You can leave this page" in html
    assert "<progress" in html
    assert json.loads(browser.get(f"{path}.json").content)["ended"] is False
    assert "Running" in browser.get("/cell/items/imports?lang=en").text

    assert jobs.do(engine, told(engine)[0])

    assert "1 item was imported as a draft." in browser.get(f"{path}?lang=en").text
    listed = browser.get("/cell/items/imports?lang=en").text
    assert f'href="{path}"' in listed
    assert "Imported" in listed


def test_an_import_is_withdrawn_after_a_look(browser: Browser) -> None:
    _, path = send(browser, "p.zip", zipped({"one.xml": an_item(), "two.xml": an_item("two")}))

    looked = browser.get(f"{path}/withdraw?lang=en").text
    assert "Items that leave the bank" in looked
    answer = browser.send(f"{path}/withdraw")

    assert answer.headers["location"] == f"{path}?done=withdrawn"
    assert "This import was withdrawn" in browser.get(f"{path}?lang=en").text
    assert browser.get(f"{path}/withdraw").status_code == 303
    assert "Title of one" not in browser.get("/cell/items?lang=en").text


def test_an_import_in_use_says_what_of_it(engine: Engine, officer: Actor, browser: Browser) -> None:
    report = import_package(engine, officer, from_files({"one.xml": an_item()}), ImportRules(new_bank="Bank", facts=GENERAL))
    assert report.items[0].version_id is not None
    approved(engine, officer, report.items[0].version_id)
    (run,) = import_runs.runs(engine, officer)

    answer = browser.send(f"/cell/items/imports/{run.id}/withdraw?lang=en")

    assert answer.status_code == 409
    assert "It is too late to withdraw it as a whole" in answer.text
    assert ">one<" in answer.text


def test_another_organisations_import_is_not_there(engine: Engine, browser: Browser) -> None:
    _, path = send(browser, "p.zip", zipped({"one.xml": an_item()}))
    stranger = a_browser(create_app(engine), engine, a_person(engine, an_organisation(engine), Role.CELL_OFFICER))

    for address in (path, f"{path}.json", f"{path}/withdraw"):
        assert stranger.get(address).status_code == 404
    assert stranger.send(f"{path}/withdraw").status_code == 404


@pytest.mark.parametrize("dry_run", ["", "true"])
def test_the_language_of_the_address_goes_along_with_the_import(browser: Browser, dry_run: str) -> None:
    files = {"files": ("one.xml", an_item(), "application/xml")}
    asked = {"_csrf": browser.csrf, "new_bank": "Bank", "check_only": dry_run or "false"}

    answer = browser.client.post("/cell/items/import?lang=hi", data=asked, files=files)

    assert answer.url.params["lang"] == "hi"
    assert '<html lang="hi"' in answer.text


# — a whole list


def test_a_whole_list_is_exported_in_the_background_and_found_again(
    engine: Engine, officer: Actor, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(item_exports, "MAX_ITEMS", 2)
    send(browser, "p.zip", zipped({f"{name}.xml": an_item(name) for name in ("one", "two", "other")}))
    assert "No whole list was exported yet" in browser.get("/cell/items/exports?lang=en").text

    offered = browser.send("/cell/items/export?lang=en", every="?q=o&form=x").text
    assert "3 items fit the filter." in offered
    assert 'name="every" value="?q=o&amp;form=x"' in offered
    path = browser.send("/cell/items/exports?lang=hi", every="?q=o", form="csv").headers["location"]
    assert path.endswith("?lang=hi")
    path = path.partition("?")[0]
    assert "You can leave this page" in browser.get(f"{path}?lang=en").text
    assert json.loads(browser.get(f"{path}.json").content)["ended"] is False
    assert browser.send(f"{path}/file").status_code == 404
    assert "Running" in browser.get("/cell/items/exports?lang=en").text

    assert jobs.do(engine, told(engine)[-1])

    assert "3 items are written." in browser.get(f"{path}?lang=en").text
    assert f'href="{path}"' in browser.get("/cell/items/exports?lang=en").text
    assert json.loads(browser.get(f"{path}.json").content)["exported"] == 3
    file = browser.send(f"{path}/file")
    assert file.headers["content-disposition"] == 'attachment; filename="items-csv.csv"'
    assert {question.name for question in FORMATS["csv"].read(file.content, "a.csv").questions} == {"one", "two", "other"}
    assert path.rpartition("/")[2] not in browser.get("/cell/items/imports").text


def test_another_organisations_export_is_not_there(engine: Engine, browser: Browser) -> None:
    send(browser, "p.zip", zipped({"one.xml": an_item()}))
    path = browser.send("/cell/items/exports", every="?q=", form="qti3").headers["location"]
    assert jobs.do(engine, told(engine)[-1])
    stranger = a_browser(create_app(engine), engine, a_person(engine, an_organisation(engine), Role.CELL_OFFICER))

    assert browser.get(path).status_code == 200
    assert [stranger.get(address).status_code for address in (path, f"{path}.json")] == [404, 404]
    assert stranger.send(f"{path}/file").status_code == 404


@pytest.mark.parametrize(
    ("lang", "words"), [("en", ("No file was chosen", "Choose at least one.")), ("hi", ("कोई फ़ाइल नहीं चुनी गई", "कम से कम एक चुनिए।"))]
)
def test_why_files_are_refused_is_said_in_the_readers_language(browser: Browser, lang: str, words: tuple[str, str]) -> None:
    answer = browser.client.post(
        f"/cell/items/import?lang={lang}", data={"_csrf": browser.csrf, "new_bank": "Bank"}, follow_redirects=False
    )

    assert answer.status_code == 422
    assert all(each in answer.text for each in words)
    assert "choose at least one file" not in answer.text


def test_why_an_import_broke_off_is_said_in_both_languages_and_has_a_code(engine: Engine, browser: Browser) -> None:
    noise = random.Random(1).randbytes(import_runs.SMALL_BYTES * 2)
    _, path = send(browser, "p.zip", zipped({"one.xml": an_item(), "noise.bin": noise}))
    for one in engine.blobs.under(import_runs.FOLDER):
        engine.blobs.delete(one.key)

    assert jobs.do(engine, told(engine)[0])

    assert "The files are no longer kept" in browser.get(f"{path}?lang=en").text
    assert "फ़ाइलें अब रखी नहीं हैं" in browser.get(f"{path}?lang=hi").text
    assert json.loads(browser.get(f"{path}.json").content)["problem_code"] == "files_not_kept"


def test_what_broke_off_before_there_were_codes_says_what_was_said(engine: Engine, browser: Browser) -> None:
    noise = random.Random(1).randbytes(import_runs.SMALL_BYTES * 2)
    _, path = send(browser, "p.zip", zipped({"one.xml": an_item(), "noise.bin": noise}))
    with engine.store.begin() as tx:
        tx.item_imports.break_off(ImportId(path.rpartition("/")[2]), engine.clock.now(), "", "the moon was in the way")

    assert '<span lang="en">the moon was in the way</span>' in browser.get(f"{path}?lang=hi").text


def test_an_export_of_nothing_goes_back_to_the_list(browser: Browser) -> None:
    answer = browser.client.get("/cell/items/export", follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (303, "/cell/items?done=nothing")
