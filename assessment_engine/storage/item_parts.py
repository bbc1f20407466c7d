"""Tables and queries of the files beside an item: which version needs which, and their bytes by digest, each kept once. Append-only.

Bytes may be written before the version that names them, so that a long import never holds the database; what no version names, nobody
can ask for.
"""

from collections.abc import Collection, Iterable, Mapping
from itertools import islice

from sqlalchemy import Column, Connection, ForeignKey, Index, Integer, LargeBinary, Select, String, Table, func, insert, select

from assessment_engine.kernel.errors import NotFound
from assessment_engine.kernel.ids import ItemVersionId
from assessment_engine.storage.schema import metadata
from item_bank.items import LONGEST_LANGUAGE, LONGEST_MEDIA_TYPE, LONGEST_PATH, ItemPart, PartKind

_CHUNK = 500

part_contents = Table(
    "part_contents",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

item_parts = Table(
    "item_parts",
    metadata,
    Column("version_id", String(40), ForeignKey("item_versions.id"), primary_key=True),
    Column("lang", String(LONGEST_LANGUAGE), primary_key=True),
    Column("path", String(LONGEST_PATH), primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("sha256", String(64), ForeignKey("part_contents.sha256"), nullable=False),
    Column("media_type", String(LONGEST_MEDIA_TYPE), nullable=False),
    Column("size", Integer, nullable=False),
    Index("ix_item_parts_sha256", "sha256"),
)


class ItemParts:
    """The files beside items in the current transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def unknown(self, digests: Collection[str]) -> set[str]:
        """Return those of the digests whose bytes are not kept yet."""
        left = set(digests)
        for chunk in chunks(digests):
            known = select(part_contents.c.sha256).where(part_contents.c.sha256.in_(chunk))
            left.difference_update(self._connection.execute(known).scalars())
        return left

    def keep(self, contents: Mapping[str, bytes]) -> None:
        """Keep bytes by their digest; what is kept already stays."""
        missing = self.unknown(contents)
        rows = [{"sha256": sha256, "data": contents[sha256]} for sha256 in sorted(missing)]
        if rows:
            self._connection.execute(insert(part_contents), rows)

    def add(self, parts: Mapping[ItemVersionId, tuple[ItemPart, ...]]) -> None:
        """Say which files versions need; their bytes must be kept already."""
        rows = [
            {
                "version_id": version_id,
                "lang": part.lang,
                "path": part.path,
                "kind": str(part.kind),
                "sha256": part.sha256,
                "media_type": part.media_type,
                "size": part.size,
            }
            for version_id, several in parts.items()
            for part in several
        ]
        if rows:
            self._connection.execute(insert(item_parts), rows)

    def of(self, version_ids: Collection[ItemVersionId]) -> dict[ItemVersionId, tuple[ItemPart, ...]]:
        """Return the files of several versions, by language and path."""
        found: dict[ItemVersionId, list[ItemPart]] = {}
        for chunk in chunks(version_ids):
            for version_id, part in self._read(select(item_parts).where(item_parts.c.version_id.in_(chunk))):
                found.setdefault(version_id, []).append(part)
        return {version_id: tuple(parts) for version_id, parts in found.items()}

    def with_digest(self, sha256: str) -> list[tuple[ItemVersionId, ItemPart]]:
        """Return every use of a file."""
        return self._read(select(item_parts).where(item_parts.c.sha256 == sha256))

    def contents(self, sha256: str, start: int = 0, length: int | None = None) -> bytes:
        """Return a file's bytes, or a piece of them; raises NotFound."""
        data = part_contents.c.data
        wanted = data if length is None else func.substr(data, start + 1, length)
        found = self._connection.execute(select(wanted).where(part_contents.c.sha256 == sha256)).scalar_one_or_none()
        if found is None:
            raise NotFound("no such file")
        return bytes(found)

    def _read(self, query: Select[tuple[object, ...]]) -> list[tuple[ItemVersionId, ItemPart]]:
        rows = self._connection.execute(query.order_by(item_parts.c.version_id, item_parts.c.lang, item_parts.c.path))
        return [
            (
                ItemVersionId(row.version_id),
                ItemPart(
                    lang=row.lang, path=row.path, kind=PartKind(row.kind), sha256=row.sha256, media_type=row.media_type, size=row.size
                ),
            )
            for row in rows
        ]


def chunks(values: Iterable[str]) -> Iterable[list[str]]:
    """Cut a long list into what one query may name."""
    rest = iter(values)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk
