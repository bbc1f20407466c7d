"""The exam that simulated candidates sit: eight questions, choices and words by turns, made through the services as a cell makes one."""

import secrets

from assessment_engine.exams import ExamPolicy
from assessment_engine.kernel.ids import ExamId, FormId, OrganisationId
from assessment_engine.people import Actor, OrganisationKind, Role
from assessment_engine.services import exams, forms, item_reviews, items, people
from assessment_engine.services.engine import Engine
from item_bank.facts import ItemFacts
from item_bank.forms import FormSection
from item_bank.imports import NewItem
from item_bank.item_reviews import Verdict

QUESTIONS = 8
GRACE_S = 2

_HEAD = (
    '<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="faults-{number}" title="Question {number}" '
    'adaptive="false" time-dependent="false" xml:lang="en"><qti-response-declaration identifier="RESPONSE" cardinality="single" '
    'base-type="{base}"><qti-correct-response><qti-value>A</qti-value></qti-correct-response></qti-response-declaration>'
    '<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float" normal-maximum="1"/><qti-item-body>'
)
_TAIL = (
    '</qti-item-body><qti-response-processing template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml"/>'
    "</qti-assessment-item>"
)
_CHOICE = (
    '<qti-choice-interaction response-identifier="RESPONSE" max-choices="1"><qti-prompt>Which one?</qti-prompt>{choices}'
    "</qti-choice-interaction>"
)
_WORDS = '<p>In words: <qti-text-entry-interaction response-identifier="RESPONSE"/></p>'


def an_officer(engine: Engine) -> Actor:
    """Make an agency and somebody of its examination cell."""
    agency = people.add_organisation(engine, OrganisationKind.AGENCY, "Faults", "त्रुटियाँ")
    return _somebody(engine, agency.id, "faults", Role.CELL_OFFICER)


def _somebody(engine: Engine, organisation_id: OrganisationId, login: str, role: Role) -> Actor:
    new = people.NewPerson(
        login=login, name="Faults", name_hi="त्रुटियाँ", language="en", password=secrets.token_urlsafe(), roles=(role,)
    )  # fmt: skip
    person = people.add_person(engine, organisation_id, new)
    return Actor(person_id=person.id, organisation_id=organisation_id, name=person.name, roles=frozenset({role}))


def a_form(engine: Engine, officer: Actor) -> FormId:
    """Make the questions, have them approved by those who may, and build their paper."""
    author = _somebody(engine, officer.organisation_id, "faults-author", Role.ITEM_AUTHOR)
    reviewers = [_somebody(engine, officer.organisation_id, f"faults-reviewer-{number}", Role.ITEM_REVIEWER) for number in (1, 2)]
    bank = items.create_bank(engine, officer, "Faults")
    facts = ItemFacts(subject="Faults")
    new = [NewItem(variants={"en": _question(number).encode()}, level=1, facts=facts) for number in range(QUESTIONS)]
    versions = tuple(version.id for version in items.import_items(engine, author, bank.id, new))
    item_reviews.send(engine, author, versions)
    for reviewer in reviewers:
        item_reviews.give_subjects(engine, officer, reviewer.person_id, [facts.subject])
        item_reviews.review(engine, reviewer, versions, Verdict.ACCEPT)
    item_reviews.approve(engine, officer, versions)
    section = FormSection(id="A", title="All", title_hi="सभी", items=versions)
    return forms.build_form(engine, officer, forms.NewForm(title="Faults", title_hi="त्रुटियाँ", sections=(section,))).id


def an_exam(engine: Engine, officer: Actor, form_id: FormId, duration_s: int) -> ExamId:
    """Make an exam of this form that lasts `duration_s`."""
    new = exams.NewExam(
        code=f"F{duration_s}",
        title="Faults",
        title_hi="त्रुटियाँ",
        form_id=form_id,
        duration_s=duration_s,
        policy=ExamPolicy(grace_s=GRACE_S),
    )
    return exams.create_exam(engine, officer, new).id


def _question(number: int) -> str:
    choices = "".join(f'<qti-simple-choice identifier="{name}">{name}</qti-simple-choice>' for name in "ABCD")
    body = _CHOICE.format(choices=choices) if number % 2 == 0 else _WORDS
    return _HEAD.format(number=number, base="identifier" if number % 2 == 0 else "string") + body + _TAIL
