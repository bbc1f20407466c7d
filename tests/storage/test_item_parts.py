"""The files beside an item: each content once, every use a row, and what is written stays. On both databases."""

import hashlib

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from assessment_engine.kernel.errors import NotFound
from assessment_engine.kernel.ids import ItemVersionId
from assessment_engine.services.engine import Engine
from assessment_engine.storage.item_parts import part_contents
from item_bank.items import ItemPart, PartKind
from tests.builders import a_form, an_organisation

PICTURE = b"\x89PNG picture"
DIGEST = hashlib.sha256(PICTURE).hexdigest()


def a_part(lang: str = "en", path: str = "images/a.png") -> ItemPart:
    return ItemPart(lang=lang, path=path, kind=PartKind.MEDIA, sha256=DIGEST, media_type="image/png", size=len(PICTURE))


@pytest.fixture
def versions(any_engine: Engine) -> tuple[ItemVersionId, ...]:
    return a_form(any_engine, an_organisation(any_engine), 2)[1]


def test_a_content_that_two_versions_share_is_kept_once(any_engine: Engine, versions: tuple[ItemVersionId, ...]) -> None:
    first, second = versions
    with any_engine.store.begin() as tx:
        tx.items.parts.keep({DIGEST: PICTURE})
        tx.items.parts.keep({DIGEST: PICTURE})
        tx.items.parts.add({first: (a_part(), a_part("hi")), second: (a_part(path="b.png"),)})

    with any_engine.store.read() as tx:
        assert len(tx.connection.execute(select(part_contents.c.sha256)).all()) == 1
        assert tx.items.get(first).parts == (a_part(), a_part("hi"))
        assert tx.items.many(versions)[second].parts == (a_part(path="b.png"),)
        assert sorted(each for each, _ in tx.items.parts.with_digest(DIGEST)) == sorted([first, first, second])


def test_a_piece_of_a_content_is_read_alone(any_engine: Engine) -> None:
    with any_engine.store.begin() as tx:
        tx.items.parts.keep({DIGEST: PICTURE})

    with any_engine.store.read() as tx:
        assert tx.items.parts.contents(DIGEST) == PICTURE
        assert tx.items.parts.contents(DIGEST, 1, 3) == b"PNG"
        assert tx.items.parts.contents(DIGEST, 5, 1000) == b"picture"
        with pytest.raises(NotFound):
            tx.items.parts.contents("0" * 64)


def test_a_use_without_its_content_is_refused(any_engine: Engine, versions: tuple[ItemVersionId, ...]) -> None:
    with pytest.raises(IntegrityError), any_engine.store.begin() as tx:
        tx.items.parts.add({versions[0]: (a_part(),)})


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE part_contents SET data = sha256",
        "DELETE FROM part_contents",
        "UPDATE item_parts SET media_type = 'text/html'",
        "DELETE FROM item_parts",
    ],
)
def test_what_is_written_stays(any_engine: Engine, versions: tuple[ItemVersionId, ...], statement: str) -> None:
    with any_engine.store.begin() as tx:
        tx.items.parts.keep({DIGEST: PICTURE})
        tx.items.parts.add({versions[0]: (a_part(),)})

    if any_engine.store.engine.dialect.name == "postgresql":
        statement = statement.replace("data = sha256", "data = 'x'")
    with pytest.raises(DBAPIError, match="what is written"), any_engine.store.begin() as tx:
        tx.connection.execute(text(statement))
