"""Tables and queries of the review of items: reviewers' subjects, their words on versions, comments, approvals. Words are never changed."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Column, Connection, ForeignKey, Index, Integer, Row, String, Table, Text, delete, func, insert, select

from assessment_engine.kernel.ids import ItemVersionId, OrganisationId, PersonId, new_id
from assessment_engine.storage.item_parts import chunks
from assessment_engine.storage.many import among
from assessment_engine.storage.schema import Instant, metadata
from item_bank.facts import LONGEST_SUBJECT
from item_bank.item_reviews import ItemComment, ItemReview, Verdict

reviewer_subjects = Table(
    "reviewer_subjects",
    metadata,
    Column("person_id", String(40), ForeignKey("people.id"), primary_key=True),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), primary_key=True),
    Column("subject", String(LONGEST_SUBJECT), primary_key=True),
)

item_reviews = Table(
    "item_reviews",
    metadata,
    Column("version_id", String(40), ForeignKey("item_versions.id"), primary_key=True),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("person_id", String(40), ForeignKey("people.id"), nullable=False, index=True),
    Column("verdict", String(8), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_item_reviews_said", "version_id", "person_id", "ordinal", "verdict"),
)

item_approvals = Table(
    "item_approvals",
    metadata,
    Column("version_id", String(40), ForeignKey("item_versions.id"), primary_key=True),
    Column("person_id", String(40), ForeignKey("people.id"), nullable=False),
    Column("at", Instant, nullable=False),
)

item_comments = Table(
    "item_comments",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("version_id", String(40), ForeignKey("item_versions.id"), nullable=False, index=True),
    Column("person_id", String(40), ForeignKey("people.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Instant, nullable=False),
)


class ItemReviews:
    """The review of items in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def subjects_of(self, person_id: PersonId, organisation_id: OrganisationId) -> tuple[str, ...]:
        """Return what a person reviews in an organisation."""
        query = select(reviewer_subjects.c.subject).where(
            reviewer_subjects.c.person_id == person_id, reviewer_subjects.c.organisation_id == organisation_id
        )
        return tuple(self._connection.execute(query.order_by(reviewer_subjects.c.subject)).scalars())

    def set_subjects(self, person_id: PersonId, organisation_id: OrganisationId, subjects: Iterable[str]) -> None:
        """Say what a person reviews in an organisation, and nothing else."""
        mine = (reviewer_subjects.c.person_id == person_id) & (reviewer_subjects.c.organisation_id == organisation_id)
        self._connection.execute(delete(reviewer_subjects).where(mine))
        rows = [{"person_id": person_id, "organisation_id": organisation_id, "subject": subject} for subject in sorted(set(subjects))]
        if rows:
            self._connection.execute(insert(reviewer_subjects), rows)

    def reviewers_of(self, organisation_id: OrganisationId, subject: str) -> tuple[PersonId, ...]:
        """Return who reviews a subject in an organisation."""
        query = select(reviewer_subjects.c.person_id).where(
            reviewer_subjects.c.organisation_id == organisation_id, reviewer_subjects.c.subject == subject
        )
        return tuple(PersonId(each) for each in self._connection.execute(query.order_by(reviewer_subjects.c.person_id)).scalars())

    def add(self, reviews: Iterable[ItemReview]) -> None:
        """Insert reviewers' words, whose numbers must be free."""
        rows = [
            {
                "version_id": each.version_id,
                "ordinal": each.ordinal,
                "person_id": each.person_id,
                "verdict": str(each.verdict),
                "text": each.text,
                "at": each.at,
            }
            for each in reviews
        ]
        if rows:
            self._connection.execute(insert(item_reviews), rows)

    def of(self, version_ids: Collection[ItemVersionId]) -> dict[ItemVersionId, tuple[ItemReview, ...]]:
        """Return the words on several versions, in their order; a version without any has none."""
        found: dict[ItemVersionId, list[ItemReview]] = {version_id: [] for version_id in version_ids}
        for chunk in chunks(version_ids):
            query = select(item_reviews).where(item_reviews.c.version_id.in_(chunk))
            for row in self._connection.execute(query.order_by(item_reviews.c.version_id, item_reviews.c.ordinal)):
                found[ItemVersionId(row.version_id)].append(_review(row))
        return {version_id: tuple(reviews) for version_id, reviews in found.items()}

    def approve(self, version_ids: Iterable[ItemVersionId], person_id: PersonId, at: datetime) -> None:
        """Insert who approved versions, before their state says so."""
        rows = [{"version_id": version_id, "person_id": person_id, "at": at} for version_id in version_ids]
        if rows:
            self._connection.execute(insert(item_approvals), rows)

    def comment(self, comment: ItemComment) -> None:
        """Insert a comment."""
        self._connection.execute(
            insert(item_comments).values(
                id=new_id("cmt", comment.at),
                version_id=comment.version_id,
                person_id=comment.person_id,
                text=comment.text,
                at=comment.at,
            )
        )

    def comments_on(self, version_ids: Collection[ItemVersionId]) -> list[ItemComment]:
        """Return the comments on several versions, oldest first."""
        found = []
        for chunk in chunks(version_ids):
            query = select(item_comments).where(item_comments.c.version_id.in_(chunk)).order_by(item_comments.c.at, item_comments.c.id)
            found += [_comment(row) for row in self._connection.execute(query)]
        return sorted(found, key=lambda each: each.at)

    def counts_of_comments(self, version_ids: Collection[ItemVersionId]) -> dict[ItemVersionId, int]:
        """Return how many comments each of these versions has, if any."""
        chosen = among(item_comments.c.version_id, version_ids)
        query = select(item_comments.c.version_id, func.count().label("comments")).where(chosen).group_by(item_comments.c.version_id)
        return {ItemVersionId(row.version_id): row.comments for row in self._connection.execute(query)}


def _review(row: Row[tuple[object, ...]]) -> ItemReview:
    return ItemReview(
        version_id=ItemVersionId(row.version_id),
        ordinal=row.ordinal,
        person_id=PersonId(row.person_id),
        verdict=Verdict(row.verdict),
        text=row.text,
        at=row.at,
    )


def _comment(row: Row[tuple[object, ...]]) -> ItemComment:
    return ItemComment(version_id=ItemVersionId(row.version_id), person_id=PersonId(row.person_id), text=row.text, at=row.at)
