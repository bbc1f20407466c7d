"""Which items of an organisation's banks are nearly the same: the index that is kept with every version, and what it is asked.

How likeness is told: item_bank/checks/likeness.py. The rows: storage/item_likeness.py. What was there before the index was, or was written
past it, the sweep indexes.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assessment_engine.kernel.ids import BankId, ItemId, ItemVersionId, OrganisationId
from assessment_engine.people import Actor
from assessment_engine.services.engine import Engine
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.item_likeness import Indexed, LikeText
from item_bank.checks.findings import Finding
from item_bank.checks.likeness import LIKE, buckets, likeness
from item_bank.checks.texts import segments
from item_bank.imports import CheckedImport
from item_bank.items import ItemVersion
from item_bank.qti.problems import Problem

MOST_NAMED = 5
_NEAREST = 60
_COMPARED = 4
_IN_A_BUCKET = 16
_INDEXED_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One language of an item, as it is compared."""

    identifier: str
    lang: str
    segments: tuple[str, ...]
    buckets: tuple[int, ...]


def texts_of(organisation_id: OrganisationId, identifier: str, variants: Mapping[str, str]) -> Iterator[Text]:
    """Yield the texts of an item; an item is like another one of its organisation, in the same language."""
    for lang, xml in sorted(variants.items()):
        said = segments(xml)
        if said:
            yield Text(identifier=identifier, lang=lang, segments=said, buckets=buckets(said, f"{organisation_id}/{lang}"))


def index(tx: Transaction, versions: Sequence[ItemVersion]) -> None:
    """Index versions that were just written."""
    tx.item_likeness.add([row for version in versions for row in _rows(version)])


def _rows(version: ItemVersion) -> Iterator[Indexed]:
    for text in texts_of(version.organisation_id, "", version.variants):
        yield Indexed(version_id=version.id, lang=text.lang, segments=text.segments, buckets=text.buckets)
    if not any(segments(xml) for xml in version.variants.values()):  # it has no words, and is not looked at again
        yield Indexed(version_id=version.id, lang="", segments=(), buckets=())


def index_missing(engine: Engine, breathe: Callable[[], None] = lambda: None) -> int:
    """Index what is not indexed yet, some versions at a time; returns how many there were."""
    done = 0
    while True:
        with engine.store.read() as tx:
            some = tx.item_likeness.unindexed(_INDEXED_AT_ONCE)
            versions = tx.items.many(some)
        if not versions:
            return done
        with engine.store.begin() as tx:
            index(tx, list(versions.values()))
        done += len(versions)
        breathe()


def alike(engine: Engine, actor: Actor, variants: Mapping[str, str], item_id: ItemId | None) -> list[Finding]:
    """Return the items of the organisation that are like one, itself left out: the likest first."""
    mine = list(texts_of(actor.organisation_id, "", variants))
    with engine.store.read() as tx:
        near = {text.lang: tx.item_likeness.texts(tx.item_likeness.nearest(text.buckets, _NEAREST)) for text in mine}
    found: dict[ItemVersionId, tuple[float, Finding]] = {}
    for text in mine:
        for other in near[text.lang]:
            share = likeness(text.segments, other.segments) if other.lang == text.lang and other.item_id != item_id else 0.0
            if share >= LIKE and share > found.get(other.version_id, (0.0,))[0]:
                found[other.version_id] = share, _finding(share, text.lang, other.identifier, other.version_id)
    best = sorted(found.values(), key=lambda each: -each[0])
    return [finding for _, finding in best[:MOST_NAMED]]


def _finding(share: float, lang: str, identifier: str, version_id: str = "") -> Finding:
    code = "duplicate_item" if share == 1.0 else "near_duplicate"
    message = f"its words are those of {identifier}" if share == 1.0 else f"{share:.0%} of its words are those of {identifier}"
    return Finding(code=code, message=message, lang=lang, said=identifier, other=version_id)


def alike_in_import(engine: Engine, actor: Actor, checked: CheckedImport, bank_id: BankId | None) -> list[Problem]:
    """Return a note for every item of an import that is like another one, of the import or of the organisation's banks."""
    texts = [
        text
        for line in checked.report.items
        for text in texts_of(actor.organisation_id, line.identifier, checked.texts.get(line.identifier, {}))
    ]
    with engine.store.read() as tx:
        known = _Known.of(tx, texts, bank_id)
    files = {line.identifier: line.files[0] for line in checked.report.items}
    noted: dict[str, Problem] = {}
    for text in texts:
        finding = known.likest(text)
        known.put(text)
        if finding is not None:
            noted.setdefault(text.identifier, finding.as_note(files[text.identifier]))
    return list(noted.values())


class _Known:
    """What an import is held against: the bank's texts by their buckets, and the import's own as they come."""

    def __init__(self, bank_id: BankId | None) -> None:
        self._bank_id = bank_id
        self._holders: dict[int, list[Text | LikeText]] = {}

    @classmethod
    def of(cls, tx: Transaction, texts: Sequence[Text], bank_id: BankId | None) -> "_Known":
        """Fetch what shares a bucket with one of the texts."""
        known = cls(bank_id)
        holders = tx.item_likeness.holders(bucket for text in texts for bucket in text.buckets)
        langs = {text.lang for text in texts}
        kept = tx.item_likeness.texts({version_id for several in holders.values() for version_id in several[-_IN_A_BUCKET:]})
        by_version: dict[ItemVersionId, list[LikeText]] = {}
        for each in kept:
            if each.lang in langs:
                by_version.setdefault(each.version_id, []).append(each)
        for bucket, several in holders.items():
            known._holders[bucket] = [text for version_id in several[-_IN_A_BUCKET:] for text in by_version.get(version_id, ())]
        return known

    def put(self, text: Text) -> None:
        """Let the texts that come later be held against this one; of many like ones the last few are enough."""
        for bucket in set(text.buckets):
            several = self._holders.setdefault(bucket, [])
            several.append(text)
            del several[:-_IN_A_BUCKET]

    def likest(self, text: Text) -> Finding | None:
        """Return what is most like a text, where anything is like enough."""
        shared: Counter[int] = Counter()
        others: dict[int, Text | LikeText] = {}
        for bucket in set(text.buckets):
            for other in self._holders.get(bucket, ()):
                if other.lang == text.lang and not self._is_itself(text, other):
                    others[id(other)] = other
                    shared[id(other)] += 1
        best, share = None, 0.0
        for key, _ in shared.most_common(_COMPARED):
            found = likeness(text.segments, others[key].segments)
            if found >= LIKE and found > share:
                best, share = others[key], found
        return None if best is None else _finding(share, text.lang, best.identifier)

    def _is_itself(self, text: Text, other: Text | LikeText) -> bool:
        """Tell whether an import brings the next version of an item."""
        return other.identifier == text.identifier and (isinstance(other, Text) or other.bank_id == self._bank_id)
