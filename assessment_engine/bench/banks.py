"""What a bank of many items costs, for `bench items`: an import, a check of a new item against all, a filtered page, drawn forms.

On a database of its own. Times are those that somebody waits for (wall clock); each stands beside what it was reached with: items that came
in, like items that were found.
"""

import re
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

from assessment_engine.bench.bank_samples import WORDS, bank_items
from assessment_engine.bench.faults.world import an_officer
from assessment_engine.bench.measure import Figure, free_port
from assessment_engine.kernel.errors import Invalid
from assessment_engine.people import Actor, Role
from assessment_engine.runtime import build_engine
from assessment_engine.runtime.serve import prepare
from assessment_engine.services import item_cards, item_checks, review_queue
from assessment_engine.services.engine import Engine
from assessment_engine.services.import_sources import from_files
from assessment_engine.services.item_imports import ImportRules, import_package
from assessment_engine.settings import Settings
from item_bank.blueprints import Blueprint, BlueprintSection, Drawing, PoolItem, Span, Stratum, Wanted, pool_from
from item_bank.facts import Difficulty, ItemFacts
from item_bank.item_filters import ItemFilter, Order
from item_bank.items import ItemState

IMPORTED = 10_000
KEPT = 20_000
FORMS, POOL = 1_000, 3_000
WITHIN = Span(least=5_500, most=6_500)
LOOKS = 21
T = TypeVar("T")
NOWHERE = "redis://127.0.0.1:1/0"


def bank_figures(short: bool) -> tuple[dict[str, Figure], dict[str, float]]:
    """Measure; the short form has a twentieth of the items."""
    part = 20 if short else 1
    imported, kept = IMPORTED // part, KEPT // part
    with _an_engine() as (engine, officer):
        _, few_cpu = _import(engine, officer, imported // 10, seed=1)
        many, many_cpu = _import(engine, officer, imported, seed=2)
        _import(engine, officer, kept - imported - imported // 10, seed=3)
        near_ms, near_found = _near_duplicates(engine, officer)
        page_ms = _filtered_pages(engine, officer)
        queue_ms = _waiting_pages(engine, officer)
    drawn_s, right = drawn_forms(FORMS // part)
    figures = {
        "import_items": Figure(value=imported, unit="items"),
        "import_all": Figure(value=many, unit="s", bar="<= 60"),
        "import_all_processor": Figure(value=many_cpu, unit="s"),
        "drawn_forms": Figure(value=FORMS // part, unit="forms"),
        "drawn_forms_all": Figure(value=drawn_s, unit="s", bar="<= 10"),
        "drawn_forms_right": Figure(value=right, unit="share", bar=">= 1"),
        "filtered_page_slowest": Figure(value=page_ms, unit="ms", bar="<= 100"),
        "review_queue_page_slowest": Figure(value=queue_ms, unit="ms", bar="<= 100"),
        "near_duplicates_among": Figure(value=kept, unit="items"),
        "near_duplicate_check": Figure(value=near_ms, unit="ms", bar="<= 200"),
        "near_duplicates_found": Figure(value=near_found, unit="share", bar=">= 0.99"),
    }
    return figures, {"import_whole_to_ten_tenths": many_cpu / (few_cpu * 10)}


@contextmanager
def _an_engine() -> Iterator[tuple[Engine, Actor]]:
    with tempfile.TemporaryDirectory(prefix="bench-items-", ignore_cleanup_errors=True) as folder:
        place = {"DATA_DIR": folder, "PORT": str(free_port()), "DEMO": "1", "FRAMES_URL": NOWHERE, "JOBS_URL": NOWHERE}
        settings = Settings.from_environ(place)
        prepare(settings)
        engine = build_engine(settings)
        try:
            yield engine, an_officer(engine)
        finally:
            engine.store.engine.dispose()


def _import(engine: Engine, officer: Actor, count: int, seed: int) -> tuple[float, float]:
    """Import as the console does, checks included; returns the seconds that passed, and those of processor time."""
    files = {f"{name}.xml": xml for name, xml in bank_items(count, seed)}
    facts = ItemFacts(subject=f"Subject {seed}", difficulty=list(Difficulty)[seed % 3])
    begun, begun_cpu = time.perf_counter(), time.process_time()
    report = import_package(engine, officer, from_files(files), ImportRules(new_bank=f"Bank {seed}", facts=facts))
    spent = time.perf_counter() - begun, time.process_time() - begun_cpu
    if report.imported != count:
        raise Invalid(f"{report.imported} of {count} items came in: {report.problems[:3]}")
    return spent


def _near_duplicates(engine: Engine, officer: Actor) -> tuple[float, float]:
    """Check new items that differ from one of the bank in two words; returns the median in ms, and the share that was found."""
    drafts = [_changed(name, xml) for name, xml in bank_items(LOOKS, seed=2)]
    found = []

    def look(draft: tuple[str, bytes]) -> None:
        findings = item_checks.check_draft(engine, officer, {"en": draft[1]})
        found.append(any(each.code == "near_duplicate" and each.said == draft[0] for each in findings))

    return median_ms(drafts, look), sum(found) / len(found)


def _filtered_pages(engine: Engine, officer: Actor) -> float:
    """Look at pages of the list by filters and orders of every kind; returns the slowest one's median in ms."""
    asked = (
        (ItemFilter(), Order()),
        (ItemFilter(equal={"subject": "Subject 2"}), Order(key="title")),
        (ItemFilter(equal={"difficulty": "hard", "state": "draft"}), Order(key="saved", down=True)),
        (ItemFilter(words=f"{WORDS[7]} {WORDS[40]}"), Order()),
        (ItemFilter(words="of words that no item has"), Order()),
        (ItemFilter(equal={"kind": "choice"}, lang="en"), Order(key="level")),
    )
    return max(median_ms([each] * 5, lambda one: item_cards.look(engine, officer, *one)) for each in asked)


def _waiting_pages(engine: Engine, officer: Actor) -> float:
    """Look at the queue with every item in review, as who wrote them all and has no turn with any; returns the slowest median in ms."""
    with engine.store.begin() as tx:
        ids = [card.id for card in tx.item_cards.every(officer)]
        tx.item_states.move(ids, ItemState.DRAFT, ItemState.IN_REVIEW, engine.clock.now())
        tx.item_reviews.set_subjects(officer.person_id, officer.organisation_id, [f"Subject {seed}" for seed in (1, 2, 3)])
    reviewer = replace(officer, roles=frozenset({Role.ITEM_REVIEWER}))
    looks = [(actor, everything) for actor in (officer, reviewer) for everything in (False, True)]
    return max(median_ms([each] * 5, lambda one: review_queue.queue(engine, one[0], everything=one[1])) for each in looks)


def drawn_forms(count: int) -> tuple[float, float]:
    """Draw papers of 100 questions from 3,000 with enemies, within a time; returns the seconds, and the share of papers that are right."""
    kinds = [(f"c{place % 5}", 1 + place // 5) for place in range(10)]
    strata = [Stratum(wanted=Wanted(competency=competency, level=level), count=10) for competency, level in kinds]
    parts = {"A": strata[:5], "B": strata[5:]}
    sections = tuple(BlueprintSection(id=name, title=name, title_hi=name, strata=tuple(rows)) for name, rows in parts.items())
    blueprint = Blueprint(title="Paper", title_hi="Paper", sections=sections, seconds=WITHIN)
    drawing = Drawing(blueprint, pool_from(_pool_item(number) for number in range(POOL)))
    begun = time.perf_counter()
    papers = [[item for section in drawing.draw(f"seed {number}") for item in section.items] for number in range(count)]
    spent = time.perf_counter() - begun
    return spent, sum(map(_is_right, papers)) / count


def _pool_item(number: int) -> PoolItem:
    return PoolItem(
        id=f"v{number}",
        item=f"i{number}",
        competency=f"c{number % 5}",
        level=1 + number // 5 % 3,
        seconds=40 + number % 41,
        enemies=frozenset({f"e{number // 10}"}) if number % 5 == 0 else frozenset(),
    )


def _is_right(paper: Sequence[PoolItem]) -> bool:
    """Tell whether a paper has what was asked: 100 questions, ten of each kind, no two enemies, within its time."""
    kinds = Counter((item.competency, item.level) for item in paper)
    enemies = [name for item in paper for name in item.enemies]
    seconds = sum(item.seconds or 0 for item in paper)
    unlike = len({item.item for item in paper}) == 100 and len(set(enemies)) == len(enemies)
    return unlike and sorted(kinds.values()) == [10] * 10 and WITHIN.holds(seconds)


def _changed(name: str, xml: bytes) -> tuple[str, bytes]:
    words = iter(WORDS[:2])
    text = re.sub(r"(?<=<p>)\w+|\w+(?=\?</p>)", lambda _: next(words), xml.decode())
    return name, text.replace(f'identifier="{name}"', 'identifier="new"').encode()


def median_ms(several: Sequence[T], look: Callable[[T], object]) -> float:
    """Return the median of the milliseconds that each look takes."""
    spent = []
    for each in several:
        begun = time.perf_counter()
        look(each)
        spent.append((time.perf_counter() - begun) * 1000)
    return statistics.median(spent)
