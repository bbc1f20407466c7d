"""Tables and queries of forms. A form's document never changes."""

from dataclasses import asdict

from sqlalchemy import JSON, Column, ColumnElement, Connection, ForeignKey, Index, Row, String, Table, insert, select

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import NotFound
from assessment_engine.kernel.ids import BlueprintId, DrawId, FormId, OrganisationId, RegistrationId
from assessment_engine.people import Actor
from assessment_engine.storage.schema import metadata
from item_bank.forms import Form, FormOrigin, FormState, section_of

forms = Table(
    "forms",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False, index=True),
    Column("title", String(200), nullable=False),
    Column("title_hi", String(200), nullable=False),
    Column("document", JSON, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("state", String(12), nullable=False),
    # of a form that was drawn by a blueprint; the last two where it is one candidate's own
    Column("blueprint_id", String(40)),
    Column("seed", String(120)),
    Column("pool_sha256", String(64)),
    Column("draw_id", String(40)),
    Column("registration_id", String(40)),
    Index("uq_forms_draw_id", "draw_id", "registration_id", unique=True),
)

form_items = Table(
    "form_items",
    metadata,
    Column("form_id", String(40), ForeignKey("forms.id"), primary_key=True),
    Column("version_id", String(40), ForeignKey("item_versions.id"), primary_key=True, index=True),
)
"""Which forms have which versions, so that the forms of an item need not be read to be found."""


class Forms:
    """Forms in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, form: Form, document: Json) -> None:
        """Insert a form with the document that its hash is of."""
        self._connection.execute(
            insert(forms).values(
                id=form.id,
                organisation_id=form.organisation_id,
                title=form.title,
                title_hi=form.title_hi,
                document=document,
                sha256=form.sha256,
                state=str(form.state),
                **(asdict(form.origin) if form.origin else {}),
            )
        )
        self._connection.execute(insert(form_items), [{"form_id": form.id, "version_id": item} for item in form.items])

    def get(self, form_id: FormId) -> Form:
        """Return a form, for the engine's own acts; raises NotFound."""
        return self._one(forms.c.id == form_id)

    def of_actor(self, actor: Actor, form_id: FormId) -> Form:
        """Return a form of the actor's organisation; raises NotFound."""
        return self._one((forms.c.id == form_id) & (forms.c.organisation_id == actor.organisation_id))

    def all_of(self, actor: Actor) -> list[Form]:
        """Return the organisation's forms, newest first; those of one candidate each are not among them."""
        ours = (forms.c.organisation_id == actor.organisation_id) & forms.c.draw_id.is_(None)
        rows = self._connection.execute(select(forms).where(ours).order_by(forms.c.id.desc()))
        return [_form(row) for row in rows]

    def _one(self, condition: ColumnElement[bool]) -> Form:
        row = self._connection.execute(select(forms).where(condition)).one_or_none()
        if row is None:
            raise NotFound("no such form")
        return _form(row)


def _form(row: Row[tuple[object, ...]]) -> Form:
    return Form(
        id=FormId(row.id),
        organisation_id=OrganisationId(row.organisation_id),
        title=row.title,
        title_hi=row.title_hi,
        sections=tuple(section_of(section) for section in row.document["sections"]),
        sha256=row.sha256,
        state=FormState(row.state),
        origin=None if row.blueprint_id is None else _origin(row),
    )


def _origin(row: Row[tuple[object, ...]]) -> FormOrigin:
    return FormOrigin(
        blueprint_id=BlueprintId(row.blueprint_id),
        seed=row.seed,
        pool_sha256=row.pool_sha256,
        draw_id=None if row.draw_id is None else DrawId(row.draw_id),
        registration_id=None if row.registration_id is None else RegistrationId(row.registration_id),
    )
