"""What the other formats say of a file or an export, in plain words, and what to do about it; the Hindi is in locale/hi/formats.po.

One table with that of import_words.py. What each code means at length: docs/formats.md.
"""

from collections.abc import Mapping

from api.words import N_

# code → (what it means, what to do)
FORMAT_MEANINGS: Mapping[str, tuple[str, str]] = {
    # what a question lacks
    "answer_without_sign": (N_("Something stands between the braces before the first answer"), N_("Begin every answer with = or ~.")),
    "braces_do_not_match": (
        N_("Braces open and do not close, or the other way round"),
        N_("Close them; write \\{ and \\} for braces that are meant."),
    ),
    "several_answers": (N_("A question asks for several responses"), N_("Make one question of each.")),
    "pair_without_arrow": (N_("A pair has no arrow"), N_("Write every pair as = one -> other.")),
    "no_question": (N_("There are answers, but no question"), N_("Write what is asked.")),
    "no_right_answer": (N_("No answer is right"), N_("Say which answer is right.")),
    "empty_choice": (N_("A choice, an answer or one side of a pair says nothing"), N_("Write what it says, or take it out.")),
    "too_few_choices": (N_("There are fewer than two choices or pairs"), N_("Add one.")),
    "too_many_choices": (N_("There are more choices than a question may have"), N_("Split the question.")),
    "id_used_twice": (N_("An id, or the value of a choice, is used twice"), N_("Give each its own.")),
    "not_a_number": (N_("What should be a number is none, or is too large"), N_("Write digits, with a point before decimals.")),
    "not_a_range": (N_("A range ends before it begins, or a tolerance is below zero"), N_("Write the smaller number first.")),
    "not_a_share": (N_("A share is beyond 100 per cent"), N_("Use -100 to 100.")),
    "not_a_language": (N_("A language is no language code"), N_("Write en, hi or another code of BCP 47.")),
    "not_points": (N_("Points are zero, negative or too many"), N_("Give points above 0.")),
    "wrong_letter": (N_("Choices are not called A, B, C in their order"), N_("Name them so.")),
    "not_a_choice": (
        N_("A line is neither a choice nor the line of the answer"),
        N_("One line for the question, one for each choice, then ANSWER:."),
    ),
    "type_not_read": (N_("A type of question that is not read here"), N_("Make it another type, or import it as QTI.")),
    "units_not_read": (N_("Units are marked"), N_("Ask for the number alone.")),
    "scoring_not_read": (N_("A scoring rule of a shape that is not known here"), N_("Score by comparing SCORE with ge, gt, le or lt.")),
    "same_question_twice": (N_("The same question stands there twice"), N_("Take one out.")),
    "no_key": (N_("Nothing is said to be right"), N_("Score it by hand, or say the key.")),
    "key_differs": (N_("The marks differ from the declared key"), N_("Look at the key.")),
    # of tables
    "unknown_type": (N_("A type that the template does not have"), N_("Use one of the template’s types.")),
    "unknown_word": (N_("A cell has a word that its column does not know"), N_("Use the words of the template.")),
    "cell_not_used": (N_("A filled cell that this type of question has no use for"), N_("Empty it, or change the type.")),
    "too_many_cells": (N_("A row has more cells than the header"), N_("Quote texts that hold the separator.")),
    "formula": (N_("A cell is a formula"), N_("Paste its value in its place.")),
    "date_cell": (N_("A cell is a date, perhaps by mistake"), N_("Format the column as text, and type it again.")),
    "cell_error": (N_("A cell holds an error of the spreadsheet"), N_("Correct the cell.")),
    "merged_cells": (N_("Cells are merged: which row they belong to cannot be told"), N_("Unmerge all cells of the sheet.")),
    "no_header": (N_("The first row does not name the columns"), N_("Begin with the template.")),
    "unknown_column": (N_("A column that the template does not have"), N_("Rename or remove it.")),
    "duplicate_column": (N_("A column stands there twice"), N_("Rename one of them.")),
    "too_many_rows": (N_("There are more questions than a table may have"), N_("Split the file.")),
    "too_many_questions": (N_("There are more questions than a file may have"), N_("Split the file.")),
    "not_csv": (N_("A quotation mark never closes"), N_("Close it; write a mark that is meant twice.")),
    "damaged_workbook": (N_("A part of the workbook is missing or cannot be read"), N_("Save it again as XLSX.")),
    "old_workbook": (N_("An old workbook (XLS), or one with a password"), N_("Save it as XLSX without a password.")),
    "sheet_not_read": (N_("Another sheet than the first is not read"), N_("Put the questions into the first sheet.")),
    # files that are something else
    "not_moodle_xml": (N_("This is no quiz of Moodle"), N_("Export the questions as Moodle XML.")),
    "not_json": (N_("This is no JSON"), N_("Export the file again.")),
    "not_quml": (N_("There is no question of QuML in it"), N_("Hand over QuML questions.")),
    "several_questions": (N_("One question was expected; the file has several"), N_("Take one.")),
    "not_plain_text": (N_("There are characters in it that are no text"), N_("Hand over a plain text file.")),
    "no_questions": (N_("There is no question in the file"), N_("Look at the template, or at the examples of the format.")),
    # what is not kept of a file
    "limit_not_kept": (N_("How many may be chosen, or what may be typed, is not kept"), N_("Look at the question.")),
    "category_not_kept": (N_("A category is not kept"), N_("Give a competency.")),
    "tags_not_kept": (N_("Tags are not kept"), N_("Give a competency.")),
    "metadata_not_kept": (N_("Board, medium, class and the like are not kept"), N_("Nothing needs doing for an exam.")),
    "wrong_fact": (N_("A fact of the item cannot be read"), N_("Use the words of the template; days are written 2027-03-31.")),
    "unknown_competency": (
        N_("There is no such competency here; the item comes in without it"),
        N_("Write the code of a competency that the cell has, or choose one once the item is in the bank."),
    ),
    "facts_differ": (N_("Two languages of an item say other facts; those of the first are kept"), N_("Say the same in each.")),
    "hints_not_kept": (N_("Hints are not kept"), N_("An exam has one attempt.")),
    "solution_not_kept": (N_("Solutions are not kept"), N_("Nothing needs doing for an exam.")),
    "media_not_fetched": (N_("Pictures and sounds on other machines are not fetched"), N_("Put them into an item in QTI.")),
    "penalty_not_kept": (N_("A penalty for another try is not kept"), N_("An exam has one attempt.")),
    "units_not_kept": (N_("Units are not kept"), N_("Name the unit in the text.")),
    "files_not_asked": (N_("Files that may be attached are not asked for"), N_("Use a question of QTI that takes a file.")),
    "element_not_read": (N_("Something in the file is no question"), N_("Nothing needs doing.")),
    "markup_not_kept": (N_("Something of the HTML is not kept"), N_("Nothing needs doing if the words are enough.")),
    "markdown_as_text": (N_("Markdown is kept as the signs that it is written with"), N_("Use HTML where it should show.")),
    "formula_as_text": (N_("A formula in TeX is kept as the signs that it is written with"), N_("Use MathML in QTI.")),
    # what a format cannot say: such an item is left out of an export
    "scoring_not_said": (N_("The format has no words for how the question is scored"), N_("Export it as QTI.")),
    "points_not_said": (N_("Aiken knows one point alone"), N_("Use another format.")),
    "bounds_not_said": (N_("QuML adds marks and knows no bounds"), N_("Use QTI or CSV.")),
    "type_not_said": (N_("The format has no such type of question"), N_("Use another format.")),
    "interaction_not_said": (N_("The format has no words for this way of answering"), N_("Export it as QTI.")),
    "several_answers_not_said": (N_("The item asks for several answers"), N_("Export it as QTI.")),
    "stimulus_not_said": (N_("The item stands beside a shared text"), N_("Export it as QTI.")),
    "templates_not_said": (N_("Numbers or choices are drawn for each candidate"), N_("Export it as QTI.")),
    "adaptive_not_said": (N_("The item is adaptive"), N_("Export it as QTI.")),
    "words_not_said": (N_("Something in the text has no counterpart in the format"), N_("Export it as QTI.")),
    "markup_not_said": (N_("The format has plain words alone there"), N_("Export it as QTI.")),
    "files_not_said": (N_("The format cannot carry the item’s pictures"), N_("Use QTI or Moodle XML.")),
    "too_long_for_cell": (N_("A text is longer than a cell of a workbook"), N_("Use CSV or QTI.")),
    # what a format does not keep
    "language_not_said": (
        N_("The format has one language for a question; the others are not written"),
        N_("Export once more with the other language, or as QTI or CSV."),
    ),
    "choices_renamed": (N_("Choices get the names A, B, C"), N_("Nothing needs doing.")),
    "names_not_kept": (N_("Aiken has no names, titles or languages"), N_("Use another format.")),
    "order_not_kept": (N_("Whether choices are shuffled is not said"), N_("Nothing needs doing.")),
    "feedback_not_kept": (N_("Words that show afterwards are not said"), N_("Nothing needs doing for an exam.")),
    "facts_not_said": (N_("What is known of the item beside its text is not said"), N_("Export it as QTI or CSV.")),
    "words_not_kept": (N_("Words for some people alone are not said"), N_("Use QTI.")),
}
