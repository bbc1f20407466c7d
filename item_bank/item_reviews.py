"""Who may review and approve a version, and what it still lacks: an author, two reviewers of the subject, an officer, all different people.

Decides only; the database holds the same rules once more (storage/item_triggers.py). See docs/adr/0048-who-may-approve-a-question.md.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from assessment_engine.kernel.errors import Invalid, NotAllowed, NotYet, SecondPersonNeeded
from assessment_engine.kernel.ids import ItemVersionId, PersonId
from item_bank.items import ItemState, ItemVersion

REVIEWERS = 2
LONGEST_COMMENT = 4000
_RESTS = (ItemState.APPROVED, ItemState.RETIRED)


class Verdict(StrEnum):
    """What a reviewer says of a version."""

    ACCEPT = "accept"
    RETURN = "return"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemReview:
    """One reviewer's word on one version; their last one counts."""

    version_id: ItemVersionId
    ordinal: int
    person_id: PersonId
    verdict: Verdict
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemComment:
    """What somebody wrote about a version."""

    version_id: ItemVersionId
    person_id: PersonId
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One version of an item, as far as it matters who wrote it."""

    version: int
    state: ItemState
    author_id: PersonId | None


def authors_of(version: int, steps: Iterable[Step]) -> frozenset[PersonId]:
    """Return who wrote a version: those who saved it and what it builds on, back to the last that was approved."""
    known = tuple(steps)
    rested = max((each.version for each in known if each.version < version and each.state in _RESTS), default=0)
    return frozenset(each.author_id for each in known if rested < each.version <= version and each.author_id is not None)


def last_words(reviews: Sequence[ItemReview]) -> dict[PersonId, ItemReview]:
    """Return what each reviewer said last."""
    return {each.person_id: each for each in sorted(reviews, key=lambda each: each.ordinal)}


def accepted_by(reviews: Sequence[ItemReview]) -> tuple[PersonId, ...]:
    """Return who accepts a version now."""
    return tuple(person for person, each in last_words(reviews).items() if each.verdict is Verdict.ACCEPT)


def objected_by(reviews: Sequence[ItemReview]) -> tuple[PersonId, ...]:
    """Return whose last word on a version was to return it."""
    return tuple(person for person, each in last_words(reviews).items() if each.verdict is Verdict.RETURN)


def is_ready(reviews: Sequence[ItemReview]) -> bool:
    """Tell whether the cell may approve: two accept, nobody objects."""
    return len(accepted_by(reviews)) >= REVIEWERS and not objected_by(reviews)


def check_sendable(version: ItemVersion) -> None:
    """Refuse to send a version to review that no reviewer would see; raises NotYet."""
    if not version.facts.subject:
        raise NotYet("say what subject the item is about: its reviewers are found by it", problem="no_subject")


def check_reviewer(person: PersonId, authors: Collection[PersonId], subject: str, subjects: Collection[str]) -> None:
    """Refuse a reviewer of another subject, or one who wrote of it; raises NotAllowed or SecondPersonNeeded."""
    if subject not in subjects:
        raise NotAllowed("you review other subjects than this item's", problem="other_subject")
    if person in authors:
        raise SecondPersonNeeded("you have written this item; somebody else reviews it", problem="own_item")


def check_approver(person: PersonId, authors: Collection[PersonId], reviews: Sequence[ItemReview]) -> None:
    """Refuse an approval that is too early, or by somebody who wrote or reviewed the version; raises NotYet or SecondPersonNeeded."""
    if person in authors:
        raise SecondPersonNeeded("you have written this item; somebody else approves it", problem="own_item")
    if person in {each.person_id for each in reviews}:
        raise SecondPersonNeeded("you have reviewed this item; somebody else approves it", problem="own_review")
    if objected_by(reviews):
        raise NotYet("a reviewer has returned this version and has not accepted it since", problem="returned")
    if (found := len(accepted_by(reviews))) < REVIEWERS:
        raise NotYet(f"{REVIEWERS} reviewers must accept it first; {found} have", problem="reviews_missing", accepted=found)


def checked_text(text: str, *, needed: bool = False) -> str:
    """Return a comment without spaces around it; raises Invalid for one that is too long, or missing where it is needed."""
    said = text.strip()
    if needed and not said:
        raise Invalid("say what you mean, so that the author can mend it", problem="comment_missing")
    if len(said) > LONGEST_COMMENT:
        raise Invalid(f"at most {LONGEST_COMMENT} characters", problem="comment_too_long", most=LONGEST_COMMENT)
    return said
