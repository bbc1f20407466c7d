"""Who somebody is: log-in by password, sessions, roles; and the people of an organisation.

A password is hashed outside every transaction: Argon2id costs tens of milliseconds, and no save may wait for it.
"""

import hmac
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from assessment_engine.kernel.canonical import Json, sha256_hex
from assessment_engine.kernel.errors import (
    AssessmentError,
    Conflict,
    Invalid,
    NotAllowed,
    NotSignedIn,
    ReauthenticationNeeded,
    TokenExpired,
)
from assessment_engine.kernel.ids import OrganisationId, PersonId, new_id
from assessment_engine.people import (
    REAUTHENTICATION_LASTS,
    SESSION_LASTS,
    Actor,
    LoginSession,
    Organisation,
    OrganisationKind,
    Person,
    Role,
    RoleTerm,
    civil_date,
    require,
    roles_on,
)
from assessment_engine.services import passwords
from assessment_engine.services.engine import Engine
from assessment_engine.storage.audit import Record
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.events import ExamEvent
from assessment_engine.storage.people import Holder, Member

LANGUAGES = ("en", "hi")
OTHERS = ("", "")
"""The log-in and address of refused sign-ins that were too many to be counted apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A live session with whom it stands for. `token` is the secret itself and goes to the browser only."""

    token: str
    csrf: str
    person: Person
    organisation: Organisation
    actor: Actor
    expires_at: datetime
    reauthenticated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """What is asked for a person to be added; without a password they cannot log in by password."""

    login: str
    name: str
    name_hi: str = ""
    language: str = "en"
    password: str | None = None
    roles: tuple[Role, ...] = ()
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedSignIns:
    """How often signing in with one log-in was refused to one address within a minute: something was wrong, or the limit was reached."""

    login: str
    address: str
    wrong: int = 0
    limited: int = 0


def sign_in(engine: Engine, login: str, password: str) -> SignedIn:
    """Check the password and open a session; raises NotSignedIn, in the same time whether the log-in exists or not."""
    login = login.strip().lower()
    with engine.store.read() as tx:
        found = tx.people.by_login(login) if _storable(login) else None
    person, password_hash = found if found else (None, None)
    right = passwords.matches(password_hash, password)
    if person is None or not right or not person.active:
        raise NotSignedIn("the log-in or the password is wrong")
    return open_session(engine, person.id)


def record_refused(engine: Engine, refused: Sequence[RefusedSignIns]) -> None:
    """Write refused sign-ins into the log, one entry a log-in and address. Nobody is told: whoever asks cannot learn who has an account."""
    if not refused:
        return
    with engine.store.begin() as tx:
        known = {person.login: person.id for person in tx.people.called([one.login for one in refused if _storable(one.login)])}
        tx.audit.record_all([_refusal(engine, one, known.get(one.login)) for one in refused], engine.clock.now())


def _storable(login: str) -> bool:
    """Say whether a database's text can hold what was typed: no NUL, in PostgreSQL, and no half of a pair of UTF-16."""
    return "\x00" not in login and login == login.encode(errors="ignore").decode()


def _refusal(engine: Engine, refused: RefusedSignIns, person_id: PersonId | None) -> Record:
    payload: Json = {"address": refused.address, "wrong": refused.wrong, "limited": refused.limited}
    return Record(kind="sign_in_refused", subject=person_id or _no_account(engine, refused), actor=None, payload=payload)


def _no_account(engine: Engine, refused: RefusedSignIns) -> str:
    """Name a log-in that nobody has by its keyed hash: people type passwords there, and the log forgets nothing."""
    if (refused.login, refused.address) == OTHERS:
        return "login_others"
    key = engine.signer.log.derived("refused sign-ins", "log-in")
    return f"login_{hmac.digest(key, refused.login.encode(errors='replace'), 'sha256').hex()[:24]}"


def open_session(engine: Engine, person_id: PersonId) -> SignedIn:
    """Open a session for a person who has proved who they are; raises NotSignedIn when they hold no role today."""
    now = engine.clock.now()
    token = secrets.token_urlsafe(32)
    with engine.store.begin() as tx:
        person = tx.people.get(person_id)
        session = LoginSession(
            token_sha256=sha256_hex(token.encode()),
            person_id=person.id,
            organisation_id=person.organisation_id,
            csrf=secrets.token_urlsafe(24),
            created_at=now,
            expires_at=now + SESSION_LASTS,
            reauthenticated_at=now,
        )
        organisation = tx.people.organisation(person.organisation_id)
        terms = tuple(tx.people.terms(person.id, organisation.id))
        signed = _signed_in(Holder(session=session, person=person, organisation=organisation, terms=terms), token, now)
        tx.people.open_session(session)
        tx.events.record(ExamEvent(kind="signed_in", at=now, organisation_id=person.organisation_id, actor_id=person.id))
    return signed


def actor_of(engine: Engine, token: str) -> SignedIn:
    """Return who a token stands for today; raises NotSignedIn, or TokenExpired when it was right once."""
    found = actors_of(engine, [token])[token]
    if isinstance(found, AssessmentError):
        raise found
    return found


def actors_of(engine: Engine, tokens: Collection[str]) -> dict[str, SignedIn | AssessmentError]:
    """Return who each of many tokens stands for today, or why nobody; one look for all."""
    now = engine.clock.now()
    with engine.store.read() as tx:
        holders = {holder.session.token_sha256: holder for holder in tx.people.holders([sha256_hex(token.encode()) for token in tokens])}
    return {token: _recognised(holders.get(sha256_hex(token.encode())), token, now) for token in tokens}


def sign_out(engine: Engine, token: str) -> None:
    """End a session; ending it twice is fine."""
    with engine.store.begin() as tx:
        tx.people.end_session(sha256_hex(token.encode()), engine.clock.now())


def reauthenticate(engine: Engine, token: str, password: str) -> SignedIn:
    """Take the password again before an act that needs it; raises NotAllowed when it is wrong, and the session goes on."""
    signed = actor_of(engine, token)
    with engine.store.read() as tx:
        found = tx.people.by_login(signed.person.login)
    if not passwords.matches(found[1] if found else None, password):
        raise NotAllowed("the password is wrong")
    now = engine.clock.now()
    with engine.store.begin() as tx:
        holder = _checked_live(next(iter(tx.people.holders([sha256_hex(token.encode())])), None), now)
        session = holder.session.reauthenticated(now)
        tx.people.save_reauthentication(session)
        return _signed_in(replace(holder, session=session), token, now)


def recently_reauthenticated(tx: Transaction, actor: Actor, now: datetime) -> bool:
    """Tell whether the actor gave their password in the last ten minutes; for services whose act needs it."""
    return tx.people.reauthenticated_since(actor.person_id, now - REAUTHENTICATION_LASTS, now)


def require_reauthentication(tx: Transaction, actor: Actor, now: datetime) -> None:
    """Refuse an actor whose password was not given in the last ten minutes; raises ReauthenticationNeeded."""
    if not recently_reauthenticated(tx, actor, now):
        raise ReauthenticationNeeded("give your password again to confirm that it is you")


def serving(
    tx: Transaction, organisation_id: OrganisationId, roles: Collection[Role], now: datetime, among: Collection[PersonId] | None = None
) -> dict[PersonId, Person]:
    """Return who serves an organisation in one of these roles today, by name: account, role and organisation all stand."""
    today = civil_date(now)
    if not tx.people.organisation(organisation_id).exists_on(today):
        return {}
    members = tx.people.holding(organisation_id, roles, among)
    return {one.person.id: one.person for one in members if one.person.active and roles_on(one.terms, today)}


def add_organisation(engine: Engine, kind: OrganisationKind, name: str, name_hi: str, *, starts_on: date | None = None) -> Organisation:
    """Add an organisation, from today unless told otherwise. A system act: `user add` and the demo."""
    now = engine.clock.now()
    organisation = Organisation(
        id=OrganisationId(new_id("org", now)), kind=kind, name=name, name_hi=name_hi, starts_on=starts_on or civil_date(now)
    )
    with engine.store.begin() as tx:
        tx.people.add_organisation(organisation)
        tx.audit.append("organisation_added", subject=organisation.id, now=now)
    return organisation


def named_organisation(engine: Engine, name: str) -> Organisation:
    """Return the organisation with this id or exact name; a name that is new becomes an assessing agency. A system act: `user add`."""
    with engine.store.read() as tx:
        known = tx.people.organisations()
    found = next((one for one in known if name in (one.id, one.name)), None)
    return found or add_organisation(engine, OrganisationKind.AGENCY, name, name)


def add_person(engine: Engine, organisation_id: OrganisationId, new: NewPerson, *, by: Actor | None = None) -> Person:
    """Add a person with roles; raises Invalid, or Conflict when the log-in is taken. A system act unless `by` says who adds."""
    now = engine.clock.now()
    person = replace(_checked(new, organisation_id, PersonId(new_id("per", now))), must_change_password=by is not None)
    password_hash = None if new.password is None else passwords.hashed(new.password)
    starts_on = new.starts_on or civil_date(now)
    with engine.store.begin() as tx:
        tx.people.add(person, password_hash)
        for role in new.roles:
            tx.people.add_role(
                RoleTerm(person_id=person.id, organisation_id=organisation_id, role=role, starts_on=starts_on, ends_on=new.ends_on)
            )
        tx.audit.append("person_added", subject=person.id, now=now, actor=by.person_id if by else None, payload={"roles": list(new.roles)})
    return person


def enrol_candidate(engine: Engine, actor: Actor, new: NewPerson) -> Person:
    """Add a candidate to the actor's own organisation; cell officers only.

    Staff are added by the operator (`assessment-engine user add`): whoever made the second person could sign for both.
    """
    require(actor, Role.CELL_OFFICER)
    if set(new.roles) != {Role.CANDIDATE}:
        raise NotAllowed("the cell adds candidates; staff are added by the operator, so that nobody makes their own second person")
    return add_person(engine, actor.organisation_id, new, by=actor)


def member(engine: Engine, actor: Actor, person_id: PersonId) -> Member:
    """Return one person of the actor's organisation with their roles; cell officers only."""
    require(actor, Role.CELL_OFFICER)
    with engine.store.read() as tx:
        person = tx.people.of(actor, person_id)
        return Member(person=person, terms=tuple(tx.people.terms(person.id, actor.organisation_id)))


def give_password(engine: Engine, actor: Actor, person_id: PersonId, password: str) -> None:
    """Give a candidate a new password and end their sessions; cell officers only, and never for staff (see `enrol_candidate`)."""
    if not member(engine, actor, person_id).is_only_candidate:
        raise NotAllowed("the cell gives passwords to candidates; those of staff are the operator's matter")
    passwords.check(password)
    password_hash, now = passwords.hashed(password), engine.clock.now()
    with engine.store.begin() as tx:
        tx.people.save_password(tx.people.of(actor, person_id).id, password_hash, must_change=True)
        tx.people.end_sessions_of(person_id, now)
        tx.audit.append("password_given", subject=person_id, actor=actor.person_id, now=now)


def choose_password(engine: Engine, token: str, password: str) -> SignedIn:
    """Choose one's own password in place of a given one, and go on in a new session, the only one; raises Invalid, or Conflict later on."""
    person = actor_of(engine, token).person
    passwords.check(password)
    with engine.store.read() as tx:
        found = tx.people.by_login(person.login)
    if passwords.matches(found[1] if found else None, password):
        raise Invalid("choose another password than the one that you were given", problem="password_same")
    password_hash, now = passwords.hashed(password), engine.clock.now()
    with engine.store.begin() as tx:
        if not tx.people.get(person.id).must_change_password:
            raise Conflict("your password is your own already")
        tx.people.save_password(person.id, password_hash, must_change=False)
        tx.people.end_sessions_of(person.id, now)
        tx.audit.append("password_chosen", subject=person.id, actor=person.id, now=now)
    return open_session(engine, person.id)


def members(engine: Engine, actor: Actor) -> list[Member]:
    """Return the people of the actor's organisation with their roles; cell officers only."""
    require(actor, Role.CELL_OFFICER)
    with engine.store.read() as tx:
        return tx.people.members(actor.organisation_id)


def _checked(new: NewPerson, organisation_id: OrganisationId, person_id: PersonId) -> Person:
    login, name = new.login.strip().lower(), new.name.strip()
    if not login or not name or len(login) > 120 or len(name) > 200 or len(new.name_hi) > 200:
        raise Invalid("a person needs a log-in and a name")
    if new.language not in LANGUAGES:
        raise Invalid("no such language", language=new.language)
    if new.password is not None:
        passwords.check(new.password)
    if new.starts_on and new.ends_on and new.ends_on < new.starts_on:
        raise Invalid("a role cannot end before it starts")
    return Person(
        id=person_id,
        organisation_id=organisation_id,
        login=login,
        name=name,
        name_hi=new.name_hi.strip() or name,
        language=new.language,
    )


def _recognised(holder: Holder | None, token: str, now: datetime) -> SignedIn | AssessmentError:
    try:
        return _signed_in(_checked_live(holder, now), token, now)
    except AssessmentError as refusal:
        return refusal


def _checked_live(holder: Holder | None, now: datetime) -> Holder:
    if holder is None:
        raise NotSignedIn("nobody is signed in")
    if not holder.session.is_live(now):
        raise TokenExpired("you were signed out; sign in again")
    return holder


def _signed_in(holder: Holder, token: str, now: datetime) -> SignedIn:
    today = civil_date(now)
    session, person, organisation = holder.session, holder.person, holder.organisation
    roles = roles_on(holder.terms, today)
    if not person.active or not organisation.exists_on(today) or not roles:
        raise NotSignedIn("this account holds no role today")
    return SignedIn(
        token=token,
        csrf=session.csrf,
        person=person,
        organisation=organisation,
        actor=Actor(person_id=person.id, organisation_id=organisation.id, name=person.name, roles=roles),
        expires_at=session.expires_at,
        reauthenticated_at=session.reauthenticated_at,
    )
