"""What writers share: saying what a format has no place for."""

from item_bank.formats.findings import Notes, Unfit
from item_bank.formats.of_qti import said_by
from item_bank.formats.questions import Kind, Question, answers_of
from item_bank.qti.package.references import Use, references

_SAID = {
    "shuffle": ("order_not_kept", "whether choices are shuffled is not said"),
    "most": ("limit_not_kept", "how many may be chosen is not said"),
    "bands": ("feedback_not_kept", "words that a score shows are not said"),
    "notes": ("words_not_kept", "words for who scores are not said"),
    "feedback": ("feedback_not_kept", "words that show after an attempt are not said"),
    "facts": ("facts_not_said", "what is known of the question beside its text is not said"),
    "own": ("feedback_not_kept", "words that an answer shows are not said"),
}


def say_lost(question: Question, notes: Notes, *unsaid: str) -> None:
    """Note what of a question a format has no place for; raises Unfit for a picture, without which nobody can answer."""
    for what in unsaid:
        if what == "media" and (question.media or refers_to_files(question)):
            raise Unfit("files_not_said", "the format cannot carry the files that this question shows", "Export it as QTI or Moodle XML.")
        if what in _SAID and _has(question, what):
            code, message = _SAID[what]
            notes.note(code, message, question.line)


def refers_to_files(question: Question) -> bool:
    """Tell whether the words of a question show a file."""
    shown = (reference for node in said_by(question) for reference in references(node))
    return any(reference.use is not Use.LINK for reference in shown)


def _has(question: Question, what: str) -> bool:
    if what == "shuffle":
        return question.shuffle and question.kind in (Kind.CHOICE, Kind.MULTIPLE)
    if what == "most":
        return 0 < question.most < len(question.options) and question.kind is Kind.MULTIPLE
    if what == "own":
        told = [option.feedback for option in question.options] + [answer.feedback for answer in answers_of(question)]
        return any(told) or bool(question.other_feedback)
    return bool(getattr(question, what))
