"""QuML objects of Sunbird's own projects: each is read, and comes in as an item that is valid QTI."""

import json

import pytest

from assessment_engine.services.import_sources import from_files
from item_bank.formats import FORMATS
from item_bank.imports import check_import
from tests.external.testdata import ABSENT, FOLDER, cases

pytestmark = ABSENT

OBJECTS = {str(case["file"]): case for case in cases("quml_index.json")}
CHOICES = {"Multiple Choice Question": "choice", "Multiselect Multiple Choice Question": "multiple"}


@pytest.mark.parametrize("name", list(OBJECTS) or [None])
def test_an_object_comes_in(name: str) -> None:
    data = (FOLDER / "quml" / name).read_bytes()

    [question] = FORMATS["quml"].read(data, name).questions
    report = check_import(from_files({name: data}), check_only=True).report

    assert question.kind.value == CHOICES.get(str(OBJECTS[name]["primaryCategory"]), "essay")
    assert (report.refused, len(report.items)) == (False, 1)


@pytest.mark.parametrize("name", [name for name, case in OBJECTS.items() if case["primaryCategory"] in CHOICES] or [None])
def test_a_choice_has_the_key_that_the_object_declares(name: str) -> None:
    record = json.loads((FOLDER / "quml" / name).read_bytes())
    declared = next(iter(record["responseDeclaration"].values()))["correctResponse"]["value"]
    key = {int(value) for value in (declared if isinstance(declared, list) else [declared])}

    [question] = FORMATS["quml"].read(json.dumps(record).encode(), name).questions

    assert {place for place, option in enumerate(question.options) if option.worth > 0} == key
