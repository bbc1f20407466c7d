"""The demonstration as it is seeded: its blueprint can be met by its own bank, in both languages, and its exam keeps its paper."""

from pathlib import Path

import numpy as np
import simplejpeg

from assessment_engine.demo.seed import PASSWORD, Pictures, seed
from assessment_engine.services import blueprints, exams, forms, people
from tests.builders import an_engine

PICTURE = simplejpeg.encode_jpeg(np.zeros((480, 640, 3), dtype=np.uint8))


def test_the_demonstration_has_a_blueprint_that_its_bank_can_meet(tmp_path: Path) -> None:
    engine = an_engine(tmp_path, demo=True)
    seed(engine, Pictures(portrait=PICTURE, document=lambda name: PICTURE))
    officer = people.sign_in(engine, "kavita", PASSWORD).actor

    (kept,) = blueprints.blueprints(engine, officer)
    found = blueprints.blueprint_of(engine, officer, kept.id).survey

    assert found.is_met
    assert found.uneven == ()
    assert {section.title_hi for section in kept.blueprint.sections} == {"संविधान और जवाबदेही", "लोक वित्त और डिजिटल शासन"}
    made = blueprints.build_form(engine, officer, kept.id)
    assert [len(section.items) for section in made.sections] == [6, 6]
    (exam,) = exams.exams(engine, officer)
    assert forms.form_of(engine, officer, exam.form_id).form.origin is None
