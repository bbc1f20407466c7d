"""Builds what tests need, with plain functions that take only what the test is about.

`an_engine(tmp_path)` is the whole engine on a real SQLite file, `a_world(engine)` one organisation with an exam and a registered
candidate in it.
"""

import atexit
import secrets
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from sqlalchemy import Connection, event, insert, text
from sqlalchemy import Engine as Database
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from assessment_engine.delivery.sitting import Sitting, SittingState
from assessment_engine.kernel.canonical import Json, digest
from assessment_engine.kernel.ids import (
    BankId,
    ExamId,
    FormId,
    IncidentId,
    ItemId,
    ItemVersionId,
    OrganisationId,
    PersonId,
    RegistrationId,
    SessionId,
    SittingId,
    new_id,
)
from assessment_engine.kernel.signing import Purpose, Signer, SigningKey
from assessment_engine.people import Actor, Role
from assessment_engine.services import hearings, item_reviews
from assessment_engine.services.engine import Engine
from assessment_engine.storage.blobs import Blobs
from assessment_engine.storage.database import Store, open_database
from assessment_engine.storage.migrations import migrate
from assessment_engine.storage.schema import metadata
from item_bank.facts import ItemFacts
from item_bank.forms import FormState
from item_bank.gist import gist_of
from item_bank.item_reviews import ItemReview, Verdict
from item_bank.items import Bank, Item, ItemState, ItemVersion, content_digest
from tests.fakes.ports import NoTypesetter, RecordingJobs, SteeredClock

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
Made = TypeVar("Made")


@contextmanager
def past_trigger(connection: Connection, name: str) -> Iterator[None]:
    """Let a test write what the trigger of that name keeps as it is; afterwards it is there again."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        yield
        connection.execute(text("SET LOCAL session_replication_role = origin"))
        return
    stays = connection.execute(text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = :name"), {"name": name}).scalar_one()
    connection.execute(text(f"DROP TRIGGER {name}"))
    yield
    connection.execute(text(stays))


def create_schema(database: Database) -> None:
    """Make every table and trigger, as a fresh deployment has them."""
    migrate(database)


def like(first: Database, url: str) -> Database:
    """Open another database of this kind with the statements that are compiled already.

    A server compiles each once; a test that starts with none would spend most of its time on that. Nor does SQLite wait for the disk:
    no test pulls its plug (tests/faults has servers of its own).
    """
    database = open_database(url)
    database.dialect, database._compiled_cache = first.dialect, first._compiled_cache
    if database.dialect.name == "sqlite":
        event.listen(database, "connect", _hurry)
    return database


def _hurry(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    connection.cursor().execute("PRAGMA synchronous=OFF")


@cache
def _empty_sqlite() -> tuple[Path, Database]:
    folder = tempfile.mkdtemp(prefix="engine-schema-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = Path(folder) / "empty.sqlite"
    database = open_database(f"sqlite:///{path}")
    create_schema(database)
    database.dispose()  # the last connection folds the write-ahead log into the file
    return path, database


def a_sqlite_store(folder: Path) -> Store:
    """A real database file with every table and no rows."""
    path = folder / "engine.sqlite"
    empty, first = _empty_sqlite()
    shutil.copyfile(empty, path)
    return Store(like(first, f"sqlite:///{path}"))


@cache
def a_signer() -> Signer:
    """Fresh keys, the same within one run of the tests."""
    return Signer(**{str(purpose): SigningKey(purpose=purpose, seed=secrets.token_bytes(32)) for purpose in Purpose})


def an_engine(folder: Path, *, store: Store | None = None, now: datetime = NOON, demo: bool = False) -> Engine:
    """The engine with real storage and keys; `engine.clock` is a SteeredClock, `engine.jobs` a RecordingJobs."""
    return Engine(
        store=store or a_sqlite_store(folder),
        jobs=RecordingJobs(),
        clock=SteeredClock(now),
        blobs=Blobs("memory:///"),
        signer=a_signer(),
        typesetter=NoTypesetter(),
        contexts={},
        public_url="http://localhost:8000",
        ingest_url="ws://localhost:8001",
        demo=demo,
    )


def made_once(engine: Engine, make: Callable[[Engine], Made]) -> Made:
    """What `make` makes of a fresh engine: on SQLite at NOON it is made once, and its database copied into those that come after."""
    with engine.store.read() as tx:
        is_used = bool(tx.connection.execute(text("SELECT count(*) FROM organisations")).scalar_one())
    as_made = engine.store.engine.dialect.name == "sqlite" and engine.clock.now() == NOON and engine.signer is a_signer()
    if is_used or not as_made or not isinstance(engine.jobs, RecordingJobs) or engine.jobs.told:
        return make(engine)
    path, made, jobs = _kept(make)
    connection = engine.store.engine.raw_connection()
    with closing(sqlite3.connect(path)) as whole:
        whole.backup(connection.driver_connection)  # type: ignore[arg-type]  # it is SQLite's own
    connection.close()
    told(engine).extend(jobs)
    return made  # type: ignore[no-any-return]  # the cache forgets what kind of thing it keeps


@cache
def _kept(make: Callable[[Engine], Any]) -> tuple[Path, Any, list[str]]:
    folder = Path(tempfile.mkdtemp(prefix="engine-made-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    engine = an_engine(folder)
    made = make(engine)
    assert not engine.blobs.under(""), "what is made once has to be in the database alone"
    engine.store.engine.dispose()
    return folder / "engine.sqlite", made, told(engine)


def steer(engine: Engine) -> SteeredClock:
    """The engine's clock, to be moved."""
    assert isinstance(engine.clock, SteeredClock)
    return engine.clock


def told(engine: Engine) -> list[str]:
    """The jobs the engine was told about."""
    assert isinstance(engine.jobs, RecordingJobs)
    return engine.jobs.told


def a_sitting(**changes: Any) -> Sitting:
    """A sitting of nobody in particular; name the fields the test is about."""
    plain = Sitting(
        id=SittingId("sit_1"),
        registration_id=RegistrationId("reg_1"),
        organisation_id=OrganisationId("org_1"),
        candidate_id=PersonId("per_1"),
        exam_id=ExamId("exa_1"),
        session_id=SessionId("ses_1"),
        form_id=FormId("for_1"),
    )
    return replace(plain, **changes)


def an_actor(*roles: Role, organisation_id: str = "org_1", person_id: str = "per_1", name: str = "Asha Rao") -> Actor:
    """Somebody who asks."""
    return Actor(
        person_id=PersonId(person_id),
        organisation_id=OrganisationId(organisation_id),
        name=name,
        roles=frozenset(roles or (Role.CANDIDATE,)),
    )


def add_row(engine: Engine, table: str, **values: object) -> None:
    """Insert one row past all services: a fact that the test starts from."""
    with engine.store.begin() as tx:
        tx.connection.execute(insert(metadata.tables[table]).values(**values))


@dataclass(frozen=True, kw_only=True)
class World:
    """One organisation with one exam, one session of it and the people a test needs."""

    organisation_id: OrganisationId
    exam_id: ExamId
    session_id: SessionId
    form_id: FormId
    items: tuple[ItemVersionId, ...]
    candidate: Actor
    sitting_id: SittingId


def a_world(engine: Engine, *, items: int = 4, state: SittingState = SittingState.IN_PROGRESS, duration_s: int = 3600) -> World:
    """Fill the database with a small exam and one candidate whose sitting is in `state`."""
    deadline = engine.clock.now() + timedelta(seconds=duration_s)
    organisation_id = an_organisation(engine)
    form_id, item_ids = a_form(engine, organisation_id, items)
    exam_id, session_id = an_exam(engine, organisation_id, form_id, duration_s)
    candidate = a_person(engine, organisation_id)
    sitting_id = a_stored_sitting(engine, candidate, exam_id, session_id, form_id, state=state, deadline=deadline)
    return World(
        organisation_id=organisation_id,
        exam_id=exam_id,
        session_id=session_id,
        form_id=form_id,
        items=item_ids,
        candidate=candidate,
        sitting_id=sitting_id,
    )


def an_organisation(engine: Engine, name: str = "Assessing Agency") -> OrganisationId:
    """An organisation that exists this year."""
    organisation_id = OrganisationId(new_id("org", engine.clock.now()))
    row = {"id": organisation_id, "kind": "agency", "name": name, "name_hi": "मूल्यांकन एजेंसी", "starts_on": date(2026, 1, 1), "ends_on": None}
    add_row(engine, "organisations", **row)
    return organisation_id


def a_person(engine: Engine, organisation_id: OrganisationId, *roles: Role, name: str = "Asha Rao") -> Actor:
    """A person with an account; a candidate unless other roles are named. Nobody can log in as them."""
    now = engine.clock.now()
    person_id = PersonId(new_id("per", now))
    login = f"{quote(name.split()[0].lower())}-{person_id[-6:]}"
    person = {"id": person_id, "organisation_id": organisation_id, "login": login, "name": name, "name_hi": name, "language": "en"}
    add_row(engine, "people", **person, password_hash="none", active=True)
    for role in roles or (Role.CANDIDATE,):
        add_row(engine, "roles", person_id=person_id, organisation_id=organisation_id, role=role, starts_on=date(2026, 1, 1), ends_on=None)
    return Actor(person_id=person_id, organisation_id=organisation_id, name=name, roles=frozenset(roles or (Role.CANDIDATE,)))


GENERAL = ItemFacts(subject="General")
"""Facts of an item that the tests' board reviews."""


@dataclass(frozen=True, kw_only=True)
class Board:
    """Who takes items from draft to approved in an organisation: two reviewers of GENERAL items, and an officer who wrote none."""

    reviewers: tuple[Actor, Actor]
    officer: Actor


def a_board(engine: Engine, organisation_id: OrganisationId) -> Board:
    """The organisation's board, made when first asked for."""
    with engine.store.read() as tx:
        members = {member.person.name: member.person.id for member in tx.people.members(organisation_id)}
    if "Board One" not in members:
        first, second = (a_person(engine, organisation_id, Role.ITEM_REVIEWER, name=name) for name in ("Board One", "Board Two"))
        officer = a_person(engine, organisation_id, Role.CELL_OFFICER, name="Board Three")
        with engine.store.begin() as tx:
            for reviewer in (first, second):
                tx.item_reviews.set_subjects(reviewer.person_id, organisation_id, [GENERAL.subject])
        return Board(reviewers=(first, second), officer=officer)

    def known(name: str, role: Role) -> Actor:
        return Actor(person_id=members[name], organisation_id=organisation_id, name=name, roles=frozenset({role}))

    reviewers = known("Board One", Role.ITEM_REVIEWER), known("Board Two", Role.ITEM_REVIEWER)
    return Board(reviewers=reviewers, officer=known("Board Three", Role.CELL_OFFICER))


def accepted(engine: Engine, author: Actor, *version_ids: ItemVersionId) -> Board:
    """Send GENERAL drafts to review and let both reviewers accept them; returns the board, whose officer may approve them."""
    board = a_board(engine, author.organisation_id)
    item_reviews.send(engine, author, version_ids)
    for reviewer in board.reviewers:
        item_reviews.review(engine, reviewer, version_ids, Verdict.ACCEPT)
    return board


def approved(engine: Engine, author: Actor, *version_ids: ItemVersionId) -> list[ItemVersion]:
    """Take GENERAL drafts all the way: sent by their author, accepted by two reviewers, approved by another officer."""
    board = accepted(engine, author, *version_ids)
    return item_reviews.approve(engine, board.officer, version_ids)


def a_form(engine: Engine, organisation_id: OrganisationId, items: int = 4) -> tuple[FormId, tuple[ItemVersionId, ...]]:
    """A form of two sections whose items are choices without further content."""
    now = engine.clock.now()
    form_id = FormId(new_id("for", now))
    item_ids = approved_items(engine, organisation_id, [a_choice_item(number) for number in range(1, items + 1)])
    half = (items + 1) // 2
    document: Json = {
        "sections": [
            {"id": "A", "title": "First", "title_hi": "पहला", "items": list(item_ids[:half])},
            {"id": "B", "title": "Second", "title_hi": "दूसरा", "items": list(item_ids[half:])},
        ]
    }
    form = {"id": form_id, "organisation_id": organisation_id, "title": "Form", "title_hi": "प्रश्नपत्र", "document": document}
    add_row(engine, "forms", **form, sha256=digest(document), state=FormState.APPROVED)
    return form_id, item_ids


def stored(engine: Engine, actor: Actor) -> list[ItemVersion]:
    """Every version of the organisation's items, by identifier, the newest first."""
    with engine.store.read() as tx:
        return [version for card in tx.item_cards.every(actor) for version in tx.items.versions_of(card.item_id)]


def approved_items(engine: Engine, organisation_id: OrganisationId, items: Sequence[str]) -> tuple[ItemVersionId, ...]:
    """A bank of approved items `item-1`, `item-2`… with this XML, written past all services but not past the database's rules."""
    now, board = engine.clock.now(), a_board(engine, organisation_id)
    bank = Bank(id=BankId(new_id("bnk", now)), organisation_id=organisation_id, name="Bank")
    made = [_an_item(bank, number, xml, now) for number, xml in enumerate(items, start=1)]
    ids = tuple(version.id for _, version in made)
    with engine.store.begin() as tx:
        tx.items.add_bank(bank)
        tx.items.add_items(item for item, _ in made)
        for item, version in made:
            tx.items.save([(version, gist_of(item.identifier, version.variants))], {item.id: item})
            tx.item_states.move([version.id], ItemState.DRAFT, ItemState.IN_REVIEW, now)
        for ordinal, reviewer in enumerate(board.reviewers, start=1):
            tx.item_reviews.add(_a_review(version_id, ordinal, reviewer, now) for version_id in ids)
        tx.item_reviews.approve(ids, board.officer.person_id, now)
        for _, version in made:
            tx.item_states.move([version.id], ItemState.IN_REVIEW, ItemState.APPROVED, now)
    return ids


def _a_review(version_id: ItemVersionId, ordinal: int, reviewer: Actor, now: datetime) -> ItemReview:
    accept = Verdict.ACCEPT
    return ItemReview(version_id=version_id, ordinal=ordinal, person_id=reviewer.person_id, verdict=accept, text="", at=now)


def _an_item(bank: Bank, number: int, xml: str, now: datetime) -> tuple[Item, ItemVersion]:
    item = Item(id=ItemId(new_id("itm", now)), bank_id=bank.id, organisation_id=bank.organisation_id, identifier=f"item-{number}")
    version = ItemVersion(
        id=ItemVersionId(new_id("itv", now)),
        item_id=item.id,
        organisation_id=bank.organisation_id,
        version=1,
        state=ItemState.DRAFT,
        title=f"Item {number}",
        competency_id=None,
        level=1,
        variants={"en": xml},
        sha256=content_digest({"en": xml}),
        facts=GENERAL,
        identifier=item.identifier,
        bank_id=bank.id,
    )
    return item, version


def a_choice_item(number: int = 1) -> str:
    """One QTI 3 item: a single choice of two, A is right."""
    return (
        '<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" '
        f'identifier="item-{number}" title="Item {number}" adaptive="false" time-dependent="false" xml:lang="en">'
        '<qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="identifier">'
        "<qti-correct-response><qti-value>A</qti-value></qti-correct-response></qti-response-declaration>"
        '<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float" normal-maximum="1"/>'
        '<qti-item-body><qti-choice-interaction response-identifier="RESPONSE" max-choices="1">'
        f"<qti-prompt>Question {number}</qti-prompt>"
        '<qti-simple-choice identifier="A">Yes</qti-simple-choice><qti-simple-choice identifier="B">No</qti-simple-choice>'
        "</qti-choice-interaction></qti-item-body>"
        '<qti-response-processing template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml"/>'
        "</qti-assessment-item>"
    )


def an_exam(engine: Engine, organisation_id: OrganisationId, form_id: FormId, duration_s: int = 3600) -> tuple[ExamId, SessionId]:
    """An exam and a session of it that is open now and for four hours."""
    now = engine.clock.now()
    exam_id, session_id = ExamId(new_id("exa", now)), SessionId(new_id("ses", now))
    policy = {"pass_share": "0.5", "min_observable_share": 0.8, "false_alert_budget": 0.5}
    exam = {"id": exam_id, "organisation_id": organisation_id, "code": "E1", "title": "Exam", "title_hi": "परीक्षा", "form_id": form_id}
    add_row(engine, "exams", **exam, duration_s=duration_s, policy=policy, course_id=None, state="open")
    session = {"id": session_id, "exam_id": exam_id, "organisation_id": organisation_id, "title": "Morning", "bookable": True}
    add_row(engine, "exam_sessions", **session, opens_at=now - timedelta(hours=1), closes_at=now + timedelta(hours=4))
    return exam_id, session_id


def heard(engine: Engine, candidate: Actor, incident_id: IncidentId, *, reply: str = "") -> None:
    """Let the candidate be heard, so that a second person may uphold the case: they answer, or do not wish to."""
    hearings.open_due(engine)
    if reply:
        hearings.answer(engine, candidate, incident_id, reply)
    else:
        hearings.waive(engine, candidate, incident_id)


def listen_for_voices(engine: Engine, world: World, **arrangements: Json) -> None:
    """Let the exam check sound for voices, and arrange something for its candidate."""
    with engine.store.begin() as tx:
        exam = tx.exams.get(world.exam_id)
        tx.exams.save_policy(replace(exam, policy=replace(exam.policy, sound="voice")))
        tx.exams.arrange(tx.sittings.get(world.sitting_id).registration_id, arrangements)


def a_registration(engine: Engine, candidate: Actor, session_id: SessionId, **changes: object) -> RegistrationId:
    """A candidate's place in a session."""
    registration_id = RegistrationId(new_id("reg", engine.clock.now()))
    row = {
        "id": registration_id,
        "session_id": session_id,
        "candidate_id": candidate.person_id,
        "organisation_id": candidate.organisation_id,
    }
    plain: dict[str, object] = {"seat": "A1", "portrait_blob": None, "document_blob": None, "arrangements": {}}
    add_row(engine, "registrations", **row, **{**plain, **changes})
    return registration_id


_STARTED = (SittingState.IN_PROGRESS, SittingState.SUBMITTED, SittingState.VOIDED)


def a_stored_sitting(
    engine: Engine,
    candidate: Actor,
    exam_id: ExamId,
    session_id: SessionId,
    form_id: FormId,
    *,
    state: SittingState = SittingState.IN_PROGRESS,
    deadline: datetime | None = None,
    arrangements: Mapping[str, object] | None = None,
) -> SittingId:
    """A candidate's registration and sitting, in any state; what is started began now."""
    now = engine.clock.now()
    started = {"started_at": now, "deadline_at": deadline or now + timedelta(hours=1)} if state in _STARTED else {}
    sitting = a_sitting(
        id=SittingId(new_id("sit", now)),
        registration_id=a_registration(engine, candidate, session_id, arrangements=dict(arrangements or {})),
        organisation_id=candidate.organisation_id,
        candidate_id=candidate.person_id,
        exam_id=exam_id,
        session_id=session_id,
        form_id=form_id,
        state=state,
        **started,
    )
    with engine.store.begin() as tx:
        tx.sittings.add(sitting)
    return sitting.id
