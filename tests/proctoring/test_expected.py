"""Things that are expected in one sitting: a dismissed one at its place, a declared kind everywhere; everything else alerts as before."""

import json

import pytest

from assessment_engine.kernel.errors import Invalid
from proctoring.expected import Dismissed, Expected
from proctoring.incidents import Incident
from proctoring.observations import Box, Observation, Thing, ThingName
from proctoring.policy import Kind, Tier
from proctoring.watch import Watch
from tests.proctoring.sightings import FACE, IN_HAND, closed, watched, with_thing, without_things

ON_THE_SHELF = Box(x=0.05, y=0.1, width=0.12, height=0.2)
PHONE_IN_HAND = Dismissed(kind=Kind.PHONE, place=IN_HAND)
LONG = range(30)


def told(incidents: list[Incident]) -> list[tuple[Kind, Tier]]:
    return [(one.kind, one.tier) for one in incidents]


def with_two(at: float) -> Observation:
    """A phone in the hand and one on the shelf."""
    things = tuple(Thing(name=ThingName.PHONE, score=0.9, box=box) for box in (IN_HAND, ON_THE_SHELF))
    return Observation(at=at, seq=round(at), faces=1, face=FACE, objects=things)


def test_a_phone_alerts_and_says_where_it_was() -> None:
    (incident,) = closed(with_thing(at) for at in LONG)

    assert (incident.tier, incident.lead.place, incident.lead.expected) == (Tier.ALERT, IN_HAND, False)
    assert Incident.from_json(json.loads(json.dumps(incident.as_json()))) == incident


@pytest.mark.parametrize("expected", [Expected(dismissed=(PHONE_IN_HAND,)), Expected(kinds=frozenset({Kind.PHONE}))])
def test_what_was_dismissed_or_declared_is_counted_and_alerts_nobody(expected: Expected) -> None:
    incidents = closed([with_thing(at) for at in LONG], Watch(expected=expected))

    assert told(incidents) == [(Kind.PHONE, Tier.TELEMETRY)]
    assert Incident.from_json(json.loads(json.dumps(incidents[0].as_json()))) == incidents[0]


def test_the_same_thing_at_another_place_alerts_again() -> None:
    watch = Watch(expected=Expected(dismissed=(PHONE_IN_HAND,)))

    assert told(closed([with_thing(at, box=ON_THE_SHELF) for at in LONG], watch)) == [(Kind.PHONE, Tier.ALERT)]


def test_another_thing_at_the_same_place_alerts_again() -> None:
    watch = Watch(expected=Expected(dismissed=(Dismissed(kind=Kind.BOOK, place=IN_HAND),)))

    assert told(closed([with_thing(at) for at in LONG], watch)) == [(Kind.PHONE, Tier.ALERT)]


def test_a_dismissed_thing_does_not_hide_a_second_one() -> None:
    incidents = closed([with_two(at) for at in LONG], Watch(expected=Expected(dismissed=(PHONE_IN_HAND,))))

    assert (Kind.PHONE, Tier.ALERT) in told(incidents)
    assert next(one for one in incidents if one.tier is Tier.ALERT).lead.place == ON_THE_SHELF
    assert len({one.key for one in incidents}) == len(incidents)  # two things that came in one frame are not one row


def test_what_is_dismissed_while_it_is_seen_does_not_come_back() -> None:
    watch = Watch()
    raised = watched([with_thing(at) for at in range(10)], watch).incidents()
    watch.expect(Expected(dismissed=(PHONE_IN_HAND,)))

    later = closed(
        [
            *(with_thing(at) for at in range(10, 30)),
            *(without_things(at) for at in range(30, 40)),
            *(with_thing(at) for at in range(40, 60)),
        ],
        watch,
    )

    assert told([change.incident for change in raised]) == [(Kind.PHONE, Tier.ALERT)]
    assert [one.start_s for one in later if one.tier is Tier.ALERT] == [0]  # it ends; nothing new begins
    assert {one.tier for one in later if one.start_s > 0} == {Tier.TELEMETRY}


def test_a_new_owner_goes_on_with_what_was_expected() -> None:
    expected = Expected(dismissed=(PHONE_IN_HAND,))
    before = watched([with_thing(at) for at in LONG], Watch(expected=expected))
    known = list({change.incident.key: change.incident for change in before.incidents()}.values())

    after = Watch(expected=expected, known=known)
    later = closed([with_thing(at) for at in range(25, 50)], after)

    assert told(known) == [(Kind.PHONE, Tier.TELEMETRY)]
    assert {one.key for one in later} == {one.key for one in known}


def test_only_things_can_be_declared_or_dismissed() -> None:
    with pytest.raises(Invalid):
        Expected(kinds=frozenset({Kind.DIFFERENT_PERSON}))
    with pytest.raises(Invalid):
        Dismissed(kind=Kind.NOBODY)


def test_a_dismissal_survives_its_row() -> None:
    for one in (PHONE_IN_HAND, Dismissed(kind=Kind.SCREEN)):
        assert Dismissed.from_json(json.loads(json.dumps(one.as_json()))) == one
