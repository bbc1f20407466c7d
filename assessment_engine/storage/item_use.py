"""Where item versions are used: the forms that have them, the sessions that will ask them, and how many candidates have seen them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, Select, cast, func, or_, select

from assessment_engine.kernel.ids import FormId, ItemVersionId, SessionId
from assessment_engine.storage.delivery import sittings
from assessment_engine.storage.drawn_forms import form_draws
from assessment_engine.storage.exams import exam_sessions, exams
from assessment_engine.storage.forms import form_items, forms
from assessment_engine.storage.item_parts import chunks


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOfItem:
    """A session whose form has a version."""

    version_id: ItemVersionId
    session_id: SessionId
    title: str
    closes_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FormOfItem:
    """A form that has a version."""

    version_id: ItemVersionId
    form_id: FormId
    title: str
    title_hi: str


class ItemUse:
    """The use of versions, as the current transaction sees it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def sessions_after(self, now: datetime, version_ids: Collection[ItemVersionId]) -> list[SessionOfItem]:
        """Return the sessions that are not over and whose form, or practice form, has one of these versions; the nearest first."""
        found = {}
        for chunk in chunks(version_ids):
            for query in (_of_common_forms(), _of_own_forms()):
                query = query.where(form_items.c.version_id.in_(chunk), exam_sessions.c.closes_at > now)
                for row in self._connection.execute(query.where(exam_sessions.c.practice_of.is_(None)).distinct()):
                    found[row.version_id, row.id] = SessionOfItem(
                        version_id=ItemVersionId(row.version_id), session_id=SessionId(row.id), title=row.title, closes_at=row.closes_at
                    )
        return sorted(found.values(), key=lambda each: (each.closes_at, each.session_id))

    def forms_with(self, version_ids: Collection[ItemVersionId]) -> list[FormOfItem]:
        """Return the forms that have one of these versions, newest first; candidates' own ones are not among them."""
        found = []
        for chunk in chunks(version_ids):
            query = select(form_items.c.version_id, forms.c.id, forms.c.title, forms.c.title_hi).join(
                forms, forms.c.id == form_items.c.form_id
            )
            rows = self._connection.execute(
                query.where(form_items.c.version_id.in_(chunk), forms.c.draw_id.is_(None)).order_by(forms.c.id.desc())
            )
            found += [
                FormOfItem(version_id=ItemVersionId(row.version_id), form_id=FormId(row.id), title=row.title, title_hi=row.title_hi)
                for row in rows
            ]
        return found

    def exposures(self, version_ids: Collection[ItemVersionId]) -> dict[ItemVersionId, int]:
        """Return how many sittings began with a form that has each of these versions; those that none did are left out."""
        found: dict[ItemVersionId, int] = {}
        for chunk in chunks(version_ids):
            of_these = select(form_items.c.form_id).where(form_items.c.version_id.in_(chunk))
            counted = exposed(of_these).where(form_items.c.version_id.in_(chunk))
            found.update({ItemVersionId(row.version_id): row.exposures for row in self._connection.execute(counted)})
        return found


_SESSION = (form_items.c.version_id, exam_sessions.c.id, exam_sessions.c.title, exam_sessions.c.closes_at)


def _of_common_forms() -> Select[tuple[Any, ...]]:
    of_form = or_(exams.c.form_id == form_items.c.form_id, exams.c.practice_form_id == form_items.c.form_id)
    return select(*_SESSION).join(exams, of_form).join(exam_sessions, exam_sessions.c.exam_id == exams.c.id)


def _of_own_forms() -> Select[tuple[Any, ...]]:
    query = select(*_SESSION).join(forms, forms.c.id == form_items.c.form_id)
    query = query.join(form_draws, (form_draws.c.id == forms.c.draw_id) & form_draws.c.replaced_at.is_(None))
    return query.join(exam_sessions, exam_sessions.c.id == form_draws.c.session_id)


def exposed(forms_of: Select[tuple[str]] | None = None) -> Select[tuple[str, int]]:
    """Select versions with how many sittings began with them, of some forms or of all; practising counts, for it shows them as well."""
    begun = select(sittings.c.form_id, func.count().label("sittings")).where(sittings.c.started_at.is_not(None))
    if forms_of is not None:
        begun = begun.where(sittings.c.form_id.in_(forms_of))
    per_form = begun.group_by(sittings.c.form_id).subquery()
    count = cast(func.sum(per_form.c.sittings), Integer).label("exposures")  # PostgreSQL adds up to a numeric
    query = select(form_items.c.version_id, count).join(per_form, per_form.c.form_id == form_items.c.form_id)
    return query.group_by(form_items.c.version_id)
