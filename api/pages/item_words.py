"""What pages call the facts, filters and moves of items, and why one cannot be moved."""

from collections.abc import Iterable, Mapping

from api.pages.authoring_words import BLOOM, DIFFICULTY, ORIGIN
from api.pages.authoring_words import FACTS as ASKED
from api.pages.gallery import NAMES
from api.pages.import_words import MEANINGS
from api.words import N_
from assessment_engine.kernel.errors import AssessmentError, IllegalTransition
from item_bank.gist import SEVERAL_KINDS
from item_bank.item_filters import Exposure, Rights
from item_bank.items import ItemVerb

KINDS: Mapping[str, str] = {
    **{kind: name for kind, name in NAMES.items() if kind not in ("choice", "choice-multiple", "template", "mathml", "stimulus")},
    "choice": N_("Choosing"),
    "hotspot": N_("Places on a picture"),
    "portable-custom": N_("Custom interactions"),
    SEVERAL_KINDS: N_("Several in one"),
}

RIGHTS: Mapping[str, str] = {
    Rights.LAPSED: N_("Ended: not for new forms"),
    Rights.ENDING: N_("End within 90 days"),
    Rights.LASTING: N_("Last longer"),
}
EXPOSURE: Mapping[str, str] = {
    Exposure.NEVER: N_("By nobody yet"),
    Exposure.SEEN: N_("By somebody"),
    Exposure.OFTEN: N_("By a hundred or more"),
}
CALIBRATED: Mapping[str, str] = {"yes": N_("Calibrated"), "no": N_("Not yet")}

FACTS: Mapping[str, str] = {
    **ASKED,
    "difficulty": N_("Difficulty, as its author expects it"),
    "words": N_("Words of the question"),
    "kind": N_("Type"),
    "competency_id": N_("Competency"),
    "level": N_("Level"),
}
VALUES: Mapping[str, Mapping[str, str]] = {"bloom": BLOOM, "difficulty": DIFFICULTY, "origin": ORIGIN, "kind": KINDS}
"""What the values of some facts are called; the others say themselves."""

VERBS: Mapping[str, str] = {
    ItemVerb.SEND_TO_REVIEW: N_("Send to review"),
    ItemVerb.RETURN: N_("Take back as a draft"),
    ItemVerb.APPROVE: N_("Approve"),
    ItemVerb.RETIRE: N_("Retire"),
}

_WHY: Mapping[str, str] = {
    "no_subject": N_("It says no subject, so it has no reviewers. Edit it and say what it is about."),
    "own_item": N_("You have written it. Somebody else reviews and approves it."),
    "own_review": N_("You have reviewed it. Somebody else approves it."),
    "returned": N_("A reviewer has returned this version and has not accepted it since."),
    "reviews_missing": N_("Two reviewers of its subject must accept it first."),
    "other_subject": N_("You review other subjects than this one."),
}
_WHY_BY_CODE: Mapping[str, str] = {
    "not_allowed": N_("Somebody with another role does this."),
    "item_in_review": N_("It is in review. Take it back first, or wait for its reviewers."),
    "edited_meanwhile": N_("Somebody saved a newer version meanwhile."),
    "item_in_use": N_("A session that is not over yet asks it: %(sessions)s."),
}
_NOT_NOW: Mapping[str, str] = {
    ItemVerb.SEND_TO_REVIEW: N_("Only a draft is sent to review."),
    ItemVerb.RETURN: N_("Only what is in review is taken back."),
    ItemVerb.APPROVE: N_("Only what is in review is approved."),
    ItemVerb.RETIRE: N_("Only an approved version is retired."),
}


WRITTEN: Mapping[str, str] = {  # what is wrong with a review or a comment, by the code of item_bank/item_reviews
    "comment_missing": N_("Say what you mean, so that the author can mend it."),
    "comment_too_long": N_("At most %(most)s characters."),
}


def why_not(error: AssessmentError, verb: str) -> tuple[str, Mapping[str, object]]:
    """Return the words for why a version cannot be moved so, and what goes into them."""
    if isinstance(error, IllegalTransition):
        return _NOT_NOW[verb], {}
    problem = str(error.details.get("problem", ""))
    if problem in MEANINGS:
        return MEANINGS[problem][0], {}
    known = _WHY.get(problem) or _WHY_BY_CODE.get(error.code)
    return (known, error.details) if known else ("%(said)s", {"said": error.message})


def kinds_of(known: Iterable[str]) -> dict[str, str]:
    """Return the names of those kinds that a bank has."""
    return {kind: KINDS.get(kind, kind) for kind in known}
