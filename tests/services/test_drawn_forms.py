"""Every candidate has a paper of their own, drawn before the exam; it stays theirs, and is scored as what it is."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update

from assessment_engine.delivery.announcements import Wording
from assessment_engine.delivery.checkin import CheckInVerb
from assessment_engine.delivery.responses import an_offer
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import BlueprintCannotBeMet, Conflict, Invalid, ItemInUse, MarksDiffer, NotAllowed, NotFound
from assessment_engine.kernel.ids import ItemVersionId, SittingId
from assessment_engine.people import Actor, Role
from assessment_engine.scoring.results import BatchState
from assessment_engine.services import (
    announcements,
    audit,
    blueprints,
    bookings,
    checkin,
    delivery,
    drawn_forms,
    exams,
    forms,
    item_reviews,
    papers,
    results,
    scoring,
)
from assessment_engine.services.engine import Engine
from assessment_engine.services.items import scored_variant
from assessment_engine.storage.blueprints import item_marks
from item_bank.blueprints import Drawing
from item_bank.forms import Form, FormSection
from tests.builders import a_form, a_person, an_organisation, steer
from tests.services.drawn import Hall, a_hall, form_of_sitting, registered
from tests.services.test_results import give_password

FACE = b"\xff\xd8\xff\xe0" + b"live face"


def meets(engine: Engine, hall: Hall, form: Form, each: int = 3) -> bool:
    with engine.store.read() as tx:
        versions = tx.items.many(form.items)
    held = [
        (section.id, versions[item].competency_id, str(versions[item].facts.difficulty))
        for section in form.sections
        for item in section.items
    ]
    wanted = {(letter, one, level): each for letter, one in zip("AB", hall.competencies, strict=True) for level in ("easy", "hard")}
    return Counter(held) == wanted and len(set(form.items)) == len(form.items)


def test_everybody_gets_a_paper_of_their_own_by_the_blueprint(any_engine: Engine) -> None:
    hall = a_hall(any_engine)
    places = registered(any_engine, hall, *(f"Candidate {n}" for n in range(25)))

    sheet = drawn_forms.draw(any_engine, hall.officer, hall.session.id)

    own = [form_of_sitting(any_engine, sitting_id) for _, sitting_id in places]
    assert (sheet.seats.drawn, sheet.seats.waiting, sheet.seats.begun) == (25, 0, 0)
    assert all(meets(any_engine, hall, form) for form in own)
    assert len({form.sha256 for form in own}) == 25
    assert hall.form.sha256 not in {form.sha256 for form in own}
    assert sum(count * questions for count, questions in sheet.uses.items()) == 25 * 12


def test_a_drawn_paper_can_be_drawn_again_from_what_was_recorded(any_engine: Engine) -> None:
    hall = a_hall(any_engine)
    places = registered(any_engine, hall, "One", "Two")
    drawn_forms.draw(any_engine, hall.officer, hall.session.id)

    for _, sitting_id in places:
        form = form_of_sitting(any_engine, sitting_id)
        assert form.origin is not None
        with any_engine.store.read() as tx:
            pool, kept = tx.drawn_forms.pool(form.origin.pool_sha256), tx.blueprints.get(form.origin.blueprint_id)
            assert form.origin.registration_id == tx.sittings.get(sitting_id).registration_id
        assert tuple(part.form_section for part in Drawing(kept.blueprint, pool).draw(form.origin.seed)) == form.sections


def test_the_log_commits_to_the_draw_without_telling_its_seed(any_engine: Engine) -> None:
    hall = a_hall(any_engine)
    registered(any_engine, hall, "One")

    sheet = drawn_forms.draw(any_engine, hall.officer, hall.session.id)

    assert sheet.draw is not None
    with any_engine.store.read() as tx:
        entries = [one for one in tx.audit.about(hall.session.id) if one.kind == "papers_drawn"]
    assert len(entries) == 1
    assert sheet.draw.pool_sha256 in str(entries[0].payload)
    assert sheet.draw.seed not in str(entries[0].payload)


def admitted(engine: Engine, hall: Hall, candidate: Actor, sitting_id: SittingId) -> None:
    """Take a candidate through check-in, with a person who admits them."""
    invigilator = a_person(engine, hall.officer.organisation_id, Role.INVIGILATOR, name="Meera Nair")
    delivery.consent(engine, candidate, sitting_id, "en")
    checkin.ask_admission(engine, candidate, sitting_id, FACE)
    checkin.decide(engine, invigilator, sitting_id, CheckInVerb.ADMIT)


def key_of(engine: Engine, form: Form) -> dict[ItemVersionId, dict[str, Json]]:
    with engine.store.read() as tx:
        versions = tx.items.many(form.items)
    correct = {item: scored_variant(versions[item]).responses["RESPONSE"].correct for item in form.items}
    return {item: {"RESPONSE": str(key.atoms[0])} for item, key in correct.items() if key is not None}


def test_two_candidates_sit_two_papers_and_both_results_are_published(any_engine: Engine) -> None:
    engine, hall = any_engine, a_hall(any_engine)
    (first, first_id), (second, second_id) = registered(engine, hall, "Meera Nair", "Ravi Das")
    drawn_forms.draw(engine, hall.officer, hall.session.id)
    steer(engine).advance(timedelta(days=1, minutes=5).total_seconds())
    forms = {sitting_id: form_of_sitting(engine, sitting_id) for sitting_id in (first_id, second_id)}
    assert set(forms[first_id].items) != set(forms[second_id].items)

    for candidate, sitting_id in ((first, first_id), (second, second_id)):
        admitted(engine, hall, candidate, sitting_id)
        assert papers.paper_of(engine, candidate, sitting_id)
    ledger = delivery.open_ledger(engine)
    try:
        for candidate, sitting_id, wrong in ((first, first_id, 0), (second, second_id, 5)):
            delivery.start(ledger, candidate, sitting_id)
            key = key_of(engine, forms[sitting_id])
            for revision, item in enumerate(forms[sitting_id].items, start=1):
                given = {"RESPONSE": "ABCD"[("ABCD".index(str(key[item]["RESPONSE"])) + 1) % 4]} if revision <= wrong else key[item]
                ledger.save(an_offer(sitting_id, candidate.person_id, item, revision, given)).result(60)
            assert form_of_sitting(engine, sitting_id) == forms[sitting_id]
            delivery.submit(engine, ledger, candidate, sitting_id)
    finally:
        ledger.stop()
    reports = {sitting_id: scoring.score_sitting(engine, sitting_id) for sitting_id in forms}

    assert {sitting_id: (int(report.card.total), int(report.card.max)) for sitting_id, report in reports.items()} == {
        first_id: (12, 12),
        second_id: (7, 12),
    }
    assert all(reports[one].card.form_sha256 == forms[one].sha256 for one in forms)
    give_password(engine, hall.officer, hall.second)
    batch = results.draft_batch(engine, hall.officer, hall.session.id)
    results.approve_batch(engine, hall.officer, batch.id)
    steer(engine).advance(1)
    assert results.approve_batch(engine, hall.second, batch.id).state is BatchState.PUBLISHED
    assert int(scoring.report_of(engine, second, second_id).card.total) == 7
    audit.sequence(engine)
    assert audit.verify_log(engine).is_whole


def test_a_question_of_another_candidates_paper_is_not_ones_own(any_engine: Engine) -> None:
    hall = a_hall(any_engine)
    (_, sitting_id), (_, other_id) = registered(any_engine, hall, "One", "Two")
    drawn_forms.draw(any_engine, hall.officer, hall.session.id)
    mine, others = (set(form_of_sitting(any_engine, one).items) for one in (sitting_id, other_id))

    with any_engine.store.read() as tx:
        form = tx.forms.get(tx.sittings.get(sitting_id).form_id)

    with pytest.raises(Invalid):
        form.check_has(next(iter(others - mine)))


def test_whoever_is_registered_after_the_draw_gets_their_paper_from_the_sweep(any_engine: Engine) -> None:
    hall = a_hall(any_engine)
    registered(any_engine, hall, "One")
    drawn_forms.draw(any_engine, hall.officer, hall.session.id)
    ((_, late_id),) = registered(any_engine, hall, "Late")
    assert form_of_sitting(any_engine, late_id) == hall.form

    assert drawn_forms.draw_missing(any_engine) == 1

    assert meets(any_engine, hall, form_of_sitting(any_engine, late_id))
    assert form_of_sitting(any_engine, late_id).is_own
    assert drawn_forms.draw_missing(any_engine) == 0


def test_whoever_is_admitted_before_the_sweep_came_gets_their_paper_then(any_engine: Engine) -> None:
    hall = a_hall(any_engine)
    drawn_forms.draw(any_engine, hall.officer, hall.session.id)
    ((candidate, late_id),) = registered(any_engine, hall, "Late")
    steer(any_engine).advance(timedelta(days=1, minutes=5).total_seconds())

    admitted(any_engine, hall, candidate, late_id)

    form = form_of_sitting(any_engine, late_id)
    assert form.is_own
    drawn_forms.draw_missing(any_engine)
    assert form_of_sitting(any_engine, late_id) == form


def test_papers_can_be_drawn_anew_until_somebody_is_admitted(any_engine: Engine) -> None:
    hall = a_hall(any_engine)
    ((candidate, sitting_id),) = registered(any_engine, hall, "One")
    drawn_forms.draw(any_engine, hall.officer, hall.session.id)
    first = form_of_sitting(any_engine, sitting_id)

    drawn_forms.draw(any_engine, hall.officer, hall.session.id)

    second = form_of_sitting(any_engine, sitting_id)
    assert second.origin is not None
    assert first.origin is not None
    assert second.origin.draw_id != first.origin.draw_id
    steer(any_engine).advance(timedelta(days=1, minutes=5).total_seconds())
    admitted(any_engine, hall, candidate, sitting_id)
    with pytest.raises(Conflict) as refused:
        drawn_forms.draw(any_engine, hall.officer, hall.session.id)
    assert refused.value.details["problem"] == "papers_handed_out"
    assert not drawn_forms.sheet(any_engine, hall.officer, hall.session.id).may_draw


def test_a_session_whose_form_has_no_blueprint_keeps_the_common_paper(any_engine: Engine) -> None:
    hall = a_hall(any_engine)
    form_id, _ = a_form(any_engine, hall.officer.organisation_id)
    policy = hall.exam.policy
    new = exams.NewExam(code="F1", title="Fixed", title_hi="नियत", form_id=form_id, duration_s=3600, policy=policy)
    exam = exams.create_exam(any_engine, hall.officer, new)
    opens_at = hall.session.opens_at + timedelta(days=3)
    session = exams.create_session(
        any_engine, hall.officer, exams.NewSession(exam_id=exam.id, title="S", opens_at=opens_at, closes_at=opens_at + timedelta(hours=1))
    )

    with pytest.raises(Conflict) as refused:
        drawn_forms.draw(any_engine, hall.officer, session.id)

    assert refused.value.details["problem"] == "no_blueprint"


def test_a_bank_that_has_shrunk_is_told_and_nothing_changes(any_engine: Engine) -> None:
    hall = a_hall(any_engine, 16, each=4)
    ((_, sitting_id),) = registered(any_engine, hall, "One")
    with any_engine.store.begin() as tx:
        tx.connection.exec_driver_sql("UPDATE item_versions SET state = 'retired' WHERE identifier = 'q-000'")

    with pytest.raises(BlueprintCannotBeMet):
        drawn_forms.draw(any_engine, hall.officer, hall.session.id)

    assert form_of_sitting(any_engine, sitting_id) == hall.form
    assert drawn_forms.sheet(any_engine, hall.officer, hall.session.id).draw is None


def test_an_item_of_a_drawn_paper_is_in_use_until_the_session_is_over(any_engine: Engine) -> None:
    hall = a_hall(any_engine)
    ((_, sitting_id),) = registered(any_engine, hall, "One")
    drawn_forms.draw(any_engine, hall.officer, hall.session.id)
    own = next(item for item in form_of_sitting(any_engine, sitting_id).items if item not in hall.form.items)

    with pytest.raises(ItemInUse):
        item_reviews.retire(any_engine, hall.officer, [own])

    steer(any_engine).advance(timedelta(days=2).total_seconds())
    item_reviews.retire(any_engine, hall.officer, [own])


def test_no_exam_is_held_with_one_candidates_own_paper(any_engine: Engine) -> None:
    hall = a_hall(any_engine)
    ((_, sitting_id),) = registered(any_engine, hall, "One")
    drawn_forms.draw(any_engine, hall.officer, hall.session.id)
    own = form_of_sitting(any_engine, sitting_id)

    new = exams.NewExam(code="X", title="X", title_hi="X", form_id=own.id, duration_s=60, policy=hall.exam.policy)

    with pytest.raises(Invalid):
        exams.create_exam(any_engine, hall.officer, new)


def test_nobody_practises_with_a_question_of_a_drawn_paper_and_none_is_drawn_from_practice(any_engine: Engine) -> None:
    hall = a_hall(any_engine)
    registered(any_engine, hall, *(f"C{n}" for n in range(9)))
    drawn_forms.draw(any_engine, hall.officer, hall.session.id)
    practice = blueprints.build_form(any_engine, hall.officer, hall.kept.id)

    plain = exams.NewExam(code="P", title="P", title_hi="P", form_id=hall.form.id, duration_s=60, policy=hall.exam.policy)

    with pytest.raises(Invalid) as refused:
        exams.create_exam(any_engine, hall.officer, replace(plain, practice_form_id=practice.id))
    assert refused.value.details["problem"] == "practice_overlap"


def test_staff_can_speak_to_those_who_have_a_question_of_a_drawn_paper(any_engine: Engine) -> None:
    hall = a_hall(any_engine)
    (candidate, sitting_id), (other, other_id) = registered(any_engine, hall, "One", "Two")
    drawn_forms.draw(any_engine, hall.officer, hall.session.id)
    mine, others = (set(form_of_sitting(any_engine, one).items) for one in (sitting_id, other_id))
    item = next(iter(mine - others))

    announcements.announce(any_engine, hall.officer, hall.session.id, Wording(text="Read kg.", text_hi="किग्रा पढ़ें।", item_id=item))

    desk = announcements.desk(any_engine, hall.officer, hall.session.id)
    assert set(desk.questions) == mine | others
    assert not desk.numbered
    assert len(announcements.mine(any_engine, candidate, sitting_id)) == 1
    assert announcements.mine(any_engine, other, other_id) == []


def test_draws_are_the_cells_and_of_one_organisation(any_engine: Engine) -> None:
    hall = a_hall(any_engine)
    stranger = a_person(any_engine, an_organisation(any_engine), Role.CELL_OFFICER)
    invigilator = a_person(any_engine, hall.officer.organisation_id, Role.INVIGILATOR)

    for act in (drawn_forms.draw, drawn_forms.sheet):
        with pytest.raises(NotFound):
            act(any_engine, stranger, hall.session.id)
        with pytest.raises(NotAllowed):
            act(any_engine, invigilator, hall.session.id)


def test_papers_that_would_not_be_worth_the_same_are_not_drawn(any_engine: Engine) -> None:
    hall = a_hall(any_engine)
    registered(any_engine, hall, "One")
    drawn_forms.sheet(any_engine, hall.officer, hall.session.id)
    with any_engine.store.begin() as tx:
        (first, *_) = [item.id for item in tx.blueprints.pool(hall.officer.organisation_id).items]
        tx.connection.execute(update(item_marks).where(item_marks.c.version_id == first).values(best=Decimal(2)))

    with pytest.raises(MarksDiffer) as refused:
        drawn_forms.draw(any_engine, hall.officer, hall.session.id)

    assert (refused.value.code, refused.value.details["marks"]) == ("marks_differ", "1, 2")
    assert not drawn_forms.sheet(any_engine, hall.officer, hall.session.id).may_draw
    assert drawn_forms.sheet(any_engine, hall.officer, hall.session.id).draw is None


def test_what_was_retired_since_the_draw_is_in_no_paper_that_is_written_later(any_engine: Engine) -> None:
    hall = a_hall(any_engine)
    drawn_forms.draw(any_engine, hall.officer, hall.session.id)
    with any_engine.store.read() as tx:
        easy = [one for one in tx.blueprints.pool(hall.officer.organisation_id).items if one.difficulty == "easy"]
    retired = [ItemVersionId(one.id) for one in easy if one.id not in hall.form.items and one.competency == hall.competencies[0]]
    item_reviews.retire(any_engine, hall.officer, retired)
    places = registered(any_engine, hall, *(f"Late {n}" for n in range(6)))

    assert drawn_forms.draw_missing(any_engine) == 6

    for _, sitting_id in places:
        form = form_of_sitting(any_engine, sitting_id)
        assert form.origin is not None
        assert not set(retired).intersection(form.items)
        with any_engine.store.read() as tx:
            pool = tx.drawn_forms.pool(form.origin.pool_sha256)
        assert tuple(part.form_section for part in Drawing(hall.kept.blueprint, pool).draw(form.origin.seed)) == form.sections


def test_nobody_is_kept_out_where_the_bank_can_give_no_paper_any_more(any_engine: Engine) -> None:
    hall = a_hall(any_engine)
    drawn_forms.draw(any_engine, hall.officer, hall.session.id)
    with any_engine.store.begin() as tx:
        tx.connection.exec_driver_sql("UPDATE item_versions SET state = 'retired' WHERE difficulty = 'easy'")
    ((candidate, sitting_id),) = registered(any_engine, hall, "Late")
    steer(any_engine).advance(timedelta(days=1, minutes=5).total_seconds())

    assert drawn_forms.draw_missing(any_engine) == 0
    admitted(any_engine, hall, candidate, sitting_id)

    assert form_of_sitting(any_engine, sitting_id) == hall.form


def test_whoever_is_admitted_before_the_papers_drawn_anew_are_written_gets_the_new_one(
    any_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, hall = any_engine, a_hall(any_engine)
    ((candidate, sitting_id),) = registered(engine, hall, "One")
    first = drawn_forms.draw(engine, hall.officer, hall.session.id).draw
    with monkeypatch.context() as killed:
        killed.setattr(drawn_forms, "_write_all", lambda *_: 0)  # as if the process had ended here
        second = drawn_forms.draw(engine, hall.officer, hall.session.id).draw
    steer(engine).advance(timedelta(days=1, minutes=5).total_seconds())

    admitted(engine, hall, candidate, sitting_id)

    origin = form_of_sitting(engine, sitting_id).origin
    assert first is not None and second is not None and origin is not None
    assert origin.draw_id == second.id != first.id


def test_whoever_moves_to_a_session_without_a_draw_sits_the_common_paper_there(any_engine: Engine) -> None:
    engine, hall = any_engine, a_hall(any_engine)
    slots = [
        exams.NewSession(exam_id=hall.exam.id, title="Slot", opens_at=at, closes_at=at + timedelta(hours=4), bookable=True, change_hours=0)
        for at in (hall.session.opens_at, hall.session.opens_at + timedelta(days=3))
    ]
    first, later = (exams.create_session(engine, hall.officer, slot) for slot in slots)
    hall = replace(hall, session=first)
    ((candidate, sitting_id),) = registered(engine, hall, "One")
    drawn_forms.draw(engine, hall.officer, hall.session.id)
    drawn = form_of_sitting(engine, sitting_id)

    bookings.change_slot(engine, candidate, sitting_id, later.id)
    assert form_of_sitting(engine, sitting_id) == hall.form
    assert announcements.desk(engine, hall.officer, later.id).numbered
    bookings.change_slot(engine, candidate, sitting_id, hall.session.id)
    drawn_forms.draw_missing(engine)

    assert form_of_sitting(engine, sitting_id) == drawn


def test_no_question_is_drawn_that_candidates_of_another_open_exam_practise_with(any_engine: Engine) -> None:
    engine, hall = any_engine, a_hall(any_engine)
    registered(engine, hall, *(f"Candidate {n}" for n in range(25)))
    with engine.store.read() as tx:
        free = [one for one in tx.item_cards.every(hall.officer) if one.id not in hall.form.items][:1]
    section = FormSection(id="P", title="Practice", title_hi="अभ्यास", items=tuple(one.id for one in free))
    practice = forms.build_form(engine, hall.officer, forms.NewForm(title="P", title_hi="P", sections=(section,)))
    plain = exams.NewExam(code="P", title="P", title_hi="P", form_id=hall.form.id, duration_s=60, policy=hall.exam.policy)
    exams.create_exam(engine, hall.officer, replace(plain, practice_form_id=practice.id))

    sheet = drawn_forms.draw(engine, hall.officer, hall.session.id)

    assert sheet.draw is not None
    with engine.store.read() as tx:
        assert not set(tx.drawn_forms.uses(sheet.draw)).intersection(practice.items)


def test_staff_can_speak_to_whoever_kept_the_common_paper_among_drawn_ones(any_engine: Engine) -> None:
    engine, hall = any_engine, a_hall(any_engine)
    (_, drawn_id), (candidate, common_id) = registered(engine, hall, "One", "Two")
    drawn_forms.draw(engine, hall.officer, hall.session.id)
    with engine.store.begin() as tx:
        tx.sittings.save(replace(tx.sittings.get(common_id), form_id=hall.form.id))
    drawn = form_of_sitting(engine, drawn_id).items
    item = next(one for one in hall.form.items if one not in drawn)

    announcements.announce(engine, hall.officer, hall.session.id, Wording(text="Read kg.", text_hi="किग्रा पढ़ें।", item_id=item))

    assert len(announcements.mine(engine, candidate, common_id)) == 1
    assert set(announcements.desk(engine, hall.officer, hall.session.id).questions) == {*drawn, *hall.form.items}
