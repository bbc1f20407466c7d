"""Blueprints are kept, held against the bank, and make fixed forms that say where they come from."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import delete, text
from sqlalchemy.exc import DatabaseError

from assessment_engine.kernel.errors import BlueprintCannotBeMet, Conflict, Invalid, NotAllowed, NotFound
from assessment_engine.kernel.ids import EnemySetId
from assessment_engine.people import Actor, Role
from assessment_engine.services import blueprints, forms
from assessment_engine.services.engine import Engine
from assessment_engine.services.items import import_items
from assessment_engine.storage.blueprints import item_marks
from assessment_engine.storage.enemies import EnemySet
from item_bank.blueprints import Drawing, LeftOut
from tests.builders import a_person, an_organisation, approved
from tests.services.drawn import a_bank, an_item, rules


@pytest.fixture
def officer(any_engine: Engine) -> Actor:
    return a_person(any_engine, an_organisation(any_engine), Role.CELL_OFFICER)


def test_a_fixed_form_keeps_to_its_blueprint_and_can_be_drawn_again(any_engine: Engine, officer: Actor) -> None:
    competencies, _ = a_bank(any_engine, officer)
    kept = blueprints.save(any_engine, officer, rules(competencies))

    form = blueprints.build_form(any_engine, officer, kept.id)

    sheet = forms.form_of(any_engine, officer, form.id)
    assert sheet.form == form
    assert form.origin is not None
    assert form.origin.blueprint_id == kept.id
    for section, competency in zip(form.sections, competencies, strict=True):
        held = [sheet.versions[item] for item in section.items]
        assert {version.competency_id for version in held} == {competency}
        assert sorted(str(version.facts.difficulty) for version in held) == ["easy"] * 3 + ["hard"] * 3
    with any_engine.store.read() as tx:
        pool = tx.drawn_forms.pool(form.origin.pool_sha256)
    again = Drawing(kept.blueprint, pool).draw(form.origin.seed)
    assert tuple(part.form_section for part in again) == form.sections
    assert pool.sha256 == form.origin.pool_sha256


def test_another_form_by_the_same_blueprint_is_another_paper(any_engine: Engine, officer: Actor) -> None:
    competencies, _ = a_bank(any_engine, officer)
    kept = blueprints.save(any_engine, officer, rules(competencies))

    digests = {blueprints.build_form(any_engine, officer, kept.id).sha256 for _ in range(3)}

    assert len(digests) == 3
    assert blueprints.blueprint_of(any_engine, officer, kept.id).used == 3


def test_what_is_missing_is_told_before_anything_is_made(any_engine: Engine, officer: Actor) -> None:
    competencies, _ = a_bank(any_engine, officer)
    kept = blueprints.save(any_engine, officer, rules(competencies, each=9))

    found = blueprints.blueprint_of(any_engine, officer, kept.id).survey

    assert [(row.asked, row.available, row.missing) for row in found.rows] == [(9, 8, 1)] * 4
    with pytest.raises(BlueprintCannotBeMet) as refused:
        blueprints.build_form(any_engine, officer, kept.id)
    assert refused.value.details == {"problem": "too_few", "section": "A", "row": 1, "row_missing": 1, "missing": 4}
    assert forms.forms(any_engine, officer) == []


def test_enemies_drafts_and_lapsed_items_are_not_drawn(any_engine: Engine, officer: Actor) -> None:
    competencies, versions = a_bank(any_engine, officer, 16)
    with any_engine.store.begin() as tx:
        items = [tx.items.get(version).item_id for version in versions]
        tx.enemies.add(officer, EnemySet(id=EnemySetId("ene_1"), name="the same date", items=(items[0], items[2])))
        bank = tx.items.banks(officer)[0].id
    new = [an_item(100, competencies[0], licence_ends=date(2026, 12, 1)), an_item(102, competencies[0])]
    lapsing, _draft = (version.id for version in import_items(any_engine, officer, bank, new))
    approved(any_engine, officer, lapsing)
    kept = blueprints.save(any_engine, officer, rules(competencies, each=4))

    today = blueprints.blueprint_of(any_engine, officer, kept.id).survey
    later = blueprints.blueprint_of(any_engine, officer, kept.id, date(2026, 12, 2)).survey
    form = blueprints.build_form(any_engine, officer, kept.id)

    assert (today.is_met, [row.available for row in today.rows]) == (True, [5, 4, 4, 4])
    assert (later.left_out, later.missing, later.rows[0].problem) == ({LeftOut.LAPSED: 1}, 1, "enemies")
    assert lapsing in form.items
    assert len({versions[0], versions[2]} & set(form.items)) == 1
    with pytest.raises(BlueprintCannotBeMet):
        blueprints.build_form(any_engine, officer, kept.id, date(2026, 12, 2))


def test_a_change_is_a_new_blueprint_and_the_old_forms_keep_theirs(any_engine: Engine, officer: Actor) -> None:
    competencies, _ = a_bank(any_engine, officer)
    first = blueprints.save(any_engine, officer, rules(competencies))
    form = blueprints.build_form(any_engine, officer, first.id)

    second = blueprints.save(any_engine, officer, replace(rules(competencies, each=2), title="Shorter"), first.id)

    assert [one.id for one in blueprints.blueprints(any_engine, officer)] == [second.id]
    assert forms.form_of(any_engine, officer, form.id).form.origin == form.origin
    with pytest.raises(Conflict):
        blueprints.build_form(any_engine, officer, first.id)
    with pytest.raises(Conflict):
        blueprints.save(any_engine, officer, rules(competencies), first.id)
    blueprints.give_up(any_engine, officer, second.id)
    assert blueprints.blueprints(any_engine, officer) == []


def test_a_blueprint_needs_titles_languages_and_rows_that_make_sense(any_engine: Engine, officer: Actor) -> None:
    plain = rules(a_bank(any_engine, officer, 8)[0])

    for wrong in (replace(plain, title_hi=" "), replace(plain, languages=()), replace(plain, sections=())):
        with pytest.raises(Invalid):
            blueprints.save(any_engine, officer, wrong)


def test_blueprints_are_the_cells_and_of_one_organisation(any_engine: Engine, officer: Actor) -> None:
    kept = blueprints.save(any_engine, officer, rules(a_bank(any_engine, officer, 8)[0]))
    stranger = a_person(any_engine, an_organisation(any_engine), Role.CELL_OFFICER)
    author = a_person(any_engine, officer.organisation_id, Role.ITEM_AUTHOR)

    assert blueprints.blueprints(any_engine, stranger) == []
    for act in (blueprints.blueprint_of, blueprints.build_form, blueprints.give_up):
        with pytest.raises(NotFound):
            act(any_engine, stranger, kept.id)
        with pytest.raises(NotAllowed):
            act(any_engine, author, kept.id)


@pytest.mark.parametrize(
    "change", ["UPDATE blueprints SET sha256 = 'x'", "DELETE FROM blueprints", "UPDATE forms SET seed = 'x'", "DELETE FROM pools"]
)
def test_what_a_paper_was_drawn_by_cannot_be_changed_afterwards(any_engine: Engine, officer: Actor, change: str) -> None:
    kept = blueprints.save(any_engine, officer, rules(a_bank(any_engine, officer)[0]))
    blueprints.build_form(any_engine, officer, kept.id)

    with pytest.raises(DatabaseError), any_engine.store.begin() as tx:
        tx.connection.execute(text(change))


def test_the_offer_says_what_approved_items_have(any_engine: Engine, officer: Actor) -> None:
    competencies, _ = a_bank(any_engine, officer)

    offer = blueprints.offer(any_engine, officer)

    assert offer.values["difficulty"] == {"easy": 16, "hard": 16}
    assert offer.values["competency"] == dict.fromkeys(sorted(competencies), 16)
    assert offer.values["kind"] == {"choice": 32}
    assert offer.values["languages"] == {"en": 32}
    assert offer.approved == 32


def test_marks_are_known_from_approval_on_and_worked_out_for_what_was_approved_before(any_engine: Engine, officer: Actor) -> None:
    competencies, versions = a_bank(any_engine, officer)
    kept = blueprints.save(any_engine, officer, rules(competencies))
    with any_engine.store.begin() as tx:
        pool = tx.blueprints.pool(officer.organisation_id)
        missing = tx.blueprints.without_marks(officer.organisation_id)
        tx.connection.execute(delete(item_marks))  # as in a bank of before

    survey = blueprints.blueprint_of(any_engine, officer, kept.id).survey

    assert missing == []
    assert {item.id: item.marks for item in pool.items} == dict.fromkeys(versions, Decimal(1))
    assert survey.uneven == ()
    with any_engine.store.read() as tx:
        assert tx.blueprints.pool(officer.organisation_id) == pool
