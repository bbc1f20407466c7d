"""The demonstration's item bank: an author's questions, taken to approved by two reviewers and an officer, and some still on their way."""

from collections.abc import Mapping

from assessment_engine.demo.content import DemoExam, DemoItem
from assessment_engine.kernel.ids import CompetencyId, ItemVersionId
from assessment_engine.people import Actor
from assessment_engine.services import item_reviews, items
from assessment_engine.services.engine import Engine
from item_bank.facts import Bloom, Difficulty, ItemFacts, Origin
from item_bank.imports import NewItem
from item_bank.item_reviews import Verdict

SUBJECT = "Public administration"
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
    return versions


def _facts(item: DemoItem, topic: str) -> ItemFacts:
    return ItemFacts(
        subject=SUBJECT,
        topic=topic,
        bloom=_BLOOM[item.level - 1],
        difficulty=_DIFFICULTY[item.level - 1],
        seconds=45 + 15 * item.level,
        origin=Origin.CREATED,
        author="Leela Menon",
        owner="Karmayogi Assessment Agency",
        licence="CC BY 4.0",
    )
