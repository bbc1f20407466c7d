"""Tables and queries of people: organisations, persons, roles with dates, and who is signed in.

Queries that take an Actor see their organisation only; `get` and `by_login` are for the system's own acts.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    ForeignKey,
    Index,
    Row,
    String,
    Table,
    Text,
    bindparam,
    false,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from assessment_engine.kernel.errors import Conflict, NotFound
from assessment_engine.kernel.ids import OrganisationId, PersonId
from assessment_engine.people import Actor, LoginSession, Organisation, OrganisationKind, Person, Role, RoleTerm
from assessment_engine.storage.many import among, insert_all
from assessment_engine.storage.schema import Instant, metadata

organisations = Table(
    "organisations",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("name", String(200), nullable=False),
    Column("name_hi", String(200), nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
)

people = Table(
    "people",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False, index=True),
    Column("login", String(120), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("name_hi", String(200), nullable=False),
    Column("language", String(8), nullable=False),
    Column("password_hash", Text),
    Column("active", Boolean, nullable=False),
    Column("must_change_password", Boolean, nullable=False, server_default=false()),
)

roles = Table(
    "roles",
    metadata,
    Column("person_id", String(40), ForeignKey("people.id"), primary_key=True),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), primary_key=True),
    Column("role", String(30), primary_key=True),
    Column("starts_on", Date, primary_key=True),
    Column("ends_on", Date),
)

login_sessions = Table(
    "login_sessions",
    metadata,
    Column("token_sha256", String(64), primary_key=True),
    Column("person_id", String(40), ForeignKey("people.id"), nullable=False),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("reauthenticated_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Index("ix_login_sessions_person_id", "person_id"),
)


_CHUNK = 500  # names in one question


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A person of an organisation with every role they hold, held or will hold in it."""

    person: Person
    terms: tuple[RoleTerm, ...]

    @property
    def is_only_candidate(self) -> bool:
        """Whether they never held another role than a candidate's, whatever its dates."""
        return all(term.role is Role.CANDIDATE for term in self.terms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A session with whom it was opened for, and every role they hold, held or will hold in its organisation."""

    session: LoginSession
    person: Person
    organisation: Organisation
    terms: tuple[RoleTerm, ...]


def _organisation(row: Row[tuple[object, ...]]) -> Organisation:
    return Organisation(
        id=OrganisationId(row.id),
        kind=OrganisationKind(row.kind),
        name=row.name,
        name_hi=row.name_hi,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
    )


def _person(row: Row[tuple[object, ...]]) -> Person:
    return Person(
        id=PersonId(row.id),
        organisation_id=OrganisationId(row.organisation_id),
        login=row.login,
        name=row.name,
        name_hi=row.name_hi,
        language=row.language,
        active=row.active,
        must_change_password=row.must_change_password,
    )


def _term(row: Row[tuple[object, ...]]) -> RoleTerm:
    return RoleTerm(
        person_id=PersonId(row.person_id),
        organisation_id=OrganisationId(row.organisation_id),
        role=Role(row.role),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
    )


def _session(row: Row[tuple[object, ...]]) -> LoginSession:
    return LoginSession(
        token_sha256=row.token_sha256,
        person_id=PersonId(row.person_id),
        organisation_id=OrganisationId(row.organisation_id),
        csrf=row.csrf,
        created_at=row.created_at,
        expires_at=row.expires_at,
        reauthenticated_at=row.reauthenticated_at,
        ended_at=row.ended_at,
    )


_HOLDERS = (
    select(
        login_sessions,
        *(column.label(f"person_{column.name}") for column in people.c if column.name not in ("id", "password_hash")),
        *(column.label(f"of_{column.name}") for column in organisations.c),
        roles.c.role,
        roles.c.starts_on,
        roles.c.ends_on,
    )
    .join_from(login_sessions, people, people.c.id == login_sessions.c.person_id)
    .join(organisations, organisations.c.id == login_sessions.c.organisation_id)
    .outerjoin(roles, (roles.c.person_id == people.c.id) & (roles.c.organisation_id == organisations.c.id))
    .where(login_sessions.c.token_sha256.in_(bindparam("tokens", expanding=True)))
)


def _holder(row: Row[tuple[object, ...]], terms: tuple[RoleTerm, ...]) -> Holder:
    return Holder(
        session=_session(row),
        person=Person(
            id=PersonId(row.person_id),
            organisation_id=OrganisationId(row.person_organisation_id),
            login=row.person_login,
            name=row.person_name,
            name_hi=row.person_name_hi,
            language=row.person_language,
            active=row.person_active,
            must_change_password=row.person_must_change_password,
        ),
        organisation=Organisation(
            id=OrganisationId(row.of_id),
            kind=OrganisationKind(row.of_kind),
            name=row.of_name,
            name_hi=row.of_name_hi,
            starts_on=row.of_starts_on,
            ends_on=row.of_ends_on,
        ),
        terms=terms,
    )


class People:
    """People in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add_organisation(self, organisation: Organisation) -> None:
        """Store a new organisation."""
        self._connection.execute(
            insert(organisations).values(
                id=organisation.id,
                kind=organisation.kind,
                name=organisation.name,
                name_hi=organisation.name_hi,
                starts_on=organisation.starts_on,
                ends_on=organisation.ends_on,
            )
        )

    def organisation(self, organisation_id: OrganisationId) -> Organisation:
        """Return an organisation; raises NotFound."""
        row = self._connection.execute(select(organisations).where(organisations.c.id == organisation_id)).one_or_none()
        if row is None:
            raise NotFound("no such organisation")
        return _organisation(row)

    def organisations(self) -> list[Organisation]:
        """Return every organisation, by name."""
        return [_organisation(row) for row in self._connection.execute(select(organisations).order_by(organisations.c.name))]

    def add(self, person: Person, password_hash: str | None) -> None:
        """Store a new person; raises Conflict when the log-in is taken."""
        values = insert(people).values(
            id=person.id,
            organisation_id=person.organisation_id,
            login=person.login,
            name=person.name,
            name_hi=person.name_hi,
            language=person.language,
            password_hash=password_hash,
            active=person.active,
            must_change_password=person.must_change_password,
        )
        try:
            self._connection.execute(values)
        except IntegrityError as error:
            raise Conflict("this log-in is taken", login=person.login) from error

    def add_all(self, new: Sequence[tuple[Person, str]], terms: Sequence[RoleTerm]) -> None:
        """Store many people with their password's hash, and their roles; raises Conflict when a log-in is taken."""
        try:
            insert_all(self._connection, people, [{**asdict(person), "password_hash": password_hash} for person, password_hash in new])
        except IntegrityError as error:
            raise Conflict("one of these log-ins was taken meanwhile") from error
        insert_all(self._connection, roles, [asdict(term) for term in terms])

    def get(self, person_id: PersonId) -> Person:
        """Return a person of any organisation, for the system's own acts; raises NotFound."""
        row = self._connection.execute(select(people).where(people.c.id == person_id)).one_or_none()
        if row is None:
            raise NotFound("no such person")
        return _person(row)

    def of(self, actor: Actor, person_id: PersonId) -> Person:
        """Return a person of the actor's organisation; raises NotFound."""
        person = self.get(person_id)
        if person.organisation_id != actor.organisation_id:
            raise NotFound("no such person")
        return person

    def by_login(self, login: str) -> tuple[Person, str | None] | None:
        """Return the person with this log-in and their password's hash (None: cannot log in by password)."""
        row = self._connection.execute(select(people).where(people.c.login == login)).one_or_none()
        return None if row is None else (_person(row), row.password_hash)

    def called(self, logins: Collection[str]) -> list[Person]:
        """Return who has these log-ins, in every organisation: a log-in is unique over all of them."""
        wanted, found = sorted(set(logins)), []
        for start in range(0, len(wanted), _CHUNK):
            query = select(people).where(people.c.login.in_(wanted[start : start + _CHUNK]))
            found += [_person(row) for row in self._connection.execute(query)]
        return found

    def save_password(self, person_id: PersonId, password_hash: str, *, must_change: bool) -> None:
        """Store the hash of a person's new password, and whether they have to choose another one."""
        changed = update(people).where(people.c.id == person_id)
        self._connection.execute(changed.values(password_hash=password_hash, must_change_password=must_change))

    def names(self, person_ids: Collection[PersonId]) -> dict[PersonId, str]:
        """Return the names of many people at once."""
        rows = self._connection.execute(select(people.c.id, people.c.name).where(among(people.c.id, set(person_ids))))
        return {PersonId(row.id): row.name for row in rows}

    def many(self, person_ids: Collection[PersonId]) -> dict[PersonId, Person]:
        """Return many people at once, of any organisation."""
        rows = self._connection.execute(select(people).where(among(people.c.id, set(person_ids))))
        return {PersonId(row.id): _person(row) for row in rows}

    def members(self, organisation_id: OrganisationId) -> list[Member]:
        """Return everybody of an organisation with their roles, by name."""
        terms: dict[PersonId, list[RoleTerm]] = {}
        held = select(roles).where(roles.c.organisation_id == organisation_id).order_by(roles.c.starts_on)
        for row in self._connection.execute(held):
            terms.setdefault(PersonId(row.person_id), []).append(_term(row))
        everybody = select(people).where(people.c.organisation_id == organisation_id).order_by(people.c.name, people.c.id)
        return [Member(person=_person(row), terms=tuple(terms.get(PersonId(row.id), ()))) for row in self._connection.execute(everybody)]

    def holding(self, organisation_id: OrganisationId, wanted: Collection[Role], of: Collection[PersonId] | None = None) -> list[Member]:
        """Return who ever holds one of these roles in an organisation, by name and with those roles only; of some people where `of`."""
        query = select(people, roles.c.role, roles.c.starts_on, roles.c.ends_on).join(roles, roles.c.person_id == people.c.id)
        query = query.where(
            people.c.organisation_id == organisation_id, roles.c.organisation_id == organisation_id, roles.c.role.in_(wanted)
        )
        if of is not None:
            query = query.where(among(people.c.id, set(of)))
        found: dict[PersonId, Member] = {}
        for row in self._connection.execute(query.order_by(people.c.name, people.c.id, roles.c.starts_on)):
            person = _person(row)
            term = RoleTerm(
                person_id=person.id,
                organisation_id=organisation_id,
                role=Role(row.role),
                starts_on=row.starts_on,
                ends_on=row.ends_on,
            )
            earlier = found[person.id].terms if person.id in found else ()
            found[person.id] = Member(person=person, terms=(*earlier, term))
        return list(found.values())

    def add_role(self, term: RoleTerm) -> None:
        """Store a role with its dates; raises Conflict when the same role starts on the same day already."""
        values = insert(roles).values(
            person_id=term.person_id,
            organisation_id=term.organisation_id,
            role=term.role,
            starts_on=term.starts_on,
            ends_on=term.ends_on,
        )
        try:
            self._connection.execute(values)
        except IntegrityError as error:
            raise Conflict("this role is held from that day already") from error

    def terms(self, person_id: PersonId, organisation_id: OrganisationId) -> list[RoleTerm]:
        """Return every role of a person in an organisation, whatever its dates."""
        query = select(roles).where(roles.c.person_id == person_id, roles.c.organisation_id == organisation_id)
        return [_term(row) for row in self._connection.execute(query)]

    def open_session(self, session: LoginSession) -> None:
        """Store that somebody signed in."""
        self._connection.execute(
            insert(login_sessions).values(
                token_sha256=session.token_sha256,
                person_id=session.person_id,
                organisation_id=session.organisation_id,
                csrf=session.csrf,
                created_at=session.created_at,
                expires_at=session.expires_at,
                reauthenticated_at=session.reauthenticated_at,
            )
        )

    def session(self, token_sha256: str) -> LoginSession | None:
        """Return a session by the hash of its token, live or not."""
        row = self._connection.execute(select(login_sessions).where(login_sessions.c.token_sha256 == token_sha256)).one_or_none()
        return None if row is None else _session(row)

    def holders(self, token_sha256s: Collection[str]) -> list[Holder]:
        """Return those of the sessions that exist, live or not, with whom they are of; one look for all."""
        terms: dict[str, list[RoleTerm]] = {}
        first: dict[str, Row[tuple[object, ...]]] = {}
        for row in self._connection.execute(_HOLDERS, {"tokens": list(token_sha256s)}):
            first.setdefault(row.token_sha256, row)
            if row.role is not None:
                terms.setdefault(row.token_sha256, []).append(_term(row))
        return [_holder(row, tuple(terms.get(token, ()))) for token, row in first.items()]

    def end_session(self, token_sha256: str, now: datetime) -> None:
        """End a session; an unknown or ended one is fine."""
        ended = update(login_sessions).where(login_sessions.c.token_sha256 == token_sha256, login_sessions.c.ended_at.is_(None))
        self._connection.execute(ended.values(ended_at=now))

    def end_sessions_of(self, person_id: PersonId, now: datetime) -> None:
        """End every session of a person."""
        live = update(login_sessions).where(login_sessions.c.person_id == person_id, login_sessions.c.ended_at.is_(None))
        self._connection.execute(live.values(ended_at=now))

    def save_reauthentication(self, session: LoginSession) -> None:
        """Store when the password was given last."""
        changed = update(login_sessions).where(login_sessions.c.token_sha256 == session.token_sha256)
        self._connection.execute(changed.values(reauthenticated_at=session.reauthenticated_at))

    def reauthenticated_since(self, person_id: PersonId, since: datetime, now: datetime) -> bool:
        """Tell whether a live session of the person had the password since a moment."""
        query = select(login_sessions.c.token_sha256).where(
            login_sessions.c.person_id == person_id,
            login_sessions.c.ended_at.is_(None),
            login_sessions.c.expires_at > now,
            login_sessions.c.reauthenticated_at >= since,
        )
        return self._connection.execute(query.limit(1)).first() is not None
