"""What the columns of the spreadsheet template mean (item_bank/formats/tables.py); the Hindi is in locale/hi/item_imports.po."""

from collections.abc import Mapping

from api.words import N_

COLUMN_MEANINGS: Mapping[str, str] = {
    "type": N_("choice, multiple, truefalse, text, number, match, essay or note; must be filled"),
    "question": N_("What is asked; _____ is where a field stands; must be filled"),
    "id": N_("The item’s name; rows with one id in several languages are one item"),
    "lang": N_("The language: en, hi, …"),
    "title": N_("The title; empty: the question’s beginning"),
    "format": N_("text or html, for all words of the row; empty: text"),
    "points": N_("The best score; empty: 1"),
    "option_1, option_2, …": N_("Choices; accepted texts; numbers such as 9.5, 9.5:0.1 or 9.4..9.6; left sides of pairs"),
    "match_1, match_2, …": N_("Right sides of pairs"),
    "correct": N_("The right choices by number or letter, such as 2, B or 1;3; of truefalse: true or false"),
    "worth_1, worth_2, …": N_("What each choice or answer is worth, in marks"),
    "scoring": N_("Of multiple: all (exactly the key, or nothing) or each (the sum of what is chosen)"),
    "lowest, highest": N_("Of each: no sum counts less, or more; none for no bound"),
    "choose": N_("Of multiple: how many may be chosen"),
    "shuffle": N_("yes: the order of choices is drawn for each candidate"),
    "case": N_("Of text: yes if capitals count"),
    "stars": N_("Of text: yes if * stands for any text"),
    "other_worth, other_feedback": N_("Of text and number: what any other answer is worth, and the words after it"),
    "feedback, feedback_1, …": N_("Words after every answer; after that choice, text or number"),
    "notes": N_("Of essay: words for who scores it"),
    "subject, topic": N_("What the question is about; a subject is needed before review"),
    "bloom": N_("remember, understand, apply, analyse, evaluate or create"),
    "difficulty": N_("The author’s estimate: easy, medium or hard"),
    "seconds": N_("The time that a candidate is expected to need"),
    "competency": N_("The code or the name of one of the cell’s competencies; empty: the import’s"),
    "level": N_("The level, from 1 to 4; empty: the import’s"),
    "origin, author, owner": N_("Where it comes from (created, bought or sourced), who wrote it, whose it is"),
    "licence, licence_ends, contract": N_("The right to use it, its last day such as 2027-03-31, and the contract’s number"),
}
