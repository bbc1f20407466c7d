"""An item's page, what keeps it out of exams, and packages out of the browser; and the words of findings."""

import hashlib
import io
import re
import zipfile
from pathlib import Path

import pytest

from api.app import create_app
from api.pages.findings import MAX_SHOWN, grouped
from api.pages.import_words import MEANINGS
from assessment_engine.people import Actor, Role
from assessment_engine.services.engine import Engine
from assessment_engine.services.import_sources import from_files
from assessment_engine.services.item_imports import ImportRules, import_package
from item_bank.imports import ImportReport
from item_bank.qti.problems import Problem, Severity
from tests.api.browsers import Browser, a_browser
from tests.builders import GENERAL, a_person, accepted, an_organisation
from tests.item_bank.formats.test_page import codes as codes_of_formats
from tests.services.packages import PICTURE, a_broken_item, an_item, an_old_item, zipped

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def officer(engine: Engine) -> Actor:
    return a_person(engine, an_organisation(engine), Role.CELL_OFFICER)


@pytest.fixture
def browser(engine: Engine, officer: Actor) -> Browser:
    return a_browser(create_app(engine), engine, officer)


def imported(engine: Engine, officer: Actor, files: dict[str, bytes], *, lenient: bool = False) -> ImportReport:
    source = from_files({"p.zip": zipped(files)})
    report = import_package(engine, officer, source, ImportRules(new_bank="Bank", lenient=lenient, facts=GENERAL))
    assert not report.refused, report.problems
    return report


def names_in(package: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(package)) as written:
        return [name for name in written.namelist() if name.startswith("items/")]


# — one item


def test_a_draft_says_what_keeps_it_out_of_exams_and_is_not_offered_for_review(engine: Engine, officer: Actor, browser: Browser) -> None:
    essay = an_item("essay", best=' external-scored="human" normal-maximum="5"')
    version_id = imported(engine, officer, {"essay.xml": essay}).items[0].version_id

    english, hindi = (browser.get(f"/cell/items/{version_id}?lang={lang}").text for lang in ("en", "hi"))

    assert "It cannot be in an exam yet" in english
    assert "A person marks it" in english
    assert "इसे कोई व्यक्ति जाँचता है" in hindi
    assert 'value="send_to_review"' not in english


def test_an_item_that_two_reviewers_accept_may_be_approved_by_a_third_person(engine: Engine, officer: Actor, browser: Browser) -> None:
    version_id = imported(engine, officer, {"one.xml": an_item()}).items[0].version_id
    assert version_id is not None
    board = accepted(engine, officer, version_id)
    third = a_browser(create_app(engine), engine, board.officer)

    own, others = (each.get(f"/cell/items/{version_id}?lang=en").text for each in (browser, third))

    assert "You have written it. Somebody else reviews and approves it." in own
    assert 'value="approve"' not in own
    assert "It cannot be in an exam yet" not in others
    assert 'value="approve"' in others


def test_the_files_beside_an_item_are_listed(engine: Engine, officer: Actor, browser: Browser) -> None:
    files = {"one.xml": an_item(body='<p><img src="a.png" alt="A dot"/></p>'), "a.png": PICTURE, "old.xml": an_old_item()}
    pages = {each.identifier: browser.get(f"/cell/items/{each.version_id}?lang=en").text for each in imported(engine, officer, files).items}

    address = re.search(r'href="(/api/v1/media/[0-9a-f]{64})">a.png<', pages["one"])
    assert address is not None
    assert browser.get(address[1]).content == PICTURE
    assert "The file as it came" in pages["old"]


# — out of the browser


def test_one_item_is_exported_in_the_version_that_is_asked_for(engine: Engine, officer: Actor, browser: Browser) -> None:
    version_id = imported(engine, officer, {"one.xml": an_item(), "two.xml": an_item("two")}).items[0].version_id

    assert f'href="/cell/items/export?chosen={version_id}"' in browser.get(f"/cell/items/{version_id}").text
    assert "1 item will be written." in browser.get(f"/cell/items/export?lang=en&chosen={version_id}").text
    for form, namespace in (("qti3", b"imsqtiasi_v3p0"), ("qti21", b"imsqti_v2p1")):
        answer = browser.send("/cell/items/export/package", chosen=version_id, form=form)
        assert answer.headers["content-disposition"] == f'attachment; filename="items-{form}.zip"'
        with zipfile.ZipFile(io.BytesIO(answer.content)) as written:
            (name,) = names_in(answer.content)
            assert namespace in written.read(name)


def test_taking_keys_out_is_in_the_log_and_looking_is_not(engine: Engine, officer: Actor, browser: Browser) -> None:
    version_id = imported(engine, officer, {"one.xml": an_item()}).items[0].version_id

    browser.get(f"/cell/items/export?chosen={version_id}")
    package = browser.send("/cell/items/export/package", chosen=version_id, form="qti21").content

    with engine.store.read() as tx:
        (entry,) = [each for each in tx.audit.unsequenced(100) if each.kind == "items_exported"]
    assert entry.actor_id == officer.person_id
    assert entry.payload == {"format": "qti21", "sha256": hashlib.sha256(package).hexdigest(), "versions": [version_id]}


def test_all_that_a_filter_finds_is_exported(engine: Engine, officer: Actor, browser: Browser) -> None:
    imported(engine, officer, {f"{name}.xml": an_item(name) for name in ("one", "two", "other")})

    shown = browser.send("/cell/items/export?lang=en", every="?q=o")
    filtered = browser.send("/cell/items/export?lang=en", every="?q=other&state=draft")

    assert "3 items will be written." in shown.text
    assert "1 item will be written." in filtered.text
    chosen = re.findall(r'name="chosen" value="([^"]+)"', shown.text)
    assert len(names_in(browser.send("/cell/items/export/package", chosen=chosen).content)) == 3


def test_what_an_older_version_cannot_say_is_shown_before_the_download(engine: Engine, officer: Actor, browser: Browser) -> None:
    essay = an_item("essay", best=' external-scored="human" normal-maximum="5"')
    version_id = imported(engine, officer, {"essay.xml": essay}).items[0].version_id

    old, new = (browser.get(f"/cell/items/export?lang=en&chosen={version_id}&form={form}").text for form in ("qti21", "qti3"))

    assert "cannot_be_written" in old
    assert "Nothing is lost in QTI 3.0." in new


@pytest.mark.parametrize("form", [{"chosen": "", "form": "qti3"}, {"chosen": "x", "form": "pdf"}])
def test_an_export_that_makes_no_sense_is_refused(browser: Browser, form: dict[str, str]) -> None:
    assert browser.send("/cell/items/export/package", **form).status_code in (404, 422)


def test_another_organisations_items_are_not_exported(engine: Engine, officer: Actor) -> None:
    version_id = imported(engine, officer, {"one.xml": an_item()}).items[0].version_id
    stranger = a_browser(create_app(engine), engine, a_person(engine, an_organisation(engine), Role.CELL_OFFICER))

    assert stranger.get(f"/cell/items/export?chosen={version_id}").status_code == 404
    assert stranger.send("/cell/items/export/package", chosen=version_id).status_code == 404


# — the report of an import


def test_a_report_says_in_words_what_is_wrong_what_came_in_and_what_was_asked(browser: Browser) -> None:
    files = {"files": ("p.zip", zipped({"broken.xml": a_broken_item()}), "application/zip")}
    asked = {"_csrf": browser.csrf, "new_bank": "My bank", "level": "2"}

    refused = browser.client.post("/cell/items/import?lang=en", data=asked, files=files).text
    browser.get("/cell/items/import?lang=hi")
    kept = browser.client.post("/cell/items/import", data={**asked, "reading": "lenient"}, files=files).text

    assert "QTI has no element of this name" in refused
    assert 'value="My bank"' in refused
    assert "Or choose below to keep them as drafts" in refused
    assert "QTI में इस नाम का कोई तत्व नहीं है" in kept
    assert re.search(r'href="/cell/items/itv_[^"]+">Title of broken<', kept)


def test_findings_stand_together_by_kind_and_what_refuses_comes_first() -> None:
    notes = [Problem(code="unused_file", message="m", severity=Severity.NOTE, file=f"{n}.xml") for n in range(MAX_SHOWN + 50)]
    wrong = [Problem(code="missing_element", message="m", file="a.xml", line=n) for n in range(3)]

    first, second = grouped([*notes, *wrong])

    assert (first.code, first.wrong, first.count, first.files) == ("missing_element", True, 3, 1)
    assert (second.code, second.wrong, second.count, len(second.shown)) == ("unused_file", False, MAX_SHOWN + 50, MAX_SHOWN)


def test_a_kind_that_has_no_words_yet_is_shown_with_its_message() -> None:
    (found,) = grouped([Problem(code="quite_new", message="said so", advice="Do it.")])

    assert (found.meaning, found.advice) == ("said so", "Do it.")


def test_every_finding_of_an_import_or_export_has_words() -> None:
    pages = (ROOT / "docs" / "import-problems.md").read_text().split("## Responses")[0] + (ROOT / "docs" / "formats.md").read_text()
    told = set(re.findall(r"^\| `(\w+)` \| (?:refused|invalid|note)", pages, re.MULTILINE))
    codes = {*told, *codes_of_formats()} - {"not_results"}  # not on the page

    assert sorted(codes - set(MEANINGS)) == []
