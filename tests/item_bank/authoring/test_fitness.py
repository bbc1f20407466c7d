"""An item opens in the form when the form can say all of it; else what is missing is named, and nothing is lost."""

from pathlib import Path

import pytest
from hypothesis import given, settings

from item_bank.authoring.fitness import opened
from item_bank.authoring.reading import read
from item_bank.authoring.showing import placed, shown
from item_bank.formats.questions import Question, skeleton
from item_bank.formats.to_qti import to_xml
from item_bank.qti.reader import read_item
from tests.item_bank.authoring.test_reading import bilingual, written
from tests.item_bank.formats.generated import texts

DEMO = Path(__file__).parents[3] / "assessment_engine" / "demo"
CONTENT = sorted({path.name.split(".")[0] for path in (DEMO / "content" / "items").glob("*.xml")})
SAMPLES = {
    "order": (),
    "choice": (),
    "choice-multiple": ("attribute_not_kept", "limit_not_kept"),
    "match": ("attribute_not_kept",),
    "inline-choice": ("several_answers_not_said",),
    "hotspot": ("interaction_not_said",),
    "template": ("templates_not_said",),
    "stimulus": ("stimulus_not_said",),
    "end-attempt": ("adaptive_not_said",),
}


def codes(folder: Path, name: str) -> tuple[tuple[str, ...], dict[str, Question]]:
    questions, lacks = opened({lang: read_item((folder / f"{name}.{lang}.xml").read_bytes()) for lang in ("en", "hi")})
    return tuple(sorted({lack.code for lack in lacks})), questions


@pytest.mark.parametrize("name", [name for name in CONTENT if name != "fin-07-slip"])
def test_the_demonstrations_questions_open_and_come_back(name: str) -> None:
    lacks, questions = codes(DEMO / "content" / "items", name)

    assert lacks == ()
    again = read(shown(questions, ("en", "hi"))).questions
    assert {lang: skeleton(each) for lang, each in again.items()} == {lang: skeleton(placed(each)) for lang, each in questions.items()}


@pytest.mark.parametrize("name", list(SAMPLES))
def test_what_the_form_cannot_say_is_named(name: str) -> None:
    assert codes(DEMO / "interactions", name)[0] == SAMPLES[name]


RUBRIC = '<qti-rubric-block view="candidate" use="instructions"><qti-content-body><p>Read.</p></qti-content-body></qti-rubric-block>'
CARD = "<qti-card support='spoken'><qti-html-content><p>a</p></qti-html-content></qti-card>"
CATALOG = f"<qti-catalog-info><qti-catalog id='c'>{CARD}</qti-catalog></qti-catalog-info>"
OUTCOME = '<qti-outcome-declaration identifier="PASSED" cardinality="single" base-type="boolean"/>'


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("<qti-prompt>", '<qti-prompt class="large">', "attribute_not_kept"),
        ('max-choices="1">', 'max-choices="1" orientation="horizontal">', "attribute_not_kept"),
        ("</qti-choice-interaction>", "</qti-choice-interaction><p>Mind the word not.</p>", "place_not_kept"),
        ("<qti-item-body>", f"<qti-item-body>{RUBRIC}", "words_not_kept"),
        ("<qti-item-body>", f"{OUTCOME}<qti-item-body>", "outcome_not_kept"),
        ("</qti-item-body>", f"</qti-item-body>{CATALOG}", "words_not_kept"),
    ],
)
def test_nothing_of_an_item_is_lost_unseen(before: str, after: str, code: str) -> None:
    folder = DEMO / "content" / "items"
    variants = {lang: (folder / f"con-01-equality.{lang}.xml").read_text().replace(before, after) for lang in ("en", "hi")}

    _, lacks = opened({lang: read_item(xml.encode()) for lang, xml in variants.items()})

    assert code in {lack.code for lack in lacks}


def test_languages_that_are_not_one_item_do_not_open() -> None:
    folder = DEMO / "content" / "items"
    english = (folder / "con-01-equality.en.xml").read_bytes()
    hindi = (folder / "con-01-equality.hi.xml").read_bytes().replace(b"<qti-value>A<", b"<qti-value>B<")

    _, lacks = opened({"en": read_item(english), "hi": read_item(hindi)})

    assert {lack.code for lack in lacks} == {"languages_differ"}


@given(written)
@settings(max_examples=40, deadline=None)
def test_what_the_form_wrote_it_can_open(question: Question) -> None:
    typed = read(shown(bilingual(question), ("en", "hi"))).questions

    again, lacks = opened({lang: read_item(to_xml(asked)) for lang, asked in typed.items()})

    assert lacks == ()
    assert {lang: skeleton(each) for lang, each in again.items()} == {lang: skeleton(each) for lang, each in typed.items()}


@given(texts().filter(lambda question: question.otherwise > 0))
@settings(max_examples=10, deadline=None)
def test_scoring_that_the_form_has_no_field_for_does_not_open(question: Question) -> None:
    _, lacks = opened({"en": read_item(to_xml(bilingual(question)["en"]))})

    assert {lack.code for lack in lacks} == {"scoring_not_said"}


def test_any_language_has_its_column_also_one_that_a_file_does_not_say() -> None:
    english = (DEMO / "content" / "items" / "con-01-equality.en.xml").read_text()
    tamil, unsaid = english.replace('xml:lang="en"', 'xml:lang="ta"'), english.replace(' xml:lang="en"', "")
    variants = {"en": english, "ta": tamil, "und": unsaid}

    questions, lacks = opened({lang: read_item(xml.encode()) for lang, xml in variants.items()})
    again = read(shown(questions, ("en", "hi", "ta", "und"))).questions

    assert lacks == ()
    assert {lang: read_item(to_xml(each)).lang for lang, each in again.items()} == {"en": "en", "ta": "ta", "und": ""}
