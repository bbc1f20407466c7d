import pytest

from assessment_engine.demo.content import demo_exam
from assessment_engine.kernel.errors import AssessmentError, Invalid, NotAllowed, NotFound
from assessment_engine.kernel.ids import BankId
from assessment_engine.people import Actor, Role
from assessment_engine.services.engine import Engine
from assessment_engine.services.items import create_bank, import_items, previewed_item, rendered_item
from item_bank.imports import NewItem
from item_bank.items import ItemState, ItemVersion
from tests.builders import a_person, an_organisation, stored
from tests.item_bank.items import choice, qti, response


def imported(engine: Engine, actor: Actor, bank_id: BankId, new: NewItem) -> ItemVersion:
    """One item, as a draft."""
    (version,) = import_items(engine, actor, bank_id, [new])
    return version


def variants(key: str = "A", hindi_key: str = "A") -> NewItem:
    return NewItem(
        variants={
            "en": qti(responses=response("identifier", key), body=choice("A", "B")),
            "hi": qti(responses=response("identifier", hindi_key), body=choice("A", "B"), lang="hi"),
        }
    )


def test_an_item_is_imported_as_a_draft_with_all_its_languages(any_engine: Engine) -> None:
    officer = a_person(any_engine, an_organisation(any_engine), Role.CELL_OFFICER)
    bank = create_bank(any_engine, officer, "Bank")

    version = imported(any_engine, officer, bank.id, variants())

    assert (version.state, version.version) == (ItemState.DRAFT, 1)
    assert stored(any_engine, officer) == [version]
    assert sorted(version.variants) == ["en", "hi"]


def test_the_same_identifier_again_is_the_next_version(engine: Engine) -> None:
    officer = a_person(engine, an_organisation(engine), Role.CELL_OFFICER)
    bank = create_bank(engine, officer, "Bank")

    versions = [imported(engine, officer, bank.id, variants()).version for _ in range(3)]

    assert versions == [1, 2, 3]
    assert [version.version for version in stored(engine, officer)] == [3, 2, 1]


def test_one_bad_item_keeps_all_of_them_out(engine: Engine) -> None:
    officer = a_person(engine, an_organisation(engine), Role.CELL_OFFICER)
    bank = create_bank(engine, officer, "Bank")

    with pytest.raises(Invalid, match="differs between en and hi"):
        import_items(engine, officer, bank.id, [variants(), variants(key="B", hindi_key="A")])

    assert stored(engine, officer) == []


BAD = {
    "no language": NewItem(variants={}),
    "no best score": NewItem(variants={"en": qti(responses=response("float"), body="<p>x</p>", processing="")}),
    "no such level": NewItem(variants=variants().variants, level=5),
    "not an item": NewItem(variants={"en": b"<html/>"}),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_examined_is_not_imported(engine: Engine, name: str) -> None:
    officer = a_person(engine, an_organisation(engine), Role.CELL_OFFICER)
    bank = create_bank(engine, officer, "Bank")

    with pytest.raises(Invalid):
        imported(engine, officer, bank.id, BAD[name])


def test_items_are_made_by_the_cell_only(engine: Engine) -> None:
    organisation_id = an_organisation(engine)
    bank = create_bank(engine, a_person(engine, organisation_id, Role.CELL_OFFICER), "Bank")

    for role in (Role.CANDIDATE, Role.INVIGILATOR, Role.GRIEVANCE_OFFICER):
        with pytest.raises(NotAllowed):
            imported(engine, a_person(engine, organisation_id, role), bank.id, variants())


def test_another_organisation_sees_nothing_of_a_bank(engine: Engine) -> None:
    bank_owner, stranger = (a_person(engine, an_organisation(engine), Role.CELL_OFFICER) for _ in range(2))
    bank = create_bank(engine, bank_owner, "Bank")
    version = imported(engine, bank_owner, bank.id, variants())

    assert stored(engine, stranger) == []
    for attempt in (
        lambda: imported(engine, stranger, bank.id, variants()),
        lambda: previewed_item(engine, stranger, version.id, "en"),
        lambda: imported(engine, bank_owner, BankId("bnk_none"), variants()),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_an_item_is_shown_in_the_language_asked_for_or_its_first(engine: Engine) -> None:
    officer = a_person(engine, an_organisation(engine), Role.CELL_OFFICER)
    version = imported(engine, officer, create_bank(engine, officer, "Bank").id, variants())

    assert rendered_item(engine, version.id, "hi").lang == "hi"
    assert rendered_item(engine, version.id, "ur").lang == "en"
    assert "checked" in rendered_item(engine, version.id, "en", {"RESPONSE": "B"}).html


def test_every_demo_item_can_be_imported(engine: Engine) -> None:
    officer = a_person(engine, an_organisation(engine), Role.CELL_OFFICER)
    bank = create_bank(engine, officer, "Bank")
    new = [NewItem(variants=item.variants, level=item.level) for section in demo_exam().sections for item in section.items]

    versions = import_items(engine, officer, bank.id, new)

    assert len(versions) == 23


def test_a_refusal_names_the_language_and_the_line(engine: Engine) -> None:
    officer = a_person(engine, an_organisation(engine), Role.CELL_OFFICER)
    broken = NewItem(variants={"hi": qti(responses=response("float", "1"), body="<blink>x</blink>", lang="hi")})

    with pytest.raises(AssessmentError, match="hi: line 4, blink"):
        imported(engine, officer, create_bank(engine, officer, "Bank").id, broken)
