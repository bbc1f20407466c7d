import hashlib
from itertools import product

import pytest

from assessment_engine.kernel.errors import IllegalTransition
from assessment_engine.kernel.machine import advance
from item_bank.items import TRANSITIONS, ItemPart, ItemState, ItemVerb, PartKind, content_digest, item_seed


@pytest.mark.parametrize(("state", "verb"), list(product(ItemState, ItemVerb)))
def test_a_version_moves_only_as_the_table_says(state: ItemState, verb: ItemVerb) -> None:
    if (state, verb) in TRANSITIONS:
        assert advance(TRANSITIONS, state, verb) is TRANSITIONS[state, verb]
    else:
        with pytest.raises(IllegalTransition):
            advance(TRANSITIONS, state, verb)


def a_part(path: str = "a.png", data: bytes = b"picture", lang: str = "en") -> ItemPart:
    sha256 = hashlib.sha256(data).hexdigest()
    return ItemPart(lang=lang, path=path, kind=PartKind.MEDIA, sha256=sha256, media_type="image/png", size=len(data))


def test_a_versions_digest_names_the_files_beside_it_too() -> None:
    alone = content_digest({"en": "<item/>"})

    assert content_digest({"en": "<item/>"}, [a_part()]) != alone
    assert content_digest({"en": "<item/>"}, [a_part(data=b"another")]) != content_digest({"en": "<item/>"}, [a_part()])
    assert content_digest({"en": "<item/>"}, [a_part("b"), a_part("a")]) == content_digest({"en": "<item/>"}, [a_part("a"), a_part("b")])


def test_a_sittings_copy_of_an_item_begins_at_the_same_seed_for_ever() -> None:
    assert item_seed("sit_1", "itv_1") == 6909203821178722228
    assert item_seed("sit_2", "itv_1") != item_seed("sit_1", "itv_1")
    assert item_seed("sit_1", "itv_2") != item_seed("sit_1", "itv_1")
    assert 0 <= item_seed("sit_1", "itv_1") < 2**63
