"""The answer ledger's rows: every acknowledged answer with the receipt that was given for it. Rows are only ever added.

Written by storage/ledger_writer.py alone; read by everybody through `tx.answers`.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import JSON, Column, Connection, ForeignKey, Integer, Row, Select, String, Table, TextualSelect, func, select, text

from assessment_engine.delivery.responses import Answer, Offer, Receipt, Response, final_answers
from assessment_engine.kernel.clock import iso, parse_iso
from assessment_engine.kernel.ids import ItemVersionId, SittingId
from assessment_engine.storage.many import insert_all, parameters, rows_of
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

_PLACE = (answers.c.sitting_id, answers.c.revision, answers.c.item_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the ledger holds where offers want to go: receipts by revision, and newer answers to their items."""

    receipts: dict[tuple[SittingId, int], Receipt]
    newer: dict[tuple[SittingId, ItemVersionId], int]


class Answers:
    """The ledger in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: Collection[Answer]) -> None:
        """Insert answers; the primary key refuses a revision that is there."""
        insert_all(self._connection, answers, [_row(answer) for answer in new])

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

    def held(self, offers: Iterable[Offer]) -> Held:
        """Return what is there at the offers' revisions and items, in one look."""
        places = sorted({(offer.sitting_id, offer.revision, offer.item_id) for offer in offers})
        rows = self._connection.execute(_held(self._connection), parameters(self._connection, _PLACE, places)).all()
        return Held(
            receipts={(row.sitting_id, row.revision): _receipt(row) for row in rows if row.signature is not None},
            newer={(row.sitting_id, row.wanted_item): row.newer for row in rows if row.newer is not None},
        )


def _held(connection: Connection) -> TextualSelect:
    """Write the look at many places. From the left: for `(a, b) IN (…)` SQLite would read the whole ledger.

    An answer in its order has nothing after it, so the primary key answers both questions and the ledger needs no other index, whose
    pages every save would have to write.
    """
    words = f"""
        SELECT wanted.sitting_id, wanted.revision, wanted.item_id AS wanted_item,
          (SELECT max(newer.revision) FROM answers AS newer
           WHERE newer.sitting_id = wanted.sitting_id AND newer.revision > wanted.revision AND newer.item_id = wanted.item_id) AS newer,
          same.item_id, same.response_sha256, same.received_at, same.key_id, same.signature
        FROM {rows_of(connection, _PLACE)} AS wanted
        LEFT JOIN answers AS same ON same.sitting_id = wanted.sitting_id AND same.revision = wanted.revision"""  # noqa: S608  # our own names
    return text(words).columns(received_at=Instant())


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
