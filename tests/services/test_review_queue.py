"""The queue of items in review: whose turn it is, the longest waiting first, a page at a time. On both databases."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.ids import ItemVersionId
from assessment_engine.people import Actor, Role
from assessment_engine.services import item_reviews, review_queue
from assessment_engine.services.engine import Engine
from assessment_engine.services.item_versions import save
from assessment_engine.services.review_queue import Turn
from item_bank.item_filters import Waited, waited_of
from item_bank.item_reviews import Verdict
from tests.builders import GENERAL, steer
from tests.services.test_item_reviews import Cast, a_cast
from tests.services.test_item_versions import new_item


def sent(engine: Engine, cast: Cast, count: int) -> list[ItemVersionId]:
    """Several items in review, each sent a minute after the one before."""
    found = [cast.version.id]
    for number in range(2, count + 1):
        found.append(save(engine, cast.author, bank_id=cast.bank_id, item_id=None, based_on=0, new=new_item(number)).id)
    for version_id in found:
        steer(engine).advance(60)
        item_reviews.send(engine, cast.author, [version_id])
    return found


def turns(engine: Engine, actor: Actor, *, everything: bool = False) -> list[tuple[ItemVersionId, Turn]]:
    return [(line.card.id, line.turn) for line in review_queue.queue(engine, actor, everything=everything).lines]


def test_everybody_sees_first_what_waits_for_them(any_engine: Engine) -> None:
    cast = a_cast(any_engine)
    first, second, third = sent(any_engine, cast, 3)
    item_reviews.review(any_engine, cast.first, [first, second], Verdict.ACCEPT)
    item_reviews.review(any_engine, cast.second, [second], Verdict.ACCEPT)

    assert turns(any_engine, cast.first) == [(third, Turn.REVIEW)]
    assert turns(any_engine, cast.second) == [(first, Turn.REVIEW), (third, Turn.REVIEW)]
    assert turns(any_engine, cast.officer) == [(second, Turn.APPROVE)]
    assert turns(any_engine, cast.author) == turns(any_engine, cast.other) == []
    assert turns(any_engine, cast.author, everything=True) == [(each, Turn.OTHERS) for each in (first, second, third)]
    assert turns(any_engine, cast.other, everything=True) == []
    found = review_queue.queue(any_engine, cast.officer)
    assert (found.mine, found.total) == (1, 3)


def test_it_is_nobodys_turn_with_what_they_wrote_and_a_returned_one_waits_for_who_returned_it(any_engine: Engine) -> None:
    cast = a_cast(any_engine)
    both = replace(cast.author, roles=frozenset({Role.ITEM_AUTHOR, Role.ITEM_REVIEWER, Role.CELL_OFFICER}))
    with any_engine.store.begin() as tx:
        tx.item_reviews.set_subjects(both.person_id, both.organisation_id, [GENERAL.subject])
    (version,) = sent(any_engine, cast, 1)
    item_reviews.review(any_engine, cast.first, [version], Verdict.RETURN, "Two options say the same.")
    item_reviews.send(any_engine, cast.author, [version])
    item_reviews.review(any_engine, cast.second, [version], Verdict.ACCEPT)

    assert turns(any_engine, both) == []
    assert turns(any_engine, cast.first) == [(version, Turn.REVIEW)]
    assert turns(any_engine, cast.officer) == []
    item_reviews.review(any_engine, cast.first, [version], Verdict.ACCEPT)
    assert turns(any_engine, cast.officer) == [(version, Turn.APPROVE)]
    item_reviews.review(any_engine, cast.second, [version], Verdict.RETURN, "No: read it again.")
    item_reviews.send(any_engine, cast.author, [version])
    assert turns(any_engine, cast.officer) == []


def test_who_wrote_before_the_last_approval_may_have_the_next_turn(any_engine: Engine) -> None:
    cast = a_cast(any_engine)
    (first,) = sent(any_engine, cast, 1)
    for reviewer in (cast.first, cast.second):
        item_reviews.review(any_engine, reviewer, [first], Verdict.ACCEPT)
    item_reviews.approve(any_engine, cast.officer, [first])
    changer = replace(cast.officer, roles=frozenset({Role.ITEM_AUTHOR}))
    newest = save(any_engine, changer, bank_id=cast.bank_id, item_id=cast.version.item_id, based_on=1, new=new_item()).id
    item_reviews.send(any_engine, changer, [newest])
    once_author = replace(cast.author, roles=frozenset({Role.ITEM_REVIEWER}))
    with any_engine.store.begin() as tx:
        tx.item_reviews.set_subjects(once_author.person_id, once_author.organisation_id, [GENERAL.subject])

    assert turns(any_engine, once_author) == [(newest, Turn.REVIEW)]
    assert turns(any_engine, replace(changer, roles=frozenset({Role.CELL_OFFICER}))) == []


def test_pages_lead_on_and_back(any_engine: Engine) -> None:
    cast = a_cast(any_engine)
    ids = sent(any_engine, cast, 5)

    def look(place: Waited | None) -> review_queue.Queue:
        return review_queue.queue(any_engine, cast.first, place, size=2)

    first = look(None)
    second = look(waited_of(str(first.after)))
    third = look(second.after)
    back = look(waited_of(str(third.before), back=True))

    assert [[line.card.id for line in each.lines] for each in (first, second, third, back)] == [ids[:2], ids[2:4], ids[4:], ids[2:4]]
    assert (first.before, third.after) == (None, None)
    assert look(replace(back.before, back=True) if back.before else None).before is None


@pytest.mark.parametrize("text", ["x", "W10", "WyIyMDI2LTAxLTAxIiwiaXR2XzEiXQ", "é", "WzEsMl0"])
@pytest.mark.parametrize("read", [waited_of, lambda text: waited_of(text, back=True)])
def test_a_place_that_nobody_was_given_is_refused(read: Callable[[str], object], text: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(text)

    assert refused.value.details["problem"] == "no_such_place"
