"""The review of an item by the pages alone: author, two reviewers, an officer; comments, the difference between versions, the history."""

import re
from dataclasses import dataclass, replace

import pytest

from api.app import create_app
from assessment_engine.people import Actor, Role
from assessment_engine.services import item_reviews
from assessment_engine.services.engine import Engine
from assessment_engine.services.item_versions import save
from assessment_engine.services.items import create_bank
from assessment_engine.services.new_items import keep
from item_bank.imports import CheckedItem, NewItem
from item_bank.item_reviews import Verdict
from item_bank.items import ItemState, ItemVersion
from tests.api.browsers import Browser, a_browser
from tests.builders import GENERAL, a_choice_item, a_person, an_organisation, approved
from tests.services.test_item_versions import new_item

PEOPLE = {
    "author": Role.ITEM_AUTHOR,
    "first": Role.ITEM_REVIEWER,
    "second": Role.ITEM_REVIEWER,
    "officer": Role.CELL_OFFICER,
}


@dataclass(frozen=True, kw_only=True)
class Desk:
    """An organisation's bank with one draft, and a browser for each of its people."""

    actors: dict[str, Actor]
    browsers: dict[str, Browser]
    version: ItemVersion

    @property
    def page(self) -> str:
        return f"/cell/items/{self.version.id}"

    def sees(self, who: str, path: str) -> str:
        answer = self.browsers[who].get(path)
        assert answer.status_code == 200, answer.text[:300]
        return answer.text


@pytest.fixture
def desk(engine: Engine) -> Desk:
    organisation_id, app = an_organisation(engine), create_app(engine)
    actors = {name: a_person(engine, organisation_id, role, name=name.title()) for name, role in PEOPLE.items()}
    browsers = {name: a_browser(app, engine, actor) for name, actor in actors.items()}
    for name in ("first", "second"):
        browsers["officer"].send(f"/cell/people/{actors[name].person_id}/subjects", subjects=f"{GENERAL.subject}\n\nLaw ")
    bank = create_bank(engine, actors["officer"], "Bank")
    version = save(engine, actors["author"], bank_id=bank.id, item_id=None, based_on=0, new=new_item())
    return Desk(actors=actors, browsers=browsers, version=version)


def state(engine: Engine, version: ItemVersion) -> ItemState:
    with engine.store.read() as tx:
        return tx.items.get(version.id).state


def test_four_people_take_a_question_to_approved_by_the_pages_alone(engine: Engine, desk: Desk) -> None:
    desk.browsers["author"].send(f"{desk.page}/state", verb="send_to_review")
    assert "Yours: review" in desk.sees("first", "/cell/item-reviews?lang=en")
    assert "Nothing waits for you" in desk.sees("author", "/cell/item-reviews?lang=en")

    for who in ("first", "second"):
        answer = desk.browsers[who].send(f"{desk.page}/review", verdict="accept")
        assert answer.headers["location"] == "/cell/item-reviews?done=accept"
    assert "Nothing waits for you" in desk.sees("first", "/cell/item-reviews?lang=en")
    assert "Yours: approve" in desk.sees("officer", "/cell/item-reviews?lang=en")
    desk.browsers["officer"].send(f"{desk.page}/state", verb="approve")

    assert state(engine, desk.version) is ItemState.APPROVED
    html = desk.sees("officer", f"{desk.page}?lang=en")
    for words in ("Sent to review", "Accepted by a reviewer", "Approved", "Author", "First", "Second", "Officer"):
        assert words in html


@pytest.mark.parametrize(
    ("who", "act", "typed", "said"),
    [
        ("first", "review", {"verdict": "return", "text": " "}, "Say what you mean"),
        ("first", "review", {"verdict": "return", "text": f"Too long: {'x' * 4000}"}, "At most 4000 characters."),
        ("author", "comments", {"comment": " "}, "Say what you mean"),
        ("author", "comments", {"comment": f"Too long: {'x' * 4000}"}, "At most 4000 characters."),
    ],
)
def test_words_that_are_missing_or_too_many_are_asked_for_again_beside_their_field(
    engine: Engine, desk: Desk, who: str, act: str, typed: dict[str, str], said: str
) -> None:
    desk.browsers["author"].send(f"{desk.page}/state", verb="send_to_review")
    field = "text" if act == "review" else "comment"
    assert "autofocus" not in desk.sees(who, desk.page)

    answer = desk.browsers[who].send(f"{desk.page}/{act}?lang=en", **typed)

    assert answer.status_code == 422
    box = rf'<textarea id="{field}"[^>]*aria-describedby="[^"]*{field}-error"[^>]*autofocus[^>]*>([^<]*)</textarea>'
    shown = re.search(box, answer.text)
    assert shown is not None
    assert shown[1] == typed[field]
    assert said in answer.text.split(f'id="{field}-error"')[1].split("</p>")[0]
    assert state(engine, desk.version) is ItemState.IN_REVIEW
    with engine.store.read() as tx:
        assert tx.item_reviews.of([desk.version.id])[desk.version.id] == ()


def test_a_question_goes_back_with_words_and_they_stay_with_the_next_version(engine: Engine, desk: Desk) -> None:
    desk.browsers["author"].send(f"{desk.page}/state", verb="send_to_review")
    desk.browsers["first"].send(f"{desk.page}/review", verdict="return", text="The key <is> B.")
    desk.browsers["author"].send(f"{desk.page}/comments", comment="It is A, see the Act.")
    assert desk.version.bank_id is not None
    changed = NewItem(variants={"en": a_choice_item(1).replace("Yes", "Surely").encode()}, facts=replace(GENERAL, topic="Acts"))
    newest = save(engine, desk.actors["author"], bank_id=desk.version.bank_id, item_id=desk.version.item_id, based_on=1, new=changed)

    html = desk.sees("second", f"/cell/items/{newest.id}?lang=en")
    assert "The key &lt;is&gt; B." in html
    assert "It is A, see the Act." in html
    assert "<del>Yes</del><ins>Surely</ins>" in html
    assert "<ins>Acts</ins>" in html
    between = desk.sees("second", f"/cell/items/{newest.id}/changes?since={desk.version.id}&lang=en")
    assert "Version 1 and version 2" in between
    assert "<del>Yes</del><ins>Surely</ins>" in between


def test_nobody_is_offered_what_is_not_theirs(engine: Engine, desk: Desk) -> None:
    desk.browsers["author"].send(f"{desk.page}/state", verb="send_to_review")

    assert 'name="verdict"' in desk.sees("first", desk.page)
    for who in ("author", "officer"):
        assert 'name="verdict"' not in desk.sees(who, desk.page)
    assert 'value="approve"' not in desk.sees("officer", desk.page)
    assert f"{desk.page}/edit" not in desk.sees("first", desk.page)
    for who, path, form in (
        ("author", "review", {"verdict": "accept"}),
        ("first", "state", {"verb": "approve"}),
        ("officer", "state", {"verb": "approve"}),
    ):
        assert desk.browsers[who].send(f"{desk.page}/{path}", **form).status_code in (403, 409)
    assert state(engine, desk.version) is ItemState.IN_REVIEW


def test_an_author_who_also_reviews_is_told_that_somebody_else_does(engine: Engine, desk: Desk) -> None:
    both = a_person(engine, desk.actors["officer"].organisation_id, Role.ITEM_AUTHOR, Role.ITEM_REVIEWER, name="Both")
    item_reviews.give_subjects(engine, desk.actors["officer"], both.person_id, [GENERAL.subject])
    assert desk.version.bank_id is not None
    own = save(engine, both, bank_id=desk.version.bank_id, item_id=None, based_on=0, new=new_item(2))
    browser = a_browser(create_app(engine), engine, both)
    browser.send(f"/cell/items/{own.id}/state", verb="send_to_review")

    html = browser.get(f"/cell/items/{own.id}?lang=en").text

    assert "You have written it. Somebody else reviews and approves it." in html
    assert browser.send(f"/cell/items/{own.id}/review", verdict="accept").status_code == 403
    assert state(engine, own) is ItemState.IN_REVIEW


def test_an_item_of_another_organisation_is_not_there(engine: Engine, desk: Desk) -> None:
    stranger = a_browser(create_app(engine), engine, a_person(engine, an_organisation(engine), Role.CELL_OFFICER))
    approved(engine, desk.actors["author"], desk.version.id)

    assert stranger.get(desk.page).status_code == 404
    assert stranger.get(f"{desk.page}/changes?since={desk.version.id}").status_code == 404
    assert stranger.send(f"{desk.page}/state", verb="retire").status_code == 404
    assert stranger.send(f"{desk.page}/comments", comment="Hello").status_code == 404


def test_the_queue_leads_from_page_to_page_and_back(engine: Engine, desk: Desk) -> None:
    bank_id = desk.version.bank_id
    assert bank_id is not None
    new = [CheckedItem(new=new_item(number), identifier=f"item-{number}", title=f"Title {number}") for number in range(2, 53)]
    versions = keep(engine, desk.actors["author"], bank_id, new)
    with engine.store.begin() as tx:
        tx.item_states.move([each.id for each in versions], ItemState.DRAFT, ItemState.IN_REVIEW, engine.clock.now())

    first = desk.sees("first", "/cell/item-reviews?lang=en")
    [on] = re.findall(r'href="(/cell/item-reviews\?[^"]*after=[^"]+)"', first)
    second = desk.sees("first", on.replace("&amp;", "&"))

    assert (first.count('data-label="Whose turn"'), second.count('data-label="Whose turn"')) == (50, 1)
    assert 'rel="prev"' not in first
    assert 'rel="next"' not in second
    assert 'rel="prev"' in second
    assert desk.browsers["first"].get("/cell/item-reviews?after=nothing").status_code == 422


def test_the_pages_say_who_accepted_and_no_longer_reviews_the_subject(engine: Engine, desk: Desk) -> None:
    item_reviews.send(engine, desk.actors["author"], [desk.version.id])
    for name in ("first", "second"):
        item_reviews.review(engine, desk.actors[name], [desk.version.id], Verdict.ACCEPT)
    item_reviews.give_subjects(engine, desk.actors["officer"], desk.actors["first"].person_id, [])

    assert desk.sees("officer", f"{desk.page}?lang=en").count("No longer reviews this subject") == 1
    assert "1 of them no longer reviews this subject" in desk.sees("officer", "/cell/item-reviews?lang=en")
    assert "अब इस विषय की समीक्षा नहीं करते" in desk.sees("officer", f"{desk.page}?lang=hi")
