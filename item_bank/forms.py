"""A form: a fixed paper of sections, each a list of item versions, named by the hash of its document.

What a section asks of a candidate's way through it is form_sections.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from assessment_engine.kernel.canonical import Json, digest
from assessment_engine.kernel.errors import Invalid, UnknownItem
from assessment_engine.kernel.ids import BlueprintId, DrawId, FormId, ItemVersionId, OrganisationId, RegistrationId
from item_bank.form_sections import Branch, FormSection, Navigation, Order, ShareRule, check_ways, section_document, section_of

__all__ = [
    "Branch",
    "Form",
    "FormOrigin",
    "FormSection",
    "FormState",
    "Navigation",
    "Order",
    "ShareRule",
    "check_sections",
    "document_of",
    "form_digest",
    "section_of",
]


class FormState(StrEnum):
    """Whether exams may still take up the form."""

    APPROVED = "approved"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormOrigin:
    """What a form was drawn by: with the same blueprint, seed and pool it can be drawn again. Of one candidate's own: whose it is."""

    blueprint_id: BlueprintId
    seed: str
    pool_sha256: str
    draw_id: DrawId | None = None
    registration_id: RegistrationId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A paper; it never changes after it is made, so what follows from its sections is worked out once.

    `items` are all item versions, in order. A form is `guided` when any part binds where a candidate may go or until when: the page must
    then ask before it goes to another question. `deciding` are the parts whose marks decide the way.
    """

    id: FormId
    organisation_id: OrganisationId
    title: str
    title_hi: str
    sections: tuple[FormSection, ...]
    sha256: str
    state: FormState
    origin: FormOrigin | None = None
    items: tuple[ItemVersionId, ...] = field(init=False, repr=False, compare=False)
    guided: bool = field(init=False, repr=False, compare=False)
    deciding: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "items", tuple(item for section in self.sections for item in section.items))
        object.__setattr__(self, "guided", any(section.guides for section in self.sections))
        object.__setattr__(self, "deciding", frozenset(rule.section for section in self.sections for rule in section.rules))

    @property
    def is_own(self) -> bool:
        """Whether the form is one candidate's own, drawn for them."""
        return self.origin is not None and self.origin.draw_id is not None

    def section(self, section_id: str) -> FormSection:
        """Return one part by its id."""
        return next(section for section in self.sections if section.id == section_id)

    def section_with(self, item_id: ItemVersionId) -> FormSection:
        """Return the part that an item is in; raises UnknownItem."""
        self.check_has(item_id)
        return next(section for section in self.sections if item_id in section.items)

    def check_has(self, *items: ItemVersionId) -> None:
        """Refuse items that are not in the form; raises UnknownItem."""
        if set(items).difference(self.items):
            raise UnknownItem("this item is not in the sitting's form")


def document_of(sections: Sequence[FormSection], digests: Mapping[ItemVersionId, str]) -> Json:
    """Return the form's JSON; it carries each item version's hash, so that its own hash fixes every word of the paper."""
    return {"sections": [section_document(section, [digests[item] for item in section.items]) for section in sections]}


def form_digest(document: Json) -> str:
    """Return the SHA-256 that score reports and seals name a form by."""
    return digest(document)


def check_sections(sections: Sequence[FormSection]) -> None:
    """Refuse an empty paper or section, an id or item used twice, limits and rules that lead nobody. Raises Invalid."""
    if not sections:
        raise Invalid("a form needs at least one section")
    ids = [section.id for section in sections]
    if len(set(ids)) != len(ids):
        raise Invalid("two sections have the same id")
    for section in sections:
        if not section.items:
            raise Invalid(f"section {section.id} has no items", section=section.id)
    items = [item for section in sections for item in section.items]
    if len(set(items)) != len(items):
        raise Invalid("an item appears twice in the form")
    check_ways(sections)
