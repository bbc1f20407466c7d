"""The list of items over the real app: filters, order and pages in the address; bulk moves after a preview; enemies; a file."""

import base64
import csv
import io
import json
import re
from dataclasses import replace
from datetime import date

import pytest

from api.app import create_app
from assessment_engine.kernel.ids import BankId, ItemVersionId
from assessment_engine.people import Actor, Role
from assessment_engine.services import item_reviews
from assessment_engine.services.engine import Engine
from assessment_engine.services.item_versions import save
from assessment_engine.services.items import create_bank
from item_bank.facts import Bloom, Difficulty, ItemFacts, Origin
from item_bank.items import ItemState
from tests.api.browsers import Browser, a_browser
from tests.builders import GENERAL, a_person, accepted, an_organisation, approved, stored
from tests.services.test_item_versions import new_item


@pytest.fixture
def officer(engine: Engine) -> Actor:
    return a_person(engine, an_organisation(engine), Role.CELL_OFFICER)


@pytest.fixture
def browser(engine: Engine, officer: Actor) -> Browser:
    return a_browser(create_app(engine), engine, officer)


@pytest.fixture
def bank_id(engine: Engine, officer: Actor) -> BankId:
    return create_bank(engine, officer, "Bank").id


def saved(engine: Engine, officer: Actor, bank_id: BankId, number: int, facts: ItemFacts = GENERAL) -> ItemVersionId:
    return save(engine, officer, bank_id=bank_id, item_id=None, based_on=0, new=new_item(number, facts)).id


def shown(browser: Browser, path: str) -> list[str]:
    """The identifiers that a page of the list shows, in its order."""
    answer = browser.get(path)
    assert answer.status_code == 200, answer.text[:400]
    return re.findall(r'<span class="path quiet below">(item-\d+)&nbsp;', answer.text)


FACTS = ItemFacts(
    subject="Law",
    topic="Contracts",
    bloom=Bloom.ANALYSE,
    difficulty=Difficulty.HARD,
    origin=Origin.BOUGHT,
    licence_ends=date(2026, 11, 22),
)
FILTERS = {
    "words": "q=question+2",
    "an identifier": "q=ITEM-2",
    "a subject": "subject=Law",
    "a topic": "topic=Contracts",
    "Bloom": "bloom=analyse",
    "difficulty": "difficulty=hard",
    "origin": "origin=bought",
    "rights": "rights=lapsed",
    "state": "state=in_review",
    "several": "subject=Law&bloom=analyse&difficulty=hard&kind=choice&speaks=en&exposure=never&calibrated=no&mine=1",
}


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_of_the_address_finds_what_it_says(engine: Engine, officer: Actor, browser: Browser, bank_id: BankId, name: str) -> None:
    saved(engine, officer, bank_id, 1)
    item_reviews.send(engine, officer, [saved(engine, officer, bank_id, 2, FACTS)])
    saved(engine, officer, bank_id, 3, replace(GENERAL, licence_ends=date(2027, 1, 1)))

    assert shown(browser, f"/cell/items?{FILTERS[name]}") == ["item-2"]


@pytest.mark.parametrize("path", ["?sort=colour", "?after=nonsense", "?rights=some", "?level=high", "?state=lost"])
def test_an_address_that_means_nothing_is_refused_in_words(browser: Browser, path: str) -> None:
    assert browser.get(f"/cell/items{path}").status_code == 422


def test_pages_follow_one_another_and_lead_back(engine: Engine, officer: Actor, browser: Browser, bank_id: BankId) -> None:
    for number in range(100, 221):
        saved(engine, officer, bank_id, number)

    def link(html: str, rel: str) -> str:
        found = re.search(rf'href="([^"]+)" rel="{rel}"', html)
        return found[1].replace("&amp;", "&") if found else ""

    first = browser.get("/cell/items?sort=-title").text
    second = browser.get(link(first, "next")).text
    third = browser.get(link(second, "next")).text
    back = browser.get(link(second, "prev")).text

    pages = [re.findall(r'below">(item-\d+)&nbsp;', html) for html in (first, second, third, back)]
    assert pages[0] + pages[1] + pages[2] == [f"item-{number}" for number in range(220, 99, -1)]
    assert (pages[3], link(third, "next"), link(first, "prev")) == (pages[0], "", "")
    assert "50 shown of 121 that fit, of 121 in all" in second


def test_every_state_has_its_count(engine: Engine, officer: Actor, browser: Browser, bank_id: BankId) -> None:
    approved(engine, officer, saved(engine, officer, bank_id, 1))
    saved(engine, officer, bank_id, 2)

    html = browser.get("/cell/items?state=approved&lang=en").text

    assert re.findall(r'(\w[\w ]*) <span class="count">(\d+)</span></a>', html)[:5] == [
        ("All", "2"),
        ("Draft", "1"),
        ("In review", "0"),
        ("Approved", "1"),
        ("Retired", "0"),
    ]


def test_a_bulk_action_shows_first_what_it_would_do_and_why_not(engine: Engine, officer: Actor, browser: Browser, bank_id: BankId) -> None:
    fit, subjectless = saved(engine, officer, bank_id, 1), saved(engine, officer, bank_id, 2, ItemFacts())

    html = browser.send("/cell/items/bulk?lang=en", verb="send_to_review", every="?q=item").text

    assert "1 item is moved" in html
    assert "It says no subject, so it has no reviewers." in html
    assert re.findall(r'name="chosen" value="([^"]+)"', html) == [fit]
    assert {version.state for version in stored(engine, officer)} == {ItemState.DRAFT}

    answer = browser.send("/cell/items/bulk/do", verb="send_to_review", chosen=[fit])
    assert answer.headers["location"] == "/cell/items?state=in_review&done=moved"
    again = browser.send("/cell/items/bulk/do", verb="send_to_review", chosen=[fit, subjectless])
    assert again.status_code == 409
    assert sorted(version.state for version in stored(engine, officer)) == [ItemState.DRAFT, ItemState.IN_REVIEW]


def test_many_are_approved_at_once_by_an_officer_who_wrote_none(engine: Engine, officer: Actor, bank_id: BankId) -> None:
    ids = [saved(engine, officer, bank_id, number) for number in (1, 2, 3)]
    board = accepted(engine, officer, *ids[:2])
    other = a_browser(create_app(engine), engine, board.officer)

    html = other.send("/cell/items/bulk?lang=en", verb="approve", chosen=ids).text
    assert "2 items are moved" in html
    assert "Only what is in review is approved." in html
    other.send("/cell/items/bulk/do", verb="approve", chosen=ids[:2])

    assert [version.state for version in stored(engine, officer)] == [ItemState.APPROVED, ItemState.APPROVED, ItemState.DRAFT]


def test_enemies_are_made_in_the_list_and_shown_with_each(engine: Engine, officer: Actor, browser: Browser, bank_id: BankId) -> None:
    one, two, three = (saved(engine, officer, bank_id, number) for number in (1, 2, 3))

    address = browser.send("/cell/items/enemies", name="Both name the Article", chosen=[one, two]).headers["location"]

    assert shown(browser, address) == ["item-1", "item-2"]
    html = browser.get(f"/cell/items/{one}").text
    assert "Both name the Article" in html
    assert f'href="/cell/items/{two}"' in html
    for chosen, name in (([one], "Alone"), ([one, three], " "), ([one, "itv_none"], "Gone")):
        assert browser.send("/cell/items/enemies", name=name, chosen=chosen).status_code == 422

    set_id = address.split("=")[1].split("&")[0]
    browser.send(f"/cell/items/{one}/enemies/{set_id}/leave")
    assert "Both name the Article" not in browser.get(f"/cell/items/{two}").text


def test_the_file_has_every_fact_of_what_the_filter_finds(engine: Engine, officer: Actor, browser: Browser, bank_id: BankId) -> None:
    saved(engine, officer, bank_id, 1)
    saved(engine, officer, bank_id, 2, replace(FACTS, owner="=cmd"))

    rows = list(csv.DictReader(io.StringIO(browser.get("/cell/items.csv?subject=Law").text.removeprefix("\ufeff"))))

    assert [(row["identifier"], row["bloom"], row["licence_ends"], row["owner"], row["kind"], row["seen_by"]) for row in rows] == [
        ("item-2", "analyse", "2026-11-22", "'=cmd", "choice", "0")
    ]


def test_an_empty_bank_teaches_the_next_step_to_each_role(engine: Engine, officer: Actor, browser: Browser) -> None:
    author, reviewer = (a_person(engine, officer.organisation_id, role) for role in (Role.ITEM_AUTHOR, Role.ITEM_REVIEWER))
    app = create_app(engine)

    steps = ((officer, "/cell/items/import", ""), (author, "/cell/items/new", "/cell/items/import"), (reviewer, "", "/cell/items/new"))
    for who, offers, lacks in steps:
        html = a_browser(app, engine, who).get("/cell/items?lang=en").text
        assert "No item yet" in html
        assert f'href="{offers}"' in html or not offers
        assert not lacks or f'href="{lacks}"' not in html
    assert a_browser(app, engine, a_person(engine, officer.organisation_id)).get("/cell/items").status_code == 403


def test_chosen_items_are_told_what_they_are_about_after_a_preview(
    engine: Engine, officer: Actor, browser: Browser, bank_id: BankId
) -> None:
    plain, told = saved(engine, officer, bank_id, 1, ItemFacts()), saved(engine, officer, bank_id, 2, ItemFacts(subject="Law"))
    waiting = saved(engine, officer, bank_id, 3)
    item_reviews.send(engine, officer, [waiting])
    assert 'formaction="/cell/items/facts"' in browser.get("/cell/items?lang=en").text

    html = browser.send("/cell/items/facts?lang=en", every="?q=item", given_subject="Law", given_level="2").text
    before = stored(engine, officer)
    sent = dict(re.findall(r'<input type="hidden" name="(given_\w+)" value="([^"]*)">', html))
    chosen = re.findall(r'name="chosen" value="([^"]+)"', html)
    answer = browser.send("/cell/items/facts/do", chosen=chosen, **sent)

    assert "2 items get a new draft" in html
    assert "<ins>Law</ins>" in html
    assert "It is in review. Take it back first, or wait for its reviewers." in html
    assert (chosen, sent["given_subject"], sent["given_level"], sent["given_topic"]) == ([plain, told], "Law", "2", "")
    assert len(before) == 3
    assert answer.headers["location"] == "/cell/items?state=draft&done=given"
    assert [(each.version, each.facts.subject, each.level) for each in stored(engine, officer)][:2] == [(2, "Law", 2), (1, "", None)]
    assert browser.send("/cell/items/facts/do", chosen=[plain], given_topic="Late").status_code == 409


def test_nothing_is_told_where_nothing_was_chosen_or_said(engine: Engine, officer: Actor, browser: Browser, bank_id: BankId) -> None:
    version = saved(engine, officer, bank_id, 1)

    nobody = browser.send("/cell/items/facts", given_subject="Law")
    nothing = browser.send("/cell/items/facts", chosen=[version], given_subject=" ")

    assert nobody.headers["location"] == "/cell/items?done=nothing"
    assert nothing.headers["location"] == "/cell/items?done=nothing_given"
    assert len(stored(engine, officer)) == 1


def a_place(order: str, value: object, row_id: object = "itv") -> str:
    said = base64.urlsafe_b64encode(json.dumps([order, False, value, row_id]).encode()).decode().rstrip("=")
    return f"sort={order}&after={said}"


@pytest.mark.parametrize(
    "query",
    [
        "level=99999999999999999999",
        "q=%00",
        "subject=a%00",
        a_place("level", "x"),
        a_place("level", 10**12),
        a_place("level", True),
        a_place("identifier", 5),
        a_place("identifier", "a\0b"),
        a_place("identifier", "\ud800"),
        a_place("identifier", "a", 1),
    ],
)
def test_an_address_that_nobody_was_given_is_refused_kindly(any_engine: Engine, query: str) -> None:
    officer = a_person(any_engine, an_organisation(any_engine), Role.CELL_OFFICER)

    assert a_browser(create_app(any_engine), any_engine, officer).get(f"/cell/items?{query}").status_code == 422
