"""Log-ins, sessions, roles with dates, and the people of an organisation."""

from datetime import date

import pytest

from assessment_engine.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn, ReauthenticationNeeded, TokenExpired
from assessment_engine.kernel.ids import OrganisationId
from assessment_engine.people import OrganisationKind, Role
from assessment_engine.services import people
from assessment_engine.services.engine import Engine
from assessment_engine.services.people import NewPerson
from assessment_engine.storage.people import organisations
from tests.builders import a_person, an_organisation, steer

PASSWORD = "correct horse"
TODAY = date(2026, 11, 23)


@pytest.fixture
def engine(any_engine: Engine) -> Engine:
    return any_engine


@pytest.fixture
def organisation_id(engine: Engine) -> OrganisationId:
    return an_organisation(engine)


def asha(**changes: object) -> NewPerson:
    plain = {"login": "Asha ", "name": "Asha Rao", "password": PASSWORD, "roles": (Role.CANDIDATE,)}
    return NewPerson(**{**plain, **changes})  # type: ignore[arg-type]


def test_the_right_password_signs_in_and_the_token_stands_for_the_person(engine: Engine, organisation_id: OrganisationId) -> None:
    person = people.add_person(engine, organisation_id, asha())

    signed = people.sign_in(engine, "ASHA", PASSWORD)

    assert people.actor_of(engine, signed.token).actor == signed.actor
    assert signed.actor.person_id == person.id
    assert signed.actor.roles == {Role.CANDIDATE}
    assert signed.organisation.id == organisation_id


@pytest.mark.parametrize(("login", "password"), [("asha", "wrong"), ("nobody", PASSWORD), ("", ""), ("asha", "x" * 5000)])
def test_anything_else_does_not_and_never_says_which_was_wrong(
    engine: Engine, organisation_id: OrganisationId, login: str, password: str
) -> None:
    people.add_person(engine, organisation_id, asha())

    with pytest.raises(NotSignedIn, match="the log-in or the password is wrong"):
        people.sign_in(engine, login, password)


def test_a_person_without_a_password_cannot_log_in_by_one(engine: Engine, organisation_id: OrganisationId) -> None:
    people.add_person(engine, organisation_id, asha(password=None))

    with pytest.raises(NotSignedIn):
        people.sign_in(engine, "asha", "")


def test_neither_the_password_nor_the_token_is_stored(engine: Engine, organisation_id: OrganisationId) -> None:
    people.add_person(engine, organisation_id, asha())
    signed = people.sign_in(engine, "asha", PASSWORD)

    with engine.store.read() as tx:
        found = tx.people.by_login("asha")
        session = tx.people.session(signed.token)

    assert found is not None and found[1] is not None and found[1].startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert session is None


def test_a_session_ends_by_signing_out_and_by_time(engine: Engine, organisation_id: OrganisationId) -> None:
    people.add_person(engine, organisation_id, asha())
    left, stayed = (people.sign_in(engine, "asha", PASSWORD) for _ in range(2))

    people.sign_out(engine, left.token)
    people.sign_out(engine, left.token)

    with pytest.raises(TokenExpired):
        people.actor_of(engine, left.token)
    steer(engine).advance(12 * 3600 - 1)
    people.actor_of(engine, stayed.token)
    steer(engine).advance(1)
    with pytest.raises(TokenExpired):
        people.actor_of(engine, stayed.token)


def test_an_invented_token_stands_for_nobody(engine: Engine) -> None:
    with pytest.raises(NotSignedIn):
        people.actor_of(engine, "invented")


def test_a_role_holds_between_its_dates_only(engine: Engine, organisation_id: OrganisationId) -> None:
    people.add_person(engine, organisation_id, asha(starts_on=TODAY, ends_on=TODAY))
    signed = people.sign_in(engine, "asha", PASSWORD)

    steer(engine).advance(7 * 3600)  # 12:00 UTC is 17:30 in India; the next day begins in six and a half hours

    with pytest.raises(NotSignedIn):
        people.actor_of(engine, signed.token)


def test_an_organisation_that_has_ended_lets_nobody_act(engine: Engine, organisation_id: OrganisationId) -> None:
    people.add_person(engine, organisation_id, asha())
    signed = people.sign_in(engine, "asha", PASSWORD)
    with engine.store.begin() as tx:
        tx.connection.execute(organisations.update().values(ends_on=date(2026, 11, 22)))

    with pytest.raises(NotSignedIn):
        people.actor_of(engine, signed.token)
    with pytest.raises(NotSignedIn):
        people.sign_in(engine, "asha", PASSWORD)


def test_giving_the_password_again_lasts_ten_minutes(engine: Engine, organisation_id: OrganisationId) -> None:
    people.add_person(engine, organisation_id, asha())
    signed = people.sign_in(engine, "asha", PASSWORD)
    steer(engine).advance(601)

    def required() -> None:
        with engine.store.read() as tx:
            people.require_reauthentication(tx, signed.actor, engine.clock.now())

    with pytest.raises(ReauthenticationNeeded):
        required()
    with pytest.raises(NotAllowed):
        people.reauthenticate(engine, signed.token, "wrong")
    with pytest.raises(ReauthenticationNeeded):
        required()
    people.reauthenticate(engine, signed.token, PASSWORD)
    required()
    people.sign_out(engine, signed.token)
    with pytest.raises(ReauthenticationNeeded):
        required()


@pytest.mark.parametrize(
    "wrong",
    [
        {"login": " "},
        {"name": ""},
        {"password": "short"},
        {"language": "fr"},
        {"starts_on": TODAY, "ends_on": date(2026, 11, 22)},
    ],
)
def test_a_person_that_does_not_fit_is_not_added(engine: Engine, organisation_id: OrganisationId, wrong: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        people.add_person(engine, organisation_id, asha(**wrong))

    with engine.store.read() as tx:
        assert tx.people.members(organisation_id) == []


def test_a_log_in_is_taken_across_organisations(engine: Engine, organisation_id: OrganisationId) -> None:
    people.add_person(engine, organisation_id, asha())

    with pytest.raises(Conflict):
        people.add_person(engine, an_organisation(engine), asha())


def test_the_cell_adds_and_sees_the_people_of_its_own_organisation_only(engine: Engine, organisation_id: OrganisationId) -> None:
    officer = a_person(engine, organisation_id, Role.CELL_OFFICER)
    stranger = a_person(engine, an_organisation(engine), name="Ravi Menon")

    added = people.enrol_candidate(engine, officer, asha())

    shown = {member.person.id for member in people.members(engine, officer)}
    assert shown == {officer.person_id, added.id}
    with engine.store.read() as tx, pytest.raises(NotFound):
        tx.people.of(officer, stranger.person_id)


def test_only_the_cell_adds_people(engine: Engine, organisation_id: OrganisationId) -> None:
    candidate = a_person(engine, organisation_id)

    with pytest.raises(NotAllowed):
        people.enrol_candidate(engine, candidate, asha())
    with pytest.raises(NotAllowed):
        people.members(engine, candidate)


@pytest.mark.parametrize("roles", [(), (Role.CELL_OFFICER,), (Role.CANDIDATE, Role.INVIGILATOR)])
def test_nobody_in_the_cell_makes_their_own_second_person(engine: Engine, organisation_id: OrganisationId, roles: tuple[Role, ...]) -> None:
    officer = a_person(engine, organisation_id, Role.CELL_OFFICER)

    with pytest.raises(NotAllowed):
        people.enrol_candidate(engine, officer, asha(roles=roles))


def test_a_new_password_replaces_the_old_one_and_ends_every_session(engine: Engine, organisation_id: OrganisationId) -> None:
    officer = a_person(engine, organisation_id, Role.CELL_OFFICER)
    person = people.add_person(engine, organisation_id, asha())
    before = people.sign_in(engine, "asha", PASSWORD)

    people.give_password(engine, officer, person.id, "battery staple")

    with pytest.raises(TokenExpired):
        people.actor_of(engine, before.token)
    with pytest.raises(NotSignedIn):
        people.sign_in(engine, "asha", PASSWORD)
    people.sign_in(engine, "asha", "battery staple")
    with pytest.raises(Invalid):
        people.give_password(engine, officer, person.id, "short")


def test_the_cell_gives_no_password_to_staff_nor_to_others_people(engine: Engine, organisation_id: OrganisationId) -> None:
    officer = a_person(engine, organisation_id, Role.CELL_OFFICER)
    colleague = a_person(engine, organisation_id, Role.CELL_OFFICER, name="Kabir Das")
    stranger = a_person(engine, an_organisation(engine), name="Ravi Menon")

    with pytest.raises(NotAllowed):
        people.give_password(engine, officer, colleague.person_id, "battery staple")
    with pytest.raises(NotFound):
        people.give_password(engine, officer, stranger.person_id, "battery staple")


def test_a_new_organisation_exists_from_today(engine: Engine) -> None:
    organisation = people.add_organisation(engine, OrganisationKind.MINISTRY, "Ministry", "मंत्रालय")

    assert organisation.exists_on(TODAY)
    assert not organisation.exists_on(date(2026, 11, 22))
