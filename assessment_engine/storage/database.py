"""Opens transactions. A Transaction carries one repository per noun; there is no other way to the tables.

SQLite: WAL, synchronous=FULL, and BEGIN IMMEDIATE for every writing transaction (a read that turns into a write would fail at once).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from assessment_engine.kernel.errors import StorageUnavailable
from assessment_engine.storage.announcements import Announcements
from assessment_engine.storage.answer_ledger import Answers
from assessment_engine.storage.arrangements import Arrangements
from assessment_engine.storage.audit import AuditLog
from assessment_engine.storage.blueprints import Blueprints
from assessment_engine.storage.centres import Centres
from assessment_engine.storage.certification import Certificates
from assessment_engine.storage.chains import Chains
from assessment_engine.storage.checkin import CheckIns
from assessment_engine.storage.competency import CompetencyRecords
from assessment_engine.storage.courses import Courses
from assessment_engine.storage.delivery import Sittings
from assessment_engine.storage.demotion import Demotions
from assessment_engine.storage.dismissals import Dismissals
from assessment_engine.storage.drawn_forms import DrawnForms
from assessment_engine.storage.draws import Draws
from assessment_engine.storage.duty import RoomDuties
from assessment_engine.storage.enemies import Enemies
from assessment_engine.storage.events import ExamEvents
from assessment_engine.storage.evidence import EvidenceFiles
from assessment_engine.storage.exams import Exams
from assessment_engine.storage.eyes import EyesOfWorkers
from assessment_engine.storage.forms import Forms
from assessment_engine.storage.grievances import Grievances
from assessment_engine.storage.hearings import Hearings
from assessment_engine.storage.incidents import Incidents
from assessment_engine.storage.interests import Interests
from assessment_engine.storage.invigilation import Invigilation
from assessment_engine.storage.item_calibrations import ItemCalibrations
from assessment_engine.storage.item_cards import ItemCards
from assessment_engine.storage.item_imports import ItemImports
from assessment_engine.storage.item_likeness import ItemLikeness
from assessment_engine.storage.item_reviews import ItemReviews
from assessment_engine.storage.item_states import ItemStates
from assessment_engine.storage.item_use import ItemUse
from assessment_engine.storage.items import Items
from assessment_engine.storage.late_answers import LateAnswers
from assessment_engine.storage.messages import Messages
from assessment_engine.storage.outbox import Outbox
from assessment_engine.storage.pending import PendingJudgements
from assessment_engine.storage.people import People
from assessment_engine.storage.question_reports import QuestionReports
from assessment_engine.storage.recalibration import Recalibrations
from assessment_engine.storage.registrations import Registrations
from assessment_engine.storage.results import ResultBatches
from assessment_engine.storage.review import Reviews
from assessment_engine.storage.scoring import ScoreReports
from assessment_engine.storage.seen import Seen
from assessment_engine.storage.session_reports import SessionReports
from assessment_engine.storage.timekeeping import TimeActs
from assessment_engine.storage.unmarked import UnmarkedReviews
from assessment_engine.storage.walls import Walls


class Transaction:
    """One transaction and its repositories, made when first asked for."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    @cached_property
    def people(self) -> People:
        """Organisations, people, roles, log-ins."""
        return People(self.connection)

    @cached_property
    def items(self) -> Items:
        """Banks, items, item versions."""
        return Items(self.connection)

    @cached_property
    def item_imports(self) -> ItemImports:
        """Imports of items: asked for, ended, withdrawn."""
        return ItemImports(self.connection)

    @cached_property
    def item_likeness(self) -> ItemLikeness:
        """The index of near-duplicates."""
        return ItemLikeness(self.connection)

    @cached_property
    def item_cards(self) -> ItemCards:
        """Lists of items."""
        return ItemCards(self.connection)

    @cached_property
    def item_reviews(self) -> ItemReviews:
        """Reviewers' subjects and words, comments, approvals."""
        return ItemReviews(self.connection)

    @cached_property
    def item_calibrations(self) -> ItemCalibrations:
        """How items did with candidates."""
        return ItemCalibrations(self.connection)

    @cached_property
    def item_states(self) -> ItemStates:
        """States of versions, and the queue of those in review."""
        return ItemStates(self.connection)

    @cached_property
    def item_use(self) -> ItemUse:
        """Where item versions are used, and how often."""
        return ItemUse(self.connection)

    @cached_property
    def enemies(self) -> Enemies:
        """Sets of items of which a candidate may see one."""
        return Enemies(self.connection)

    @cached_property
    def blueprints(self) -> Blueprints:
        """The rules that papers are drawn by, and the pool of approved items."""
        return Blueprints(self.connection)

    @cached_property
    def drawn_forms(self) -> DrawnForms:
        """Draws of candidates' own papers."""
        return DrawnForms(self.connection)

    @cached_property
    def forms(self) -> Forms:
        """Fixed papers."""
        return Forms(self.connection)

    @cached_property
    def exams(self) -> Exams:
        """Exams, sessions, registrations."""
        return Exams(self.connection)

    @cached_property
    def centres(self) -> Centres:
        """Centres and their rooms."""
        return Centres(self.connection)

    @cached_property
    def registrations(self) -> Registrations:
        """Who sits where: held places, free ones."""
        return Registrations(self.connection)

    @cached_property
    def sittings(self) -> Sittings:
        """Sittings and their seals."""
        return Sittings(self.connection)

    @cached_property
    def answers(self) -> Answers:
        """The answer ledger's rows, to be read; storage/ledger_writer.py writes them."""
        return Answers(self.connection)

    @cached_property
    def late_answers(self) -> LateAnswers:
        """What came after the seal, and what people decided on it."""
        return LateAnswers(self.connection)

    @cached_property
    def time_acts(self) -> TimeActs:
        """What people did with the time of running sittings."""
        return TimeActs(self.connection)

    @cached_property
    def checkins(self) -> CheckIns:
        """Check-ins of candidates before their sitting."""
        return CheckIns(self.connection)

    @cached_property
    def incidents(self) -> Incidents:
        """Incidents, evidence and what the stream counted."""
        return Incidents(self.connection)

    @cached_property
    def chains(self) -> Chains:
        """Chains of frames: what is kept of them, and their ends."""
        return Chains(self.connection)

    @cached_property
    def draws(self) -> Draws:
        """Secret draws, their audits, and candidates' wishes."""
        return Draws(self.connection)

    @cached_property
    def evidence(self) -> EvidenceFiles:
        """Packages of evidence, and requests to erase it early."""
        return EvidenceFiles(self.connection)

    @cached_property
    def eyes(self) -> EyesOfWorkers:
        """What the proctor workers cannot look for."""
        return EyesOfWorkers(self.connection)

    @cached_property
    def invigilation(self) -> Invigilation:
        """Cases, adjudications, proctoring decisions."""
        return Invigilation(self.connection)

    @cached_property
    def pending(self) -> PendingJudgements:
        """Judgements within their minute, and who has a case open."""
        return PendingJudgements(self.connection)

    @cached_property
    def review(self) -> Reviews:
        """People's keys, and what was learnt from past cases."""
        return Reviews(self.connection)

    @cached_property
    def hearings(self) -> Hearings:
        """Candidates who are asked before a second person may uphold."""
        return Hearings(self.connection)

    @cached_property
    def duties(self) -> RoomDuties:
        """Who answers for the rooms of walls, and whose pages are open."""
        return RoomDuties(self.connection)

    @cached_property
    def walls(self) -> Walls:
        """What a session's wall is ordered by."""
        return Walls(self.connection)

    @cached_property
    def interests(self) -> Interests:
        """Declared conflicts of interest."""
        return Interests(self.connection)

    @cached_property
    def messages(self) -> Messages:
        """Messages between candidates and whoever watches."""
        return Messages(self.connection)

    @cached_property
    def dismissals(self) -> Dismissals:
        """Things that people dismissed in a sitting."""
        return Dismissals(self.connection)

    @cached_property
    def unmarked(self) -> UnmarkedReviews:
        """Cases that measure reviewing, and the library of planted ones."""
        return UnmarkedReviews(self.connection)

    @cached_property
    def demotion(self) -> Demotions:
        """Detectors that raise no flags, and what speaks against each."""
        return Demotions(self.connection)

    @cached_property
    def recalibrations(self) -> Recalibrations:
        """Proposals for another calibration of an exam, and their signatures."""
        return Recalibrations(self.connection)

    @cached_property
    def scoring(self) -> ScoreReports:
        """Score reports."""
        return ScoreReports(self.connection)

    @cached_property
    def results(self) -> ResultBatches:
        """Result batches and their approvals."""
        return ResultBatches(self.connection)

    @cached_property
    def certificates(self) -> Certificates:
        """Certificates and credentials."""
        return Certificates(self.connection)

    @cached_property
    def competency(self) -> CompetencyRecords:
        """Competencies and competency records."""
        return CompetencyRecords(self.connection)

    @cached_property
    def courses(self) -> Courses:
        """Courses, enrolments, progress."""
        return Courses(self.connection)

    @cached_property
    def grievances(self) -> Grievances:
        """Grievances and their history."""
        return Grievances(self.connection)

    @cached_property
    def seen(self) -> Seen:
        """Who has seen a sitting."""
        return Seen(self.connection)

    @cached_property
    def arrangements(self) -> Arrangements:
        """Requests for access arrangements and their history."""
        return Arrangements(self.connection)

    @cached_property
    def announcements(self) -> Announcements:
        """What staff said to candidates during an exam."""
        return Announcements(self.connection)

    @cached_property
    def question_reports(self) -> QuestionReports:
        """Questions that candidates reported."""
        return QuestionReports(self.connection)

    @cached_property
    def session_reports(self) -> SessionReports:
        """Signed reports of sessions."""
        return SessionReports(self.connection)

    @cached_property
    def audit(self) -> AuditLog:
        """The Merkle audit log."""
        return AuditLog(self.connection)

    @cached_property
    def events(self) -> ExamEvents:
        """The append-only exam events."""
        return ExamEvents(self.connection)

    @cached_property
    def outbox(self) -> Outbox:
        """The jobs that somebody must do."""
        return Outbox(self.connection)


def open_database(url: str) -> Engine:
    """Connect to SQLite or PostgreSQL with the durability this product promises."""
    address = url.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(address, pool_pre_ping=not url.startswith("sqlite"), hide_parameters=True)  # errors are logged; answers never
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _harden_sqlite)
        event.listen(engine, "begin", _begin_immediate)
    return engine


def _harden_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # pysqlite must not begin transactions behind our back
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    mode = "DEFERRED" if connection.get_execution_options().get("read_only") else "IMMEDIATE"
    connection.exec_driver_sql(f"BEGIN {mode}")


class Store:
    """The database as services see it: two ways to open a transaction."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        snapshot = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}  # SQLite has no other way to read
        self._reading = engine.execution_options(read_only=True, **snapshot)

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """Open a writing transaction; commits on success, changes nothing on any error. Raises StorageUnavailable."""
        with self._connection(self.engine) as connection, connection.begin():
            yield Transaction(connection)

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """Open a reading transaction: a snapshot that never waits for a writer. Raises StorageUnavailable."""
        with self._connection(self._reading) as connection, connection.begin():
            yield Transaction(connection)

    @staticmethod
    @contextmanager
    def _connection(engine: Engine) -> Iterator[Connection]:
        try:
            connection = engine.connect()
        except OperationalError as error:
            raise StorageUnavailable("the database does not answer") from error
        with connection:
            yield connection

    def ping(self) -> None:
        """Ask the database for a sign of life; raises StorageUnavailable."""
        with self.read() as tx:
            tx.connection.execute(text("SELECT 1"))
