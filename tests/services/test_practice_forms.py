"""Nobody practises with a question that somebody is examined in."""

from dataclasses import replace

import pytest

from assessment_engine.exams import ExamVerb
from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.ids import BankId, FormId
from assessment_engine.services.engine import Engine
from assessment_engine.services.exams import NewExam, create_exam, move_exam
from assessment_engine.services.forms import NewForm, build_form
from assessment_engine.services.items import create_bank, import_items
from assessment_engine.services.samples import samples
from item_bank.forms import FormSection
from item_bank.imports import NewItem
from tests.builders import GENERAL, approved
from tests.services.paper import Paper, a_paper


def a_form(engine: Engine, paper: Paper, bank_id: BankId, title: str) -> FormId:
    """A form of one question, in a version of its own."""
    xml = {
        lang: text.replace(b"</qti-item-body>", f"<p>{title}</p></qti-item-body>".encode())
        for lang, text in samples()["choice"].variants.items()
    }
    (version,) = import_items(engine, paper.officer, bank_id, [NewItem(variants=xml, facts=GENERAL)])
    approved(engine, paper.officer, version.id)
    part = FormSection(id="one", title=title, title_hi=title, items=(version.id,))
    return build_form(engine, paper.officer, NewForm(title=title, title_hi=title, sections=(part,))).id


def test_a_question_of_an_open_exam_is_no_practice_in_whichever_version(engine: Engine) -> None:
    paper = a_paper(engine)
    bank = create_bank(engine, paper.officer, "Bank")
    first, second = (a_form(engine, paper, bank.id, title) for title in ("First", "Second"))
    plain = NewExam(code="E-1", title="Exam", title_hi="परीक्षा", form_id=first, duration_s=600)

    with pytest.raises(Invalid, match="a paper that is examined"):
        create_exam(engine, paper.officer, replace(plain, practice_form_id=second))

    real = create_exam(engine, paper.officer, plain)
    other = replace(plain, code="E-2", form_id=paper.exam.form_id, practice_form_id=second)
    with pytest.raises(Invalid, match="a paper that is examined"):
        create_exam(engine, paper.officer, other)

    move_exam(engine, paper.officer, real.id, ExamVerb.CLOSE)
    assert create_exam(engine, paper.officer, other).practice_form_id == second
