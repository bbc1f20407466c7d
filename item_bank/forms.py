"""A form: a fixed paper of sections, each a list of item versions, named by the hash of its document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assessment_engine.kernel.canonical import Json, digest
from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.ids import FormId, ItemVersionId, OrganisationId


class FormState(StrEnum):
    """Whether exams may still take up the form."""

    APPROVED = "approved"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSection:
    """One part of a paper."""

    id: str
    title: str
    title_hi: str
    items: tuple[ItemVersionId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A paper; it never changes after it is made."""

    id: FormId
    organisation_id: OrganisationId
    title: str
    title_hi: str
    sections: tuple[FormSection, ...]
    sha256: str
    state: FormState

    @property
    def items(self) -> tuple[ItemVersionId, ...]:
        """All item versions, in order."""
        return tuple(item for section in self.sections for item in section.items)


def document_of(sections: Sequence[FormSection], digests: Mapping[ItemVersionId, str]) -> Json:
    """Return the form's JSON; it carries each item version's hash, so that its own hash fixes every word of the paper."""
    return {
        "sections": [
            {
                "id": section.id,
                "title": section.title,
                "title_hi": section.title_hi,
                "items": list(section.items),
                "sha256": [digests[item] for item in section.items],
            }
            for section in sections
        ]
    }


def form_digest(document: Json) -> str:
    """Return the SHA-256 that score reports and seals name a form by."""
    return digest(document)


def check_sections(sections: Sequence[FormSection]) -> None:
    """Refuse an empty paper or section, a section id used twice, an item used twice. Raises Invalid."""
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
