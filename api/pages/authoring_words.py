"""What the author's form calls its kinds, its fields and what is wrong with them."""

from collections.abc import Iterable, Mapping

from api.pages.sent import MISSING, UNKNOWN, Said
from api.words import LANGUAGES, N_
from item_bank.authoring.fields import TRUTH, Asked
from item_bank.authoring.reading import Trouble
from item_bank.facts import Bloom, Difficulty, Origin

KINDS: Mapping[str, tuple[str, str]] = {
    Asked.CHOICE: (N_("One right answer"), N_("Several answers are offered; one of them is right.")),
    Asked.MULTIPLE: (N_("Several right answers"), N_("Any number of the answers that are offered may be right.")),
    TRUTH: (N_("True or false"), N_("A statement that is true or false. The two answers are there already, in both languages.")),
    Asked.LIST: (N_("Choice in the text"), N_("A sentence with a list in it, from which the right words are chosen.")),
    Asked.TEXT: (N_("Short text"), N_("A word or a name is typed, below the question or into a gap of it.")),
    Asked.NUMBER: (N_("A number"), N_("A number is typed; it may differ by a tolerance.")),
    Asked.ORDER: (N_("Order"), N_("Entries are brought into the right order.")),
    Asked.MATCH: (N_("Match"), N_("Each entry of one list goes with one of another.")),
    Asked.ESSAY: (N_("Longer text"), N_("A text that a person marks. It cannot be in a certified exam yet.")),
}

_OPEN: Mapping[str, str] = {"": N_("Not said")}
BLOOM: Mapping[str, str] = {
    **_OPEN,
    Bloom.REMEMBER: N_("Remember"),
    Bloom.UNDERSTAND: N_("Understand"),
    Bloom.APPLY: N_("Apply"),
    Bloom.ANALYSE: N_("Analyse"),
    Bloom.EVALUATE: N_("Evaluate"),
    Bloom.CREATE: N_("Create"),
}
DIFFICULTY: Mapping[str, str] = {**_OPEN, Difficulty.EASY: N_("Easy"), Difficulty.MEDIUM: N_("Medium"), Difficulty.HARD: N_("Hard")}
ORIGIN: Mapping[str, str] = {
    **_OPEN,
    Origin.CREATED: N_("Written here"),
    Origin.BOUGHT: N_("Bought"),
    Origin.SOURCED: N_("Taken from a source"),
}

PROBLEMS: Mapping[str, str] = {  # by the code of a trouble
    "missing_in_language": N_("The other language says something here. Say it in this one, too, or in neither."),
    "too_long": N_("At most %(most)s characters."),
    "markup_not_kept": N_("This cannot be kept: %(what)s. Take it out."),
    "alt_missing": N_('A picture says nothing to who cannot see it. Write what it shows between the marks of alt="…".'),
    "picture_missing": N_("The picture %(what)s is not with this question. Add it under “Pictures”, or take it out here."),
    "not_points": N_("Marks are a number above 0."),
    "not_a_number": N_("Write digits, with a point before decimals; 1/3 is understood, too."),
    "too_many_marks": N_("That is more than a question can be worth."),
    "not_negative": N_("Write what is taken off without a minus."),
    "negative_not_said": N_("Marks cannot be taken off for this way of answering. Empty this field."),
    "too_few_choices": N_("Write at least two answers."),
    "no_key": N_("Mark the right answer."),
    "no_answer": N_("Write at least one answer that earns marks."),
    "plain_only": N_("A list in the text shows plain words only."),
    "not_a_limit": N_("A whole number, not below the number of right answers; empty for as many as there are."),
    "not_a_bound": N_("The lowest sum is 0 or less, the highest above 0."),
    "same_answer_twice": N_("This answer is there already. Capitals make no other answer."),
    "not_a_tolerance": N_("A tolerance is 0 or more."),
    "too_few_pairs": N_("Write at least two entries in each list."),
    "unknown_pair": N_("Choose the entry that it goes with."),
    "picture_too_large": N_("A picture may have 700 KB here, and 50 million pixels. Save it smaller; candidates load it over slow lines."),
    "no_picture": N_("This file is no picture that can be shown (PNG, JPEG, WebP, GIF or SVG)."),
    "unsafe_svg": N_("This drawing has script or leads elsewhere. Export it without, or as PNG."),
    "picture_not_chosen": N_("Choose a file first."),
    "time_out_of_range": N_("A whole number of seconds from 1 to %(most)s."),
    "not_a_day": N_("Write the day as year-month-day, such as 2027-03-31."),
    "not_a_name": N_("Begin with a letter; then letters, digits, points and hyphens. Or leave it empty."),
    "identifier_taken": N_("The bank has a question with this identifier. Choose another, or leave it empty."),
    "numbers_differ": N_("The numbers differ: %(here)s here, %(there)s in the other language."),
}

FACTS: Mapping[str, str] = {
    "subject": N_("Subject"),
    "topic": N_("Topic"),
    "bloom": N_("What it asks of the mind (Bloom)"),
    "difficulty": N_("Difficulty, as you expect it"),
    "seconds": N_("Expected time in seconds"),
    "origin": N_("Where it comes from"),
    "author": N_("Written by"),
    "owner": N_("Owner of the rights"),
    "licence": N_("Licence"),
    "licence_ends": N_("May be used until"),
    "contract": N_("Contract"),
}
"""What is known of a version beside its text, as its author is asked for it."""

_FIELDS: Mapping[str, str] = {
    "title": N_("Short title"),
    "stem": N_("Question"),
    "option": N_("Answer %(n)s"),
    "told": N_("What is said after answer %(n)s"),
    "worth": N_("Own marks of answer %(n)s"),
    "fixed": N_("Answer %(n)s stays in its place"),
    "answer": N_("Right answer %(n)s"),
    "pattern": N_("Stars in answer %(n)s"),
    "value": N_("Right number %(n)s"),
    "tolerance": N_("Tolerance of number %(n)s"),
    "source": N_("Entry %(n)s"),
    "target": N_("Match %(n)s"),
    "pair": N_("What entry %(n)s goes with"),
    "general": N_("What is said after any answer"),
    "other": N_("What is said after any other answer"),
    "notes": N_("Notes for who marks"),
    "points": N_("Marks"),
    "negative": N_("Taken off for a wrong answer"),
    "right": N_("The right answers"),
    "scoring": N_("How marks add up"),
    "lower": N_("Lowest sum"),
    "upper": N_("Highest sum"),
    "most": N_("At most so many may be chosen"),
    "shuffle": N_("Mix the answers"),
    "case": N_("Capitals count"),
    "competency": N_("Competency"),
    "level": N_("Level"),
    "order": N_("The order in which they stand"),
    "options": N_("Answers"),
    "identifier": N_("Identifier"),
    "file": N_("Picture"),
    "alt": N_("What it shows"),
    "new_bank": N_("Name of the new bank"),
    **FACTS,
}


def label_of(field: str) -> tuple[str, Mapping[str, object], str]:
    """Return a field's words, what goes into them, and its language in its own name ("" for none)."""
    name, _, rest = field.partition("-") if not field.startswith("order-") else ("order", "", "")
    number, _, lang = rest.partition("-") if rest[:1].isdigit() else ("", "", rest)
    return _FIELDS.get(name, name), {"n": number}, LANGUAGES.get(lang, lang.upper())


def problems_of(troubles: Iterable[Trouble]) -> dict[str, Said]:
    """Return what is wrong, in words, by field."""
    known = {"missing": MISSING, "unknown": UNKNOWN}
    return {each.field: known.get(each.code) or (PROBLEMS.get(each.code, each.code), dict(each.details)) for each in troubles}


LACKS: Mapping[str, str] = {  # by the code of what the form cannot say
    "interaction_not_said": N_("It is answered in a way that the form does not have."),
    "several_answers_not_said": N_("It asks for several answers at once."),
    "templates_not_said": N_("It draws numbers of its own for each candidate."),
    "adaptive_not_said": N_("It takes several attempts."),
    "stimulus_not_said": N_("It stands beside a text that several questions share."),
    "scoring_not_said": N_("It is scored or laid out in a way that the form has no field for."),
    "limit_not_kept": N_("It has a limit on what may be answered that the form has no field for."),
    "attribute_not_kept": N_("It has a layout or a mark that the form would drop."),
    "words_not_kept": N_("It has words for some readers only, which the form would drop."),
    "words_not_said": N_("It has something in its text that the form cannot show."),
    "feedback_not_kept": N_("It says something afterwards by a rule that the form does not have."),
    "outcome_not_kept": N_("It gives a result beside the score."),
    "place_not_kept": N_("There are words after the place where it is answered."),
    "languages_differ": N_("Its languages are not one question."),
    "nothing_to_answer": N_("There is nothing to answer."),
}
