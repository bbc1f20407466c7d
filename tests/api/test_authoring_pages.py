"""Writing a question in the console: it comes back as it was typed, what is wrong is said at its field, and nobody is overwritten."""

import base64
import re
from pathlib import Path

import pytest
from httpx import Response
from lxml.html import document_fromstring
from sqlalchemy import update

from api.app import create_app
from api.pages.authoring_words import KINDS
from assessment_engine.kernel.ids import ItemVersionId
from assessment_engine.people import Actor, Role
from assessment_engine.services import items
from assessment_engine.services.engine import Engine
from assessment_engine.services.import_sources import from_files
from assessment_engine.services.item_imports import ImportRules, import_package
from assessment_engine.storage.people import people
from item_bank.items import ItemState
from tests.api.browsers import Browser, a_browser
from tests.builders import a_person, an_organisation
from tests.services.packages import PICTURE

ROOT = Path(__file__).resolve().parents[2]
QUESTION = {
    "kind": "choice",
    "langs": "en hi",
    "points": "2",
    "negative": "2/3",
    "stem-en": "How many members has the council?",
    "stem-hi": "परिषद में कितने सदस्य हैं?",
    "option-1-en": "Twelve",
    "option-1-hi": "बारह",
    "option-2-en": "Twenty",
    "option-2-hi": "बीस",
    "right": "2",
    "subject": "Administration",
    "bloom": "remember",
    "identifier": "council-1",
    "new_bank": "Bank",
}


@pytest.fixture
def author(any_engine: Engine) -> Actor:
    return a_person(any_engine, an_organisation(any_engine), Role.CELL_OFFICER)


@pytest.fixture
def browser(any_engine: Engine, author: Actor) -> Browser:
    return a_browser(create_app(any_engine), any_engine, author)


def saved(browser: Browser, **changed: str) -> str:
    answer = browser.send("/cell/items/new/choice", do="save", form_id="form-1", **{**QUESTION, **changed})
    assert answer.status_code == 303, errors(answer.text)
    return str(answer.headers["location"]).split("?")[0].rpartition("/")[2]


def errors(html: str) -> dict[str, str]:
    """What is said at the fields, by field."""
    return dict(re.findall(r'id="([^"]+)-error"(?: hidden)?>(?:<svg.*?</svg>)\s*([^<]+)<', html, re.DOTALL))


def fields_of(html: str) -> dict[str, str]:
    """What stands in the form's fields, as a browser would send it."""
    [form] = document_fromstring(html).xpath("//form[@id='authoring']")
    pairs = [(name, value) for name, value in form.form_values() if name not in ("_csrf", "do")]
    return {name: " ".join(each for known, each in pairs if known == name) for name, _ in pairs}


def units_in(html: str) -> dict[str, list[str]]:
    """What somebody else changed meanwhile, each with whose may still be taken."""
    rows = document_fromstring(html).xpath("//tr[@data-unit]")
    return {row.get("data-unit"): [value.partition(":")[0] for value in row.xpath(".//button/@value")] for row in rows}


def question_in(html: str) -> str:
    return html[html.index('<div class="look__question"') : html.index('<div class="look__earned"')]


def edited(browser: Browser, version_id: str, do: str = "save", **changed: str) -> Response:
    fields = fields_of(browser.get(f"/cell/items/{version_id}/edit").text)
    return browser.send(f"/cell/items/{version_id}/edit", do=do, **{**fields, **changed})


def test_what_is_saved_opens_again_as_it_was_typed(browser: Browser) -> None:
    version_id = saved(browser)

    found = fields_of(browser.get(f"/cell/items/{version_id}/edit").text)

    assert found.items() >= {name: value for name, value in QUESTION.items() if name != "new_bank"}.items()


def test_a_question_that_is_saved_is_a_draft_with_its_facts_and_scores_as_it_says(
    any_engine: Engine, author: Actor, browser: Browser
) -> None:
    version_id = ItemVersionId(saved(browser))

    version, shown = items.previewed_item(any_engine, author, version_id, "hi")

    assert (version.state, version.version, version.facts.subject) == (ItemState.DRAFT, 1, "Administration")
    assert (shown.identifier, shown.max_score) == ("council-1", 2.0)
    assert [items.outcomes_of(version, {"RESPONSE": name}).score for name in ("A", "B")] == [pytest.approx(-2 / 3), 2.0]


def test_a_change_is_the_next_version_and_the_first_stays(any_engine: Engine, author: Actor, browser: Browser) -> None:
    first = saved(browser)

    answer = edited(browser, first, **{"option-1-en": "A dozen", "level": "2"})

    second = answer.headers["location"].split("?")[0].rpartition("/")[2]
    assert (answer.status_code, answer.cookies.get("saved_form")) == (303, '""')
    assert browser.get(f"/cell/items/{first}/edit").headers["location"] == f"/cell/items/{second}/edit"
    assert "Twelve" in items.previewed_item(any_engine, author, ItemVersionId(first), "en")[1].html
    version, shown = items.previewed_item(any_engine, author, ItemVersionId(second), "en")
    assert (version.version, version.level, "A dozen" in shown.html) == (2, 2, True)


def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(browser: Browser) -> None:
    broken = {**QUESTION, "points": "many", "option-1-hi": "", "right": "", "option-2-en": "<b>Twenty</b> <blink>now</blink>"}

    answer = browser.send("/cell/items/new/choice?lang=en", do="save", **broken)

    assert answer.status_code == 422
    assert errors(answer.text) == {
        "points": "Write digits, with a point before decimals; 1/3 is understood, too.",
        "option-1-hi": "This is needed.",
        "option-2-en": "This cannot be kept: the element blink. Take it out.",
    }
    assert "Mark the right answer." in answer.text
    assert fields_of(answer.text).items() >= {name: value for name, value in broken.items() if value}.items()


def test_an_identifier_that_is_taken_is_said(browser: Browser) -> None:
    saved(browser)

    answer = browser.send("/cell/items/new/choice?lang=en", do="save", **QUESTION)
    odd = browser.send("/cell/items/new/choice?lang=en", do="save", **{**QUESTION, "identifier": "1 or 2"})

    assert (answer.status_code, odd.status_code) == (409, 422)
    assert errors(answer.text) == {"identifier": "The bank has a question with this identifier. Choose another, or leave it empty."}
    assert list(errors(odd.text)) == ["identifier"]


def test_the_second_of_two_people_is_told_and_keeps_what_they_typed(any_engine: Engine, author: Actor, browser: Browser) -> None:
    first = saved(browser)
    theirs = a_browser(
        create_app(any_engine), any_engine, a_person(any_engine, author.organisation_id, Role.ITEM_AUTHOR, name="Ravi Menon")
    )
    mine = fields_of(browser.get(f"/cell/items/{first}/edit").text)
    edited(theirs, first, **{"option-1-en": "A dozen", "points": "3", "bloom": "apply"})

    told = browser.send(f"/cell/items/{first}/edit?lang=en", do="save", **{**mine, "option-1-en": "12", "stem-en": "How many sit there?"})

    assert told.status_code == 409
    assert "Ravi Menon saved version 2" in told.text
    assert "These only Ravi Menon changed. They came over into your form by themselves." in told.text
    assert units_in(told.text) == {"option-1-en": ["theirs"], "points": [], "bloom": []}
    kept = fields_of(told.text)
    assert (kept["option-1-en"], kept["stem-en"], kept["points"], kept["bloom"]) == ("12", "How many sit there?", "3", "apply")

    taken = browser.send(f"/cell/items/{first}/edit?lang=en", **{**kept, "do": "theirs:option-1-en"})
    back = browser.send(f"/cell/items/{first}/edit?lang=hi", **{**fields_of(taken.text), "points": "2", "do": "mine:option-1-en"})
    assert [fields_of(each.text)["option-1-en"] for each in (taken, back)] == ["A dozen", "12"]
    assert [units_in(each.text)["option-1-en"] for each in (taken, back)] == [["mine"], ["theirs"]]
    answer = browser.send(f"/cell/items/{first}/edit", **{**fields_of(back.text), "do": "save"})
    assert answer.status_code == 303, errors(answer.text)

    third = answer.headers["location"].split("?")[0].rpartition("/")[2]
    now = fields_of(browser.get(f"/cell/items/{third}/edit").text)
    assert (now["points"], now["option-1-en"], now["stem-en"], now["bloom"]) == ("2", "12", "How many sit there?", "apply")


def test_a_third_person_between_the_telling_and_the_saving_is_told_of_too(any_engine: Engine, author: Actor, browser: Browser) -> None:
    first = saved(browser)
    mine = fields_of(browser.get(f"/cell/items/{first}/edit").text)
    second = edited(browser, first, points="3").headers["location"].split("?")[0].rpartition("/")[2]
    told = browser.send(f"/cell/items/{first}/edit?lang=en", do="save", **{**mine, "topic": "Councils"})
    edited(browser, second, **{"stem-en": "How many?"})

    more = browser.send(f"/cell/items/{first}/edit?lang=en", **{**fields_of(told.text), "do": "more:option"})
    again = browser.send(f"/cell/items/{first}/edit?lang=en", **{**fields_of(more.text), "do": "save"})

    assert (again.status_code, units_in(again.text)) == (409, {"stem-en": []})
    assert browser.send(f"/cell/items/{first}/edit", **{**fields_of(again.text), "do": "save"}).status_code == 303


@pytest.mark.parametrize("mine", ["", "no", "[1]", '{"points": 3}', "{"])
def test_what_a_page_did_not_write_of_mine_is_nothing(browser: Browser, mine: str) -> None:
    first = saved(browser)
    fields = fields_of(browser.get(f"/cell/items/{first}/edit").text)
    second = edited(browser, first, points="3").headers["location"].split("?")[0].rpartition("/")[2]

    answer = browser.send(f"/cell/items/{first}/edit", **{**fields, "base": second, "since": first, "mine": mine, "do": "mine:points"})

    assert (answer.status_code, fields_of(answer.text)["points"]) == (200, "2")


def test_the_preview_is_what_the_candidate_will_see_and_changes_nothing(any_engine: Engine, author: Actor, browser: Browser) -> None:
    typed = {**QUESTION, "stem-en": "What is <b>H<sub>2</sub>O</b>?<script>alert(1)</script>", "look_lang": "en"}

    html = browser.send("/cell/items/preview", response_json='{"RESPONSE": "B"}', **typed).text
    hindi = browser.send("/cell/items/preview", **{**typed, "look_lang": "hi"}).text

    assert "<b>H<sub>2</sub>O</b>" in html
    assert "script" not in question_in(html)
    assert "Score 2 of 2" in html
    assert 'lang="hi"' in question_in(hindi)
    assert "बीस" in question_in(hindi)
    with any_engine.store.read() as tx:
        assert tx.items.banks(author) == []


def test_a_draft_whose_numbers_differ_is_saved_doubted_and_opens_again(browser: Browser) -> None:
    html = browser.get(f"/cell/items/{saved(browser, **{'option-1-en': '12'})}/edit?lang=en").text

    assert "here –, in the other language 12" in html
    assert "Before it can be approved" in html


def test_the_preview_says_where_the_languages_part(browser: Browser) -> None:
    parted = {**QUESTION, "stem-en": "Of 15 members 3 left.", "stem-hi": "१५ सदस्यों में से 4 चले गए।", "option-2-hi": ""}

    html = browser.send("/cell/items/preview?lang=en", **parted).text
    alone = browser.send(
        "/cell/items/preview?lang=en", **{name: value for name, value in QUESTION.items() if not name.endswith("-hi")}
    ).text

    assert "here 4, in the other language 3" in html
    assert "1 text is missing in one language" in html
    assert "हिन्दी is empty: the question will be without it." in alone


def test_a_line_more_less_and_higher_without_any_script(browser: Browser) -> None:
    more = browser.send("/cell/items/new/choice", do="more:option", **QUESTION).text
    less = browser.send("/cell/items/new/choice", do="remove:option-1", **QUESTION).text
    higher = browser.send("/cell/items/new/choice", do="up:option-2", **QUESTION).text

    assert 'id="option-3-en"' in more
    assert (fields_of(less)["option-1-en"], fields_of(less)["right"]) == ("Twenty", "1")
    assert (fields_of(higher)["option-2-en"], fields_of(higher)["right"]) == ("Twelve", "1")


def test_a_picture_needs_words_for_who_cannot_see_it_and_is_saved_with_the_question(
    any_engine: Engine, author: Actor, browser: Browser
) -> None:
    def send(do: str, form: dict[str, str], file: bytes | None = PICTURE) -> Response:
        files = {"file": ("plan.png", file, "image/png")} if file else None
        data = {"_csrf": browser.csrf, **form, "do": do}
        answer: Response = browser.client.post("/cell/items/new/choice?lang=en", data=data, files=files, follow_redirects=False)
        return answer

    silent = send("picture", {**QUESTION, "alt-en": "A plan", "alt-hi": ""})
    wrong = send("picture", {**QUESTION, "alt-en": "A plan", "alt-hi": "नक़्शा"}, b"<html>")
    put = send("picture", {**QUESTION, "alt-en": "A plan", "alt-hi": "नक़्शा"})

    assert errors(silent.text) == {"alt-hi": "This is needed."}
    assert "This file is no picture" in wrong.text
    assert f"data:image/png;base64,{base64.b64encode(PICTURE).decode()}" in question_in(put.text)
    kept = fields_of(put.text)
    assert re.search(r'<img src="media/[0-9a-f]{12}-plan.png" alt="नक़्शा">', kept["stem-hi"])
    answer = send("save", {**QUESTION, **kept}, None)
    assert answer.status_code == 303, errors(answer.text)

    version_id = ItemVersionId(answer.headers["location"].split("?")[0].rpartition("/")[2])
    version, shown = items.previewed_item(any_engine, author, version_id, "en")
    assert [(part.lang, part.media_type) for part in version.parts] == [("en", "image/png"), ("hi", "image/png")]
    [address] = re.findall(r'<img [^>]*src="([^"]+)"', shown.html)
    assert browser.get(address).content == PICTURE
    again = edited(browser, version_id, **{"option-1-en": "A dozen"})
    newer = ItemVersionId(again.headers["location"].split("?")[0].rpartition("/")[2])
    assert len(items.previewed_item(any_engine, author, newer, "en")[0].parts) == 2


def test_a_picture_of_which_only_the_name_came_is_shown_in_a_look_and_never_saved(browser: Browser) -> None:
    named = {**QUESTION, "stem-en": 'See <img src="media/0123456789ab-a.png" alt="A">', "picture:media/0123456789ab-a.png": ""}

    look = browser.send("/cell/items/preview", **named).text
    answer = browser.send("/cell/items/new/choice?lang=en", do="save", **named)

    assert 'src="/cell/items/pictures/media/0123456789ab-a.png"' in look
    assert answer.status_code == 422
    assert "is not with this question" in errors(answer.text)["stem-en"]


def test_a_question_that_the_form_cannot_say_is_shown_with_the_way_to_change_it(
    any_engine: Engine, author: Actor, browser: Browser
) -> None:
    sample = (ROOT / "assessment_engine" / "demo" / "interactions" / "hottext.en.xml").read_bytes()
    report = import_package(any_engine, author, from_files({"a.xml": sample}), ImportRules(new_bank="Bank"))
    version_id = report.items[0].version_id

    html = browser.get(f"/cell/items/{version_id}/edit?lang=en").text

    assert "The form cannot say this question whole" in html
    assert "It is answered in a way that the form does not have." in html
    assert 'class="qti-item"' in html
    assert 'id="authoring"' not in html


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("lang", ["en", "hi"])
def test_every_kind_has_its_form(browser: Browser, kind: str, lang: str) -> None:
    answer = browser.get(f"/cell/items/new/{kind}?lang={lang}")

    assert answer.status_code == 200
    assert 'class="qti-item"' in answer.text


def test_only_who_writes_items_may_open_the_form(any_engine: Engine, author: Actor, browser: Browser) -> None:
    version_id = saved(browser)
    others = {
        role: a_browser(create_app(any_engine), any_engine, a_person(any_engine, author.organisation_id, role))
        for role in (Role.ITEM_AUTHOR, Role.ITEM_REVIEWER, Role.CANDIDATE)
    }
    elsewhere = a_browser(create_app(any_engine), any_engine, a_person(any_engine, an_organisation(any_engine, "Other"), Role.CELL_OFFICER))

    found = {role: other.get(f"/cell/items/{version_id}/edit").status_code for role, other in others.items()}

    assert found == {Role.ITEM_AUTHOR: 200, Role.ITEM_REVIEWER: 403, Role.CANDIDATE: 403}
    assert elsewhere.get(f"/cell/items/{version_id}/edit").status_code == 404
    assert elsewhere.send("/cell/items/preview", base=version_id, **QUESTION).status_code == 404
    assert others[Role.CANDIDATE].send("/cell/items/preview", **QUESTION).status_code == 403


def test_the_checks_speak_beside_a_form_that_is_whole(browser: Browser) -> None:
    version_id = saved(browser)

    other = browser.send("/cell/items/preview?lang=en", **{**QUESTION, "identifier": "council-2"}).text
    itself = browser.send("/cell/items/preview?lang=en", base=version_id, **QUESTION).text
    half = browser.send("/cell/items/preview?lang=en", **{**QUESTION, "option-1-hi": ""}).text

    assert "<code>duplicate_item</code>" in other
    assert f'href="/cell/items/{version_id}"' in other
    assert "duplicate_item" not in itself
    assert "What to look at" not in half


def test_a_question_that_asks_for_a_number_is_not_called_a_serial_number(browser: Browser) -> None:
    html = browser.get("/cell/items/new?lang=hi").text

    assert "संख्या" in document_fromstring(html).xpath("string(//*[@href='/cell/items/new/number'])")
    assert "क्रमांक" not in html


def test_what_is_missing_is_said_above_the_form_and_beside_it_with_a_way_to_it(browser: Browser) -> None:
    html = browser.send("/cell/items/new/choice?lang=en", do="save", **{**QUESTION, "option-1-hi": "", "right": ""}).text
    page = document_fromstring(html)

    ways = [page.xpath(f"//*[contains(@class, '{place}')]//li//a/@href") for place in ("note--bad", "look__todo")]

    assert [{"#option-1-hi", "#answers"} <= set(each) for each in ways] == [True, True]
    assert "Every text is there in every language" not in html
    assert "What to look at" not in html


def test_an_author_is_not_sent_to_pages_of_the_cell(any_engine: Engine, author: Actor, browser: Browser) -> None:
    theirs = a_browser(create_app(any_engine), any_engine, a_person(any_engine, author.organisation_id, Role.ITEM_AUTHOR))

    assert 'href="/cell/items/import"' in browser.get("/cell/items/new").text
    assert 'href="/cell/items/import"' not in theirs.get("/cell/items/new").text


def test_a_hindi_page_calls_people_as_hindi_does(any_engine: Engine, author: Actor, browser: Browser) -> None:
    version_id = saved(browser)
    with any_engine.store.engine.begin() as connection:
        connection.execute(update(people).where(people.c.id == author.person_id).values(name="Leela Menon", name_hi="लीला मेनन"))

    shown = {lang: browser.get(f"/cell/items/{version_id}?lang={lang}").text for lang in ("en", "hi")}

    assert "लीला मेनन ने सहेजा" in shown["hi"]
    assert "saved by Leela Menon" in shown["en"]
