"""The response sheet of a candidate's own sitting: every acknowledged answer in words, its receipt, the seals, and what came late."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from assessment_engine.delivery.late import LateAnswer, LateState
from assessment_engine.delivery.response_sheet import CandidateCopy, ResponseSheet, SheetAnswer, SheetLate
from assessment_engine.delivery.responses import Answer
from assessment_engine.delivery.sitting import Sitting
from assessment_engine.kernel.errors import NotYet
from assessment_engine.kernel.ids import ItemVersionId, SittingId
from assessment_engine.people import Actor
from assessment_engine.services.engine import Engine
from assessment_engine.services.items import read_variant
from assessment_engine.services.late_answers import LateLine, late_lines, question_numbers
from assessment_engine.storage.database import Transaction
from item_bank.items import item_seed
from item_bank.qti.model import QtiItem
from item_bank.qti.model.said import in_words
from item_bank.qti.processing import copy_of
from item_bank.qti.render import Page, orders_of_choices
from item_bank.qti.session import opening_values


def response_sheet(engine: Engine, actor: Actor, sitting_id: SittingId, lang: str) -> ResponseSheet:
    """Return the sheet as it stands now, before the end without a seal; another's sitting is NotFound, one that has not started NotYet."""
    with engine.store.read() as tx:
        sitting = tx.sittings.of_candidate(sitting_id, actor.person_id)
        if sitting.started_at is None:
            raise NotYet("there is a response sheet once the exam has started")
        return _sheet(tx, sitting, lang, engine.clock.now())


def _sheet(tx: Transaction, sitting: Sitting, lang: str, now: datetime) -> ResponseSheet:
    form, exam, person = tx.forms.get(sitting.form_id), tx.exams.get(sitting.exam_id), tx.people.get(sitting.candidate_id)
    answers, late = tx.answers.of_sitting(sitting.id), late_lines(tx, sitting)
    known = {answer.receipt.item for answer in answers} | {line.late.item_id for line in late}
    items = {one: read_variant(version, lang) for one, version in tx.items.many(known).items()}
    counting = _counting(answers, [line.late for line in late if line.state is LateState.ACCEPTED])
    numbers = question_numbers(form, sitting.id)
    copies = {one: _copy(item, item_seed(sitting.id, one), lang) for one, item in items.items()}
    return ResponseSheet(
        sitting_id=sitting.id,
        candidate=(lang == "hi" and person.name_hi) or person.name,
        exam=(lang == "hi" and exam.title_hi) or exam.title,
        form_sha256=form.sha256,
        questions=len(form.items),
        answers=tuple(replace(_answer(one, items, numbers, counting), copy=copies[one.receipt.item]) for one in answers),
        seals=tuple(tx.sittings.seals(sitting.id)),
        late=tuple(_late(line, items, counting) for line in late),
        made_at=now,
    )


def _copy(item: QtiItem, seed: int, lang: str) -> CandidateCopy | None:
    page = Page(lang=lang, order_seed=str(seed), values=opening_values(item, copy_of(item, seed)))
    choices = orders_of_choices(item, page)
    return CandidateCopy(seed=seed, choices=choices) if choices else None


def _counting(answers: Sequence[Answer], accepted: Sequence[LateAnswer]) -> dict[ItemVersionId, str]:
    """Return the signature of what counts for each question: the rule is delivery/late.counting_answers."""
    rows = [(one.receipt.revision, 0, one.receipt.item, one.receipt.signature) for one in answers]
    rows += [(one.revision, 1, one.item_id, one.signature) for one in accepted]
    return {item_id: signature for _, _, item_id, signature in sorted(rows, key=lambda row: row[:2])}


def _answer(
    one: Answer, items: Mapping[ItemVersionId, QtiItem], numbers: Mapping[ItemVersionId, int], counting: Mapping[ItemVersionId, str]
) -> SheetAnswer:
    item_id = one.receipt.item
    return SheetAnswer(
        question=numbers[item_id],
        title=items[item_id].title,
        answer=one,
        in_words=in_words(items[item_id], one.response),
        counts=counting[item_id] == one.receipt.signature,
    )


def _late(line: LateLine, items: Mapping[ItemVersionId, QtiItem], counting: Mapping[ItemVersionId, str]) -> SheetLate:
    late = line.late
    return SheetLate(
        question=line.question,
        title=items[late.item_id].title,
        late=late,
        state=line.state,
        in_words=in_words(items[late.item_id], late.response),
        counts=counting.get(late.item_id) == late.signature,
    )
