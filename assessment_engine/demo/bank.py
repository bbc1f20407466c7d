"""The demonstration's item bank: an author's questions, taken to approved by two reviewers and an officer, and some still on their way."""

import re
from collections.abc import Mapping
from dataclasses import replace

from assessment_engine.demo.content import DemoExam, DemoItem
from assessment_engine.kernel.ids import BankId, CompetencyId, ItemVersionId
from assessment_engine.people import Actor
from assessment_engine.services import item_cards, item_reviews, item_versions, items
from assessment_engine.services.engine import Engine
from assessment_engine.services.samples import samples
from item_bank.facts import Bloom, Difficulty, ItemFacts, Origin
from item_bank.imports import NewItem
from item_bank.item_reviews import Verdict

SUBJECT = "Public administration"
_WRITTEN = ItemFacts(subject=SUBJECT, origin=Origin.CREATED, author="Leela Menon", owner="Karmayogi Assessment Agency", licence="CC BY 4.0")
_BLOOM = (Bloom.REMEMBER, Bloom.UNDERSTAND, Bloom.APPLY, Bloom.ANALYSE)
_DIFFICULTY = (Difficulty.EASY, Difficulty.EASY, Difficulty.MEDIUM, Difficulty.HARD)


def stock(engine: Engine, actors: Mapping[str, Actor], content: DemoExam, competencies: Mapping[str, CompetencyId]) -> list[ItemVersionId]:
    """Fill a bank with the exam's questions, written, reviewed and approved by four people; returns their versions in the paper's order."""
    officer, author = actors["kavita"], actors["leela"]
    reviewers = [actors[login] for login in ("arjun", "farida")]
    bank = items.create_bank(engine, officer, content.title)
    new = [
        NewItem(variants=item.variants, competency_id=competencies[item.competency], level=item.level, facts=_facts(item, section.title))
        for section in content.sections
        for item in section.items
    ]
    versions = [version.id for version in items.import_items(engine, author, bank.id, new)]
    item_reviews.send(engine, author, versions)
    for reviewer in reviewers:
        item_reviews.give_subjects(engine, officer, reviewer.person_id, [SUBJECT])
        item_reviews.review(engine, reviewer, versions, Verdict.ACCEPT)
    item_reviews.approve(engine, officer, versions)
    _on_their_way(engine, actors, bank.id, versions[0])
    return versions


def _on_their_way(engine: Engine, actors: Mapping[str, Actor], bank_id: BankId, approved: ItemVersionId) -> None:
    """Put questions into the bank that are not approved yet: a draft, one that was sent back, one half reviewed, and a change."""
    author, first, second = (actors[login] for login in ("leela", "arjun", "farida"))
    draft, returned, waiting = (_saved(engine, author, bank_id, kind) for kind in ("order", "match", "choice"))
    item_reviews.send(engine, author, [returned, waiting])
    item_reviews.review(engine, first, [returned], Verdict.RETURN, "The two columns differ in length in Hindi. Please make them equal.")
    item_reviews.review(engine, second, [waiting], Verdict.ACCEPT)
    item_reviews.comment(engine, second, waiting, "Good. I would ask for one more example in the next version.")
    _change(engine, author, approved)
    item_cards.make_enemies(engine, author, "Both lean on what Parliament does.", [draft, waiting])


def _saved(engine: Engine, author: Actor, bank_id: BankId, kind: str) -> ItemVersionId:
    new = NewItem(variants=samples()[kind].variants, facts=replace(_WRITTEN, topic="Samples", difficulty=Difficulty.MEDIUM, seconds=60))
    return item_versions.save(engine, author, bank_id=bank_id, item_id=None, based_on=0, new=new).id


def _change(engine: Engine, author: Actor, version_id: ItemVersionId) -> None:
    """Save a draft over an approved question: another title, more time. The approved version stays in use."""
    with engine.store.read() as tx:
        before = tx.items.get(version_id)
    assert before.bank_id is not None
    variants = {lang: _retitled(xml).encode() for lang, xml in before.variants.items()}
    facts = replace(before.facts, seconds=(before.facts.seconds or 0) + 30)
    new = NewItem(variants=variants, competency_id=before.competency_id, level=before.level, facts=facts)
    item_versions.save(engine, author, bank_id=before.bank_id, item_id=before.item_id, based_on=before.version, new=new)


def _retitled(xml: str) -> str:
    return re.sub(r'\btitle="([^"]*)"', r'title="\1 (2027)"', xml, count=1)


def _facts(item: DemoItem, topic: str) -> ItemFacts:
    bloom, difficulty = _BLOOM[item.level - 1], _DIFFICULTY[item.level - 1]
    return replace(_WRITTEN, topic=topic, bloom=bloom, difficulty=difficulty, seconds=45 + 15 * item.level)
