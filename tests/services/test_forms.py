import pytest

from assessment_engine.kernel.errors import Invalid, NotAllowed, NotFound
from assessment_engine.kernel.ids import EnemySetId, ItemVersionId
from assessment_engine.people import Actor, Role
from assessment_engine.services.engine import Engine
from assessment_engine.services.forms import NewForm, build_form, form_of, forms
from assessment_engine.services.items import create_bank, import_items
from assessment_engine.storage.enemies import EnemySet
from item_bank.forms import FormSection
from item_bank.imports import NewItem
from tests.builders import GENERAL, a_person, an_organisation, approved
from tests.item_bank.items import choice, qti, response


@pytest.fixture
def officer(engine: Engine) -> Actor:
    return a_person(engine, an_organisation(engine), Role.CELL_OFFICER)


def an_item(engine: Engine, officer: Actor, *, lang: str = "en", is_approved: bool = True) -> ItemVersionId:
    xml = qti(responses=response("identifier", "A"), body=choice("A", "B"), lang=lang)
    (version,) = import_items(engine, officer, create_bank(engine, officer, "Bank").id, [NewItem(variants={lang: xml}, facts=GENERAL)])
    if is_approved:
        approved(engine, officer, version.id)
    return version.id


def a_new_form(*sections: tuple[ItemVersionId, ...]) -> NewForm:
    made = tuple(FormSection(id=str(n), title="Part", title_hi="भाग", items=items) for n, items in enumerate(sections))
    return NewForm(title="Form", title_hi="प्रश्नपत्र", sections=made)


def test_a_form_keeps_its_sections_and_knows_its_marks(engine: Engine, officer: Actor) -> None:
    one, two = an_item(engine, officer), an_item(engine, officer)

    form = build_form(engine, officer, a_new_form((one,), (two,)))

    sheet = form_of(engine, officer, form.id)
    assert sheet.form == form
    assert sheet.form.items == (one, two)
    assert sheet.total == 2
    assert forms(engine, officer) == [sheet]


def test_the_name_of_a_form_holds_every_item_and_its_order(engine: Engine, officer: Actor) -> None:
    one, two = an_item(engine, officer), an_item(engine, officer)

    names = {build_form(engine, officer, a_new_form(order)).sha256 for order in ((one, two), (two, one), (one,))}

    assert len(names) == 3


def test_only_approved_items_come_into_a_form(engine: Engine, officer: Actor) -> None:
    with pytest.raises(Invalid, match="not approved"):
        build_form(engine, officer, a_new_form((an_item(engine, officer, is_approved=False),)))


def test_all_items_of_a_form_speak_the_same_languages(engine: Engine, officer: Actor) -> None:
    with pytest.raises(Invalid, match="same languages"):
        build_form(engine, officer, a_new_form((an_item(engine, officer), an_item(engine, officer, lang="hi"))))


def test_an_empty_or_repeating_form_is_refused(engine: Engine, officer: Actor) -> None:
    item = an_item(engine, officer)

    for sections in ((), ((),), ((item, item),), ((item,), (item,))):
        with pytest.raises(Invalid):
            build_form(engine, officer, a_new_form(*sections))


def test_another_organisations_items_and_forms_do_not_exist(engine: Engine, officer: Actor) -> None:
    stranger = a_person(engine, an_organisation(engine), Role.CELL_OFFICER)
    item = an_item(engine, officer)
    form = build_form(engine, officer, a_new_form((item,)))

    assert forms(engine, stranger) == []
    with pytest.raises(NotFound):
        form_of(engine, stranger, form.id)
    with pytest.raises(NotFound):
        build_form(engine, stranger, a_new_form((item,)))


def test_a_candidate_builds_no_forms(engine: Engine, officer: Actor) -> None:
    with pytest.raises(NotAllowed):
        build_form(engine, a_person(engine, officer.organisation_id), a_new_form((an_item(engine, officer),)))


def test_enemies_are_not_in_one_form(engine: Engine, officer: Actor) -> None:
    one, two = an_item(engine, officer), an_item(engine, officer)
    with engine.store.begin() as tx:
        items = tuple(version.item_id for version in tx.items.many([one, two]).values())
        tx.enemies.add(officer, EnemySet(id=EnemySetId("ene_1"), name="the same date", items=items))

    with pytest.raises(Invalid) as refused:
        build_form(engine, officer, a_new_form((one,), (two,)))

    assert refused.value.details["problem"] == "enemies"
