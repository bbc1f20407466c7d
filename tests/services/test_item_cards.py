"""Lists of items on both databases: every filter, every order page by page, counts, calibrations, exposure, shared texts, enemies."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from assessment_engine.kernel.errors import Invalid, NotAllowed
from assessment_engine.kernel.ids import BankId, EnemySetId, ItemVersionId
from assessment_engine.people import Actor, Role
from assessment_engine.services import item_calibrations, item_cards, item_reviews
from assessment_engine.services.engine import Engine
from assessment_engine.services.exams import NewExam, NewSession, create_exam, create_session
from assessment_engine.services.forms import build_form
from assessment_engine.services.item_versions import save
from assessment_engine.services.items import create_bank
from item_bank.facts import Bloom, Difficulty, ItemFacts, Origin
from item_bank.imports import NewItem, NewPart
from item_bank.item_calibrations import ItemCalibration
from item_bank.item_filters import SORTS, Exposure, ItemFilter, Order, Rights, order_of, place_of
from item_bank.items import ItemState, ItemVerb, PartKind
from tests.builders import GENERAL, a_choice_item, a_person, a_stored_sitting, an_organisation, approved, stored
from tests.services.test_item_versions import a_form_of, new_item

STIMULUS = (
    b'<qti-assessment-stimulus xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="s" title="A table">'
    b"<qti-stimulus-body><p>A table</p></qti-stimulus-body></qti-assessment-stimulus>"
)


def a_bank(engine: Engine) -> tuple[Actor, BankId]:
    officer = a_person(engine, an_organisation(engine), Role.CELL_OFFICER)
    return officer, create_bank(engine, officer, "Bank").id


def saved(engine: Engine, officer: Actor, bank_id: BankId, new: NewItem) -> ItemVersionId:
    return save(engine, officer, bank_id=bank_id, item_id=None, based_on=0, new=new).id


def found(engine: Engine, officer: Actor, asked: ItemFilter) -> list[str]:
    return [card.identifier for card in item_cards.look(engine, officer, asked, Order()).page.cards]


TOLD = ItemFacts(
    subject="Law",
    topic="Contracts",
    bloom=Bloom.ANALYSE,
    difficulty=Difficulty.HARD,
    origin=Origin.BOUGHT,
    licence_ends=date(2026, 12, 24),
)
FILTERS = {
    "words": ItemFilter(words="  QUESTION   2?"),
    "words of the other language": ItemFilter(words="प्रश्न"),
    "signs that a query would read": ItemFilter(words="100%_"),
    "a subject": ItemFilter(equal={"subject": "Law"}),
    "a level": ItemFilter(equal={"level": 3}),
    "Bloom and difficulty": ItemFilter(equal={"bloom": "analyse", "difficulty": "hard"}),
    "where it comes from": ItemFilter(equal={"origin": "bought"}),
    "a language": ItemFilter(lang="hi"),
    "rights that end soon": ItemFilter(rights=Rights.ENDING),
    "the state": ItemFilter(equal={"state": "in_review"}),
    "calibrated": ItemFilter(calibrated=True),
}


@pytest.mark.parametrize("name", FILTERS)
def test_each_filter_finds_the_one_item_that_it_means(any_engine: Engine, name: str) -> None:
    officer, bank_id = a_bank(any_engine)
    saved(any_engine, officer, bank_id, new_item(1))
    english = a_choice_item(2).replace("Question 2", "Question 2: 100%_")
    hindi = english.replace('xml:lang="en"', 'xml:lang="hi"').replace("Question", "प्रश्न")
    variants = {"en": english.encode(), "hi": hindi.encode()}
    told = saved(any_engine, officer, bank_id, NewItem(variants=variants, facts=TOLD, level=3))
    item_reviews.send(any_engine, officer, [told])
    found_by = ItemCalibration(version_id=told, model="2pl", a=1.1, b=-0.4, c=None, n=812, at=any_engine.clock.now())
    item_calibrations.keep(any_engine, officer, [found_by])

    assert found(any_engine, officer, FILTERS[name]) == ["item-2"]
    assert item_cards.look(any_engine, officer, FILTERS[name], Order()).page.total == 1


@pytest.mark.parametrize("key", SORTS)
@pytest.mark.parametrize("down", [False, True])
def test_pages_in_every_order_give_the_whole_list_and_lead_back(any_engine: Engine, key: str, down: bool) -> None:
    officer, bank_id = a_bank(any_engine)
    for number in range(1, 8):
        facts = replace(GENERAL, difficulty=list(Difficulty)[number % 3] if number % 4 else None)
        variants = {"en": a_choice_item(number).replace(f'title="Item {number}"', f'title="{"bB"[number % 2]}{number // 3}"').encode()}
        saved(any_engine, officer, bank_id, NewItem(variants=variants, facts=facts, level=number % 3 or None))
    order = order_of(f"{'-' if down else ''}{key}")
    whole = [card.id for card in item_cards.every(any_engine, officer, ItemFilter(), order)]

    pages, place = [], None
    while True:
        page = item_cards.look(any_engine, officer, ItemFilter(), order, place, size=3).page
        pages.append([card.id for card in page.cards])
        if page.after is None:
            break
        place = place_of(str(page.after), order)
    assert page.before is not None
    back = item_cards.look(any_engine, officer, ItemFilter(), order, place_of(str(page.before), order, back=True), size=3).page

    assert [version_id for each in pages for version_id in each] == whole
    assert [len(each) for each in pages] == [3, 3, 1]
    assert [card.id for card in back.cards] == pages[-2]
    assert place_of(str(page.before), order_of("identifier" if key != "identifier" else "title")) is None


def test_sittings_that_began_are_counted_with_every_version_of_their_form(any_engine: Engine) -> None:
    officer, bank_id = a_bank(any_engine)
    seen, unseen = (saved(any_engine, officer, bank_id, new_item(number)) for number in (1, 2))
    approved(any_engine, officer, seen)
    form = build_form(any_engine, officer, a_form_of(seen))
    exam = create_exam(any_engine, officer, NewExam(code="E", title="Exam", title_hi="परीक्षा", form_id=form.id, duration_s=600))
    now = any_engine.clock.now()
    window = NewSession(exam_id=exam.id, title="Morning", opens_at=now, closes_at=now.replace(hour=18))
    session = create_session(any_engine, officer, window)
    for _ in range(3):
        a_stored_sitting(any_engine, a_person(any_engine, officer.organisation_id), exam.id, session.id, form.id)

    counts = {card.id: card.exposures for card in item_cards.every(any_engine, officer, ItemFilter(), Order(key="exposures", down=True))}

    assert list(counts.items()) == [(seen, 3), (unseen, 0)]
    assert found(any_engine, officer, ItemFilter(exposure=Exposure.SEEN)) == ["item-1"]
    assert found(any_engine, officer, ItemFilter(exposure=Exposure.NEVER)) == ["item-2"]
    assert found(any_engine, officer, ItemFilter(exposure=Exposure.OFTEN)) == []


def test_items_beside_one_text_and_enemies_are_found_together(any_engine: Engine) -> None:
    officer, bank_id = a_bank(any_engine)
    part = NewPart(lang="en", path="s.xml", kind=PartKind.STIMULUS, data=STIMULUS, media_type="application/xml")
    for number in (1, 2):
        saved(any_engine, officer, bank_id, replace(new_item(number), parts=(part,)))
    alone = saved(any_engine, officer, bank_id, new_item(3))
    first, *_ = stored(any_engine, officer)

    made = item_cards.make_enemies(any_engine, officer, "Both read it off", [first.id, alone])

    assert found(any_engine, officer, ItemFilter(stimulus=first.parts[0].sha256)) == ["item-1", "item-2"]
    assert found(any_engine, officer, ItemFilter(enemies=made)) == ["item-1", "item-3"]
    item_cards.end_enmity(any_engine, officer, made, alone)
    assert item_cards.look(any_engine, officer, ItemFilter(), Order()).enemies == {}
    assert found(any_engine, officer, ItemFilter(enemies=EnemySetId(made))) == []


def test_a_page_offers_the_enemies_of_its_own_items_and_the_set_that_is_asked_for(any_engine: Engine) -> None:
    officer, bank_id = a_bank(any_engine)
    first, second, third, fourth = (saved(any_engine, officer, bank_id, new_item(number)) for number in (1, 2, 3, 4))
    early = item_cards.make_enemies(any_engine, officer, "The same date", [first, second])
    late = item_cards.make_enemies(any_engine, officer, "Another date", [third, fourth])
    stranger = a_person(any_engine, an_organisation(any_engine, "Elsewhere"), Role.CELL_OFFICER)

    def offered(actor: Actor, asked: ItemFilter, size: int = 50) -> list[str]:
        return list(item_cards.look(any_engine, actor, asked, Order(), size=size).enemies)

    assert offered(officer, ItemFilter()) == [late, early]
    assert offered(officer, ItemFilter(), size=2) == [early]
    assert offered(officer, ItemFilter(enemies=late)) == [late]
    assert offered(officer, ItemFilter(enemies=late, words="nothing like it")) == [late]
    assert offered(stranger, ItemFilter(enemies=late)) == []


def test_only_the_newest_version_is_listed_and_counted(any_engine: Engine) -> None:
    officer, bank_id = a_bank(any_engine)
    first = save(any_engine, officer, bank_id=bank_id, item_id=None, based_on=0, new=new_item())
    approved(any_engine, officer, first.id)
    save(any_engine, officer, bank_id=bank_id, item_id=first.item_id, based_on=1, new=new_item())

    page = item_cards.look(any_engine, officer, ItemFilter(), Order()).page

    assert ([card.version for card in page.cards], page.total, page.states) == ([2], 1, {ItemState.DRAFT: 1})


def test_a_plan_changes_nothing_and_says_what_would_happen(any_engine: Engine) -> None:
    officer, bank_id = a_bank(any_engine)
    fit, unfit = (saved(any_engine, officer, bank_id, new_item(number, facts)) for number, facts in ((1, GENERAL), (2, ItemFacts())))

    plan = item_cards.plan(any_engine, officer, ItemVerb.SEND_TO_REVIEW, [fit, unfit, fit])

    assert [card.id for card in plan.moved] == [fit]
    assert [(each.card.id, each.error.details["problem"]) for each in plan.refused] == [(unfit, "no_subject")]
    assert {version.state for version in stored(any_engine, officer)} == {ItemState.DRAFT}


def test_a_calibration_that_cannot_be_is_refused(engine: Engine) -> None:
    officer, bank_id = a_bank(engine)
    version_id = saved(engine, officer, bank_id, new_item())
    right = ItemCalibration(version_id=version_id, model="3pl", a=1.0, b=0.0, c=0.2, n=500, at=datetime(2026, 11, 1, tzinfo=UTC))

    for wrong in (replace(right, model="4pl"), replace(right, b=float("nan")), replace(right, c=1.2), replace(right, n=0)):
        with pytest.raises(Invalid):
            item_calibrations.keep(engine, officer, [wrong])
    item_calibrations.keep(engine, officer, [right, replace(right, b=0.5, at=datetime(2026, 11, 2, tzinfo=UTC))])

    with engine.store.read() as tx:
        assert tx.item_calibrations.of([version_id])[version_id].b == 0.5


def test_lists_are_for_those_who_keep_the_bank(engine: Engine) -> None:
    officer, _ = a_bank(engine)

    with pytest.raises(NotAllowed):
        item_cards.look(engine, a_person(engine, officer.organisation_id), ItemFilter(), Order())
    with pytest.raises(Invalid):
        ItemFilter(equal={"password": "x"})
