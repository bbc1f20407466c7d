"""What an author is shown of a version that is kept, and of a text that is not: with its files, and for whoever may see the bank."""

import pytest

from assessment_engine.kernel.errors import NotAllowed, NotFound
from assessment_engine.kernel.ids import ItemVersionId
from assessment_engine.people import Actor, Role
from assessment_engine.services import item_checks
from assessment_engine.services.engine import Engine
from assessment_engine.services.import_sources import from_files
from assessment_engine.services.item_imports import ImportRules, import_package
from item_bank.imports import NewPart
from item_bank.items import PartKind
from tests.builders import GENERAL, a_person, an_organisation
from tests.services.packages import PICTURE, an_item, zipped

SOUND = b"ID3\x04\x00\x00\x00\x00\x00\x00"


@pytest.fixture
def officer(engine: Engine) -> Actor:
    return a_person(engine, an_organisation(engine), Role.CELL_OFFICER)


def test_a_kept_version_is_looked_at_with_its_files(engine: Engine, officer: Actor) -> None:
    package = zipped({"one.xml": an_item(body='<p><img src="a.png" alt="A dot"/></p>'), "a.png": PICTURE})
    report = import_package(engine, officer, from_files({"p.zip": package}), ImportRules(new_bank="Bank", facts=GENERAL))

    assert item_checks.check(engine, officer, ItemVersionId(str(report.items[0].version_id))) == ()


def test_a_file_that_cannot_be_shown_where_it_stands_is_told_before_anything_is_kept(engine: Engine, officer: Actor) -> None:
    shown = an_item(body='<p><img src="a.mp3" alt="x"/><img src="https://elsewhere.example/b.png" alt="y"/></p>')
    part = NewPart(lang="en", path="a.mp3", kind=PartKind.MEDIA, data=SOUND, media_type="audio/mpeg")

    found = item_checks.check_draft(engine, officer, {"en": shown}, [part])

    assert [(each.code, each.lang, each.said) for each in found] == [
        ("wrong_media", "en", "a.mp3"),
        ("external_reference", "en", "https://elsewhere.example/b.png"),
    ]


def test_reviewers_and_authors_see_what_is_to_look_at_and_others_do_not(engine: Engine, officer: Actor) -> None:
    for role in (Role.ITEM_AUTHOR, Role.ITEM_REVIEWER):
        assert item_checks.check_draft(engine, a_person(engine, officer.organisation_id, role), {"en": an_item()}) == ()
    with pytest.raises(NotAllowed):
        item_checks.check_draft(engine, a_person(engine, officer.organisation_id, Role.INVIGILATOR), {"en": an_item()})


def test_another_organisations_version_is_not_there(engine: Engine, officer: Actor) -> None:
    report = import_package(engine, officer, from_files({"a.xml": an_item()}), ImportRules(new_bank="Bank", facts=GENERAL))
    stranger = a_person(engine, an_organisation(engine), Role.CELL_OFFICER)

    with pytest.raises(NotFound):
        item_checks.check(engine, stranger, ItemVersionId(str(report.items[0].version_id)))
