"""The paper that travels early: everything a page shows, nothing that tells a key, opened by the session's code."""

import json
from dataclasses import replace

import pytest

from assessment_engine.delivery.paper import open_paper
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.kernel.errors import NotAllowed, NotFound, NotYet, SittingSealed
from assessment_engine.people import Role
from assessment_engine.services import delivery, papers
from assessment_engine.services.engine import Engine
from tests.browser.paper import an_exam_of
from tests.builders import World, a_person, a_world, an_organisation, steer


def opened(engine: Engine, world: World) -> dict[str, object]:
    sealed = papers.paper_of(engine, world.candidate, world.sitting_id)
    content = open_paper(sealed, world.sitting_id, papers.release_code(engine, world.session_id))
    assert isinstance(content, dict)
    return dict(content)


def test_a_paper_has_every_question_in_every_language_as_the_page_would_get_it(engine: Engine) -> None:
    world, items = an_exam_of(engine, ["choice", "hotspot"])

    paper = opened(engine, world)

    assert paper["items"].keys() == set(items)  # type: ignore[attr-defined]
    with engine.store.begin() as tx:
        sitting = tx.sittings.get(world.sitting_id)
        tx.sittings.save(replace(sitting, state=SittingState.IN_PROGRESS, started_at=engine.clock.now()))
    for item in items:
        for lang in ("en", "hi"):
            shown = delivery.item_of(engine, world.candidate, world.sitting_id, item, lang)
            page = paper["items"][item][lang]  # type: ignore[index]
            assert (page["html"], page["language"], page["languages"]) == (shown.html, lang, ["en", "hi"])


def test_the_pictures_are_in_the_paper(engine: Engine) -> None:
    world, _ = an_exam_of(engine, ["hotspot"])

    media = opened(engine, world)["media"]

    assert media
    for address, file in media.items():  # type: ignore[attr-defined]
        assert address.startswith("/api/v1/media/")
        assert file["type"].startswith("image/")


def test_a_paper_is_the_same_for_everybody_only_where_nothing_is_drawn(engine: Engine) -> None:
    world = a_world(engine, state=SittingState.ADMITTED)

    first, second = opened(engine, world), opened(engine, world)

    assert first == second
    assert "correct" not in json.dumps(first)


def test_a_paper_is_handed_out_from_admission_until_the_seal(engine: Engine) -> None:
    early, late = a_world(engine, state=SittingState.CONSENTED), a_world(engine, state=SittingState.SUBMITTED)

    with pytest.raises(NotYet):
        papers.paper_of(engine, early.candidate, early.sitting_id)
    with pytest.raises(SittingSealed):
        papers.paper_of(engine, late.candidate, late.sitting_id)
    with pytest.raises(NotFound):
        papers.paper_of(engine, late.candidate, early.sitting_id)


def test_the_code_is_shown_to_an_invigilator_once_the_session_is_open_and_each_look_is_in_the_log(engine: Engine) -> None:
    world = a_world(engine)
    invigilator = a_person(engine, world.organisation_id, Role.INVIGILATOR)
    officer = a_person(engine, world.organisation_id, Role.CELL_OFFICER)
    steer(engine).advance(-7200)

    with pytest.raises(NotYet):
        papers.code_to_read(engine, invigilator, world.session_id)
    assert papers.code_to_read(engine, officer, world.session_id) == papers.release_code(engine, world.session_id)
    steer(engine).advance(7200)
    assert papers.code_to_read(engine, invigilator, world.session_id) == papers.release_code(engine, world.session_id)

    with pytest.raises(NotAllowed):
        papers.code_to_read(engine, world.candidate, world.session_id)
    stranger = a_person(engine, an_organisation(engine), Role.CELL_OFFICER)
    with pytest.raises(NotFound):
        papers.code_to_read(engine, stranger, world.session_id)
