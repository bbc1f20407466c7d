"""The answer ledger's rows: every acknowledged answer with the receipt that was given for it. Rows are only ever added.

Written by storage/ledger_writer.py alone; read by everybody through `tx.answers`.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    CTE,
    JSON,
    Column,
    ColumnClause,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    column,
    func,
    insert,
    select,
    values,
)

from assessment_engine.delivery.responses import Answer, Receipt, Response, final_answers
from assessment_engine.kernel.clock import iso, parse_iso
from assessment_engine.kernel.ids import ItemVersionId, SittingId
from assessment_engine.storage.schema import Instant, metadata

answers = Table(
    "answers",
    metadata,
    Column("sitting_id", String(40), ForeignKey("sittings.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("item_id", String(40), ForeignKey("item_versions.id"), nullable=False),
    Column("response", JSON, nullable=False),
    Column("response_sha256", String(64), nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("key_id", String(40), nullable=False),
    Column("signature", String(100), nullable=False),
    Index("ix_answers_sitting_id_item_id_revision", "sitting_id", "item_id", "revision"),
)

_RECEIPT = (
    answers.c.sitting_id,
    answers.c.revision,
    answers.c.item_id,
    answers.c.response_sha256,
    answers.c.received_at,
    answers.c.key_id,
    answers.c.signature,
)


class Answers:
    """The ledger in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: Collection[Answer]) -> None:
        """Insert answers; the primary key refuses a revision that is there."""
        if new:
            self._connection.execute(insert(answers), [_row(answer) for answer in new])

    def of_sitting(self, sitting_id: SittingId) -> list[Answer]:
        """Return a sitting's whole ledger in the order of revisions."""
        rows = self._connection.execute(_in_order(select(answers), sitting_id))
        return [Answer(response=row.response, receipt=_receipt(row)) for row in rows]

    def receipts(self, sitting_id: SittingId) -> list[Receipt]:
        """Return a sitting's receipts in the order of revisions."""
        return [_receipt(row) for row in self._connection.execute(_in_order(select(*_RECEIPT), sitting_id))]

    def newest(self, sitting_id: SittingId) -> list[Answer]:
        """Return each item's newest answer in the order of revisions."""
        last = select(func.max(answers.c.revision)).where(answers.c.sitting_id == sitting_id).group_by(answers.c.item_id)
        rows = self._connection.execute(_in_order(select(answers).where(answers.c.revision.in_(last)), sitting_id))
        return [Answer(response=row.response, receipt=_receipt(row)) for row in rows]

    def final(self, sitting_id: SittingId) -> dict[ItemVersionId, Response]:
        """Return the answers that count: each item's newest."""
        return final_answers(self.newest(sitting_id))

    def at_revisions(self, places: Collection[tuple[SittingId, int]]) -> dict[tuple[SittingId, int], Receipt]:
        """Return the receipts that already exist at these revisions."""
        wanted = _these(column("sitting_id", String), column("revision", Integer), places)
        here = (answers.c.sitting_id == wanted.c.sitting_id) & (answers.c.revision == wanted.c.revision)
        query: Select[tuple[object, ...]] = select(*_RECEIPT).select_from(wanted.join(answers, here))
        receipts = [_receipt(row) for row in self._connection.execute(query)]
        return {(receipt.sitting, receipt.revision): receipt for receipt in receipts}

    def newest_of_items(self, places: Collection[tuple[SittingId, ItemVersionId]]) -> dict[tuple[SittingId, ItemVersionId], int]:
        """Return the newest revision of each of these items that has an answer."""
        wanted = _these(column("sitting_id", String), column("item_id", String), places)
        here = (answers.c.sitting_id == wanted.c.sitting_id) & (answers.c.item_id == wanted.c.item_id)
        newest = select(func.max(answers.c.revision)).where(here).scalar_subquery()
        rows = self._connection.execute(select(wanted.c.sitting_id, wanted.c.item_id, newest))
        return {(sitting_id, item_id): revision for sitting_id, item_id, revision in rows if revision is not None}


def _these(first: ColumnClause[str], second: ColumnClause[Any], places: Collection[tuple[str, Any]]) -> CTE:
    """Return pairs as a table to join: for `(a, b) IN (…)` SQLite reads the whole ledger, for this it looks each pair up."""
    return values(first, second, name="wanted").data(list(places)).cte("wanted")


def _in_order(query: Select[tuple[object, ...]], sitting_id: SittingId) -> Select[tuple[object, ...]]:
    return query.where(answers.c.sitting_id == sitting_id).order_by(answers.c.revision)


def _row(answer: Answer) -> dict[str, object]:
    receipt = answer.receipt
    return {
        "sitting_id": receipt.sitting,
        "revision": receipt.revision,
        "item_id": receipt.item,
        "response": answer.response,
        "response_sha256": receipt.response_sha256,
        "received_at": parse_iso(receipt.server_time),
        "key_id": receipt.key_id,
        "signature": receipt.signature,
    }


def _receipt(row: Row[tuple[object, ...]]) -> Receipt:
    return Receipt(
        sitting=row.sitting_id,
        item=row.item_id,
        revision=row.revision,
        response_sha256=row.response_sha256,
        server_time=iso(row.received_at),
        key_id=row.key_id,
        signature=row.signature,
    )
