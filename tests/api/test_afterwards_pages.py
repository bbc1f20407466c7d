"""What was seen only after a cut says so wherever a person meets it, in both languages."""

from assessment_engine.services.engine import Engine
from assessment_engine.storage.incidents import WatchRecord
from tests.api.test_invigilator import a_flag, an_invigilator
from tests.builders import World


def seen_afterwards(engine: Engine, world: World) -> str:
    """A flag that was found in pictures of a cut; answers its id."""
    incident_id = a_flag(engine, world)
    with engine.store.begin() as tx:
        (row,) = tx.incidents.of_sitting(world.sitting_id)
        changed = {"id": incident_id, "trace": '{"findings": [], "baseline": null, "afterwards": true}'}
        tx.connection.exec_driver_sql("UPDATE incidents SET trace = :trace WHERE id = :id", changed)
        tx.incidents.save_watch(WatchRecord(sitting_id=row.sitting_id, observable_s=100, afterwards_s=42))
    return incident_id


def test_the_case_and_the_panel_say_which_pictures_came_afterwards(engine: Engine, world: World) -> None:
    incident, browser = seen_afterwards(engine, world), an_invigilator(engine, world)

    for path, said in (
        (f"/invigilator/review/{incident}", "While the connection was lost, sent afterwards: the candidate"),
        (f"/invigilator/sittings/{world.sitting_id}/panel", "While the connection was lost, sent afterwards"),
    ):
        english, hindi = browser.get(f"{path}?lang=en").text, browser.get(f"{path}?lang=hi").text
        assert said in english and "42 s of it in pictures that came afterwards" in english
        assert "बाद में" in hindi and "afterwards" not in hindi


def test_what_was_seen_when_it_happened_says_nothing_of_the_kind(engine: Engine, world: World) -> None:
    incident, browser = a_flag(engine, world), an_invigilator(engine, world)

    for path in (f"/invigilator/review/{incident}", f"/invigilator/sittings/{world.sitting_id}/panel"):
        assert "afterwards" not in browser.get(f"{path}?lang=en").text
