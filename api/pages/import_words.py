"""What an import or export says of each kind of finding, in plain words, and what to do about it; the Hindi is in locale/hi/imports.po.

The precise message of a finding, its clause and its code stand beside these. What each code means at length: docs/import-problems.md.
"""

from collections.abc import Mapping

from api.pages.check_words import CHECK_MEANINGS
from api.pages.format_words import FORMAT_MEANINGS
from api.words import N_
from assessment_engine.kernel.errors import AssessmentError

# code → (what it means, what to do)
MEANINGS: Mapping[str, tuple[str, str]] = {
    # what cannot be read at all
    "not_well_formed": (
        N_("The XML is broken: a tag without its end, a lone “&”, an empty file"),
        N_("Mend the line that is named, or export the file again."),
    ),
    "entities_forbidden": (
        N_("The file defines shortcuts of its own (entities); that is how XML bombs are made"),
        N_("Write the characters themselves, and take the definitions out of the DOCTYPE."),
    ),
    "wrong_encoding": (N_("The file’s characters are not in the encoding that it claims"), N_("Save the file as UTF-8.")),
    "too_deep": (N_("Elements are nested too deeply"), N_("Take out what is wrapped for nothing.")),
    "too_large": (N_("Too large to be read"), N_("Split it; put pictures beside the item rather than inside.")),
    "unreadable_file": (N_("The file cannot be opened"), N_("Check that it is whole and may be read.")),
    "not_an_item": (N_("An item was expected, and the file is something else"), N_("Import it as what it is.")),
    "not_a_stimulus": (N_("A stimulus was expected, and the file is something else"), N_("Import it as what it is.")),
    "not_a_test": (N_("A test was expected, and the file is something else"), N_("Import it as what it is.")),
    "not_a_section": (N_("A section was expected, and the file is something else"), N_("Import it as what it is.")),
    "cyclic_section": (N_("A section refers to itself"), N_("Take one of the references out.")),
    "too_many_items": (N_("A test has more parts than this system holds"), N_("Split the test.")),
    "branch_backwards": (N_("A branch rule of a test leads backwards"), N_("Branch only forwards.")),
    # what breaks the specification
    "wrong_namespace": (
        N_("The file does not say by its namespace which QTI it is"),
        N_("Give the root the namespace of QTI 2.1, 2.2 or 3.0."),
    ),
    "not_qti": (N_("This is no QTI item, test or stimulus"), N_("Choose the item’s own XML file, or a package that holds it.")),
    "unknown_element": (
        N_("QTI has no element of this name"),
        N_("Correct its name, or put it into a namespace of its own where the clause allows that."),
    ),
    "element_not_allowed": (N_("An element stands where it may not stand"), N_("Move it to where the clause allows it, or leave it out.")),
    "element_misplaced": (
        N_("Elements are out of order, or one too many"),
        N_("Put the elements into the clause’s order, and not more of them than it allows."),
    ),
    "missing_element": (N_("Something that must be there is missing"), N_("Add what is missing.")),
    "text_not_allowed": (N_("Text stands where only elements may"), N_("Put the text into an element that may hold text, or remove it.")),
    "unknown_attribute": (N_("The element has no attribute of this name"), N_("Correct its name or remove it.")),
    "missing_attribute": (N_("An attribute that must be there is missing"), N_("Add the attribute.")),
    "wrong_attribute_value": (N_("An attribute has a value that it cannot have"), N_("Write a value that the clause allows.")),
    "duplicate_id": (N_("Two elements have the same id"), N_("Give each of them an id of its own.")),
    "duplicate_variable": (N_("Two variables have the same name"), N_("Give each variable a name of its own.")),
    "undeclared_response": (
        N_("A question asks for a response that is not declared"),
        N_("Declare the response variable, or name one that is declared."),
    ),
    "undeclared_variable": (N_("A variable is used that is not declared"), N_("Declare the variable, or name one that is declared.")),
    "duplicate_choice": (
        N_("Two choices of a question have the same identifier"),
        N_("Give each choice of an interaction an identifier of its own."),
    ),
    "unknown_choice": (N_("The key names a choice that is not offered"), N_("Name a choice that the interaction offers.")),
    "value_not_of_type": (
        N_("A value is not of the type that its variable has"),
        N_("Write the value in the form of the variable’s base type."),
    ),
    "wrong_response_type": (
        N_("The question and its response variable do not go together"),
        N_("Bind the interaction to a response of the base type and cardinality that it is defined for."),
    ),
    # what is only noted of an item
    "unknown_condition": (
        N_("Something shows by a variable that is not declared"),
        N_("Declare the variable that decides whether this shows."),
    ),
    "unknown_in_test": (
        N_("A test uses a variable that it does not declare"),
        N_("Declare the variable in the test, or name an item’s as ITEM.VARIABLE."),
    ),
    "duplicate_part": (
        N_("Two parts of a test have the same identifier"),
        N_("Give each part, section and item reference of a test an identifier of its own."),
    ),
    "unknown_target": (
        N_("A test names a part that it does not have"),
        N_("Name a part, section or item reference of the test, or one of the EXIT_ words."),
    ),
    "missing_base_type": (N_("A variable has no type"), N_("Give the variable a base type; only a record has none.")),
    "missing_mapping": (N_("Marks are asked of a table (mapping) that is not there"), N_("Give the response a mapping, or do not map it.")),
    "wrong_operand_count": (
        N_("A scoring rule has too many or too few parts"),
        N_("Give the operator as many operands as it is defined for."),
    ),
    "wrong_operand": (
        N_("A scoring rule is given another kind of value than it takes"),
        N_("Give the operator operands of the cardinality and base type that it is defined for."),
    ),
    "response_bound_twice": (N_("Two questions share one response"), N_("Give each interaction a response of its own.")),
    "several_choices_into_one": (
        N_("Several choices are allowed, and there is room for one"),
        N_("Set the interaction’s maximum to 1, or the response’s cardinality to multiple."),
    ),
    "unusual_cardinality": (
        N_("The response holds another number of values than usual"),
        N_("Give the response the cardinality that the interaction is defined for."),
    ),
    "unusual_pair": (
        N_("The response holds another kind of pairs than usual"),
        N_("Give the response the kind of pair that the interaction is defined for."),
    ),
    "number_types_mixed": (
        N_("Whole numbers and decimals are mixed; they are converted"),
        N_("Use one numeric base type, or convert with integerToFloat, round or truncate."),
    ),
    "printed_response": (N_("A response is printed in the text"), N_("Copy the response into an outcome, and print that.")),
    "unknown_template": (
        N_("The scoring is left to a template that is not known; it scores nothing"),
        N_("Write the response processing into the item, or use a standard template."),
    ),
    "unknown_operator": (
        N_("The scoring uses an operator of another system"),
        N_("Its result is NULL here unless an adapter is registered for its class."),
    ),
    "custom_interaction": (
        N_("A question with a program of its own: its script is not run here"),
        N_("It is kept, and shown as not supported here."),
    ),
    "vendor_extension": (N_("Something of another maker’s own"), N_("It is kept, and not run here.")),
    "include_not_followed": (N_("Another file is to be drawn in; nothing is fetched"), N_("Put what is included into the file itself.")),
    "accessibility_not_shown": (
        N_("Help for special needs is kept, and not shown here"),
        N_("Nothing is lost; what it offers is not shown here."),
    ),
    "companion_not_shown": (
        N_("Calculators, rulers and the like come with it and are not shown here"),
        N_("Hand the materials out by other means."),
    ),
    "comments_left_behind": (N_("Comments in the file are not kept"), N_("Nothing needs doing.")),
    "more_findings": (N_("There are more findings than are listed"), N_("Mend the ones above first.")),
    "more_problems": (N_("There are more findings than are listed"), N_("Mend the ones above first.")),
    # of a package
    "not_a_zip": (N_("The file is no ZIP, or its end is missing"), N_("Download or pack it again.")),
    "damaged_zip": (N_("The ZIP is damaged"), N_("Download or pack it again.")),
    "damaged_file": (N_("A file in the ZIP is damaged"), N_("Download or pack it again.")),
    "size_mismatch": (N_("A file in the ZIP is not as large as the ZIP says"), N_("Pack it again with an ordinary tool.")),
    "overlapping_entries": (
        N_("Files in the ZIP share their bytes: that is how ZIP bombs are made"),
        N_("Pack it again with an ordinary tool."),
    ),
    "zip_bomb": (
        N_("A file unpacks to far more than its size: that is how ZIP bombs are made"),
        N_("Take what is only filler out, and pack it again."),
    ),
    "duplicate_name": (N_("Two names in the ZIP are one file on some systems"), N_("Rename one of them.")),
    "unsafe_path": (
        N_("A name or a reference leads out of the package"),
        N_("Use plain names inside the package, without “..” and without a leading “/”."),
    ),
    "special_file": (N_("There is a link or a device in the ZIP"), N_("Pack the file itself.")),
    "encrypted": (N_("The ZIP has a password"), N_("Pack it without a password.")),
    "unsupported_compression": (N_("The ZIP is packed by a method that is not read here"), N_("Pack it again with an ordinary tool.")),
    "too_many_files": (N_("There are more files than a package may have"), N_("Split the package.")),
    "not_a_manifest": (N_("The package’s list of contents (imsmanifest.xml) is something else"), N_("Export the package again.")),
    "no_manifest": (
        N_("There is no list of contents (imsmanifest.xml): everything that was found counts"),
        N_("Nothing needs doing, unless something is there that should not be imported."),
    ),
    "manifest_in_a_folder": (N_("The list of contents is in a folder; that folder counts as the package"), N_("Nothing needs doing.")),
    "nothing_found": (N_("There is no QTI item, test or stimulus in it"), N_("Check that the QTI files are in the package.")),
    "left_out": (N_("A file that an operating system left in the ZIP is ignored"), N_("Nothing needs doing.")),
    "no_href": (N_("An entry of the list does not say which file it is"), N_("Name the file in the entry’s href.")),
    "metadata_not_read": (
        N_("The list of contents is too large: what it says about the items was not read"),
        N_("Nothing needs doing for the items."),
    ),
    "duplicate_resource": (N_("Two entries of the list have the same identifier"), N_("Rename one of them.")),
    "duplicate_identifier": (N_("Two items of the package have the same identifier and language"), N_("Rename one of them.")),
    "unsupported_version": (N_("An older QTI (1.2), or no QTI"), N_("Convert it to QTI 2.1 or later.")),
    "wrong_resource_type": (N_("The list calls a file something other than what it is"), N_("Give the entry the type of its file.")),
    "missing_file": (N_("A file that is named is not in the package"), N_("Add the file, or take out what names it.")),
    "name_differs": (N_("A file’s name and the reference to it are spelt differently"), N_("Write both in the same way.")),
    "wrong_reference": (
        N_("A reference leads to a file of another kind"),
        N_("Refer to an item, section or stimulus that the package has."),
    ),
    "circular_reference": (N_("Files refer to each other in a ring"), N_("Take one of the references out.")),
    "wrong_media": (N_("A file stands where it cannot be shown"), N_("Use another element, or another file.")),
    "media_not_supported": (N_("A picture, sound or film of a kind that is not shown here"), N_("Convert the file.")),
    "not_what_it_claims": (N_("A file is not what its name says"), N_("Replace the file.")),
    "unsafe_svg": (N_("A drawing has a script, a link or another file in it"), N_("Export the drawing without them.")),
    "media_type_differs": (N_("A file’s ending and its content differ; the content counts"), N_("Give the file the right ending.")),
    "not_kept": (N_("A file that is only linked to is not kept"), N_("Nothing needs doing, or put the content into the item.")),
    "style_not_applied": (N_("A style sheet is kept, and not applied here"), N_("Nothing needs doing.")),
    "external_reference": (N_("Something is on another machine: it is not fetched and not shown"), N_("Put the file into the package.")),
    "unused_file": (
        N_("A file that nothing refers to is not kept"),
        N_("Nothing is lost if it is not needed; else let an item refer to it."),
    ),
    "no_language": (N_("An item does not say its language"), N_("Say it with xml:lang, so that a reader speaks it rightly.")),
    # what a bank keeps, and what an exam asks
    "languages_differ": (
        N_("The languages are not one and the same question"),
        N_("Make the identifiers, keys, scoring, choices and numbers the same in every language."),
    ),
    "nothing_to_answer": (N_("There is nothing to answer"), N_("Give the item something to answer.")),
    "cannot_be_shown": (N_("Something in it cannot be shown here"), N_("Use one of the kinds of questions that QTI defines.")),
    "needs_several_attempts": (
        N_("It needs several attempts; in an exam each question has one"),
        N_('Say adaptive="false", and score the first attempt.'),
    ),
    "needs_human_scoring": (
        N_("A person marks it; certified exams are scored by the engine alone for now"),
        N_("Keep it for practice, or let its response processing give the score."),
    ),
    "no_score": (N_("It has no score (no outcome SCORE)"), N_("Declare the outcome SCORE, single and float.")),
    "no_processing": (N_("Nothing says how an answer is scored"), N_("Add response processing, for instance the template match_correct.")),
    "no_best_score": (N_("The highest score cannot be told"), N_("Say normal-maximum at SCORE, or declare MAXSCORE with a default.")),
    "key_earns_nothing": (N_("Its own key earns no marks"), N_("Look at the key and at the scoring: one of them is not what was meant.")),
    "key_exceeds_best": (N_("Its key earns more than the highest score"), N_("Correct the highest score or the scoring.")),
    "test_not_kept": (N_("A test was read and checked; a bank keeps its items only"), N_("Build a form from its items.")),
    "section_not_kept": (N_("A section was read and checked; a bank keeps its items only"), N_("Build a form from its items.")),
    "changed_by_upgrade": (
        N_("As it is kept, the item asks something else than its file"),
        N_("Compare it with its original file, which is kept beside it."),
    ),
    # what another version of QTI cannot say
    "element_replaced": (
        N_("Something is written as another element, or only its content is"),
        N_("Look at the item in the other system."),
    ),
    "element_not_kept": (
        N_("Something that this version cannot say is left out"),
        N_("Look at the item in the other system, or write QTI 3.0."),
    ),
    "attribute_not_kept": (
        N_("A property that this version cannot say is left out"),
        N_("Look at the item in the other system, or write QTI 3.0."),
    ),
    "interaction_rewritten": (N_("A question is written in the other version’s form"), N_("Look at the item in the other system.")),
    "accessibility_not_kept": (
        N_("Help for special needs has another form in QTI 3.0 and is left out"),
        N_("Enter it again where it is needed."),
    ),
    "identifier_kept": (N_("An identifier that QTI 3.0 does not allow is kept all the same"), N_("Nothing needs doing.")),
    "sources_not_kept": (
        N_("Of several sources of a sound or film only the first is written"),
        N_("Look at the item in the other system, or write QTI 3.0."),
    ),
    "captions_not_kept": (N_("Captions have no place in QTI 2.1"), N_("Look at the item in the other system, or write QTI 3.0.")),
    "speech_not_kept": (
        N_("How a text is spoken has no place in QTI 2.1; the text is kept"),
        N_("Look at the item in the other system, or write QTI 3.0."),
    ),
    "cannot_be_written": (
        N_("QTI 2.1 has nothing like it; the written item does not work there as it does here"),
        N_("Write QTI 3.0, or ask this question in another way."),
    ),
    "comments_not_kept": (N_("Comments in the XML are not written"), N_("Nothing needs doing.")),
    **FORMAT_MEANINGS,
    **CHECK_MEANINGS,
}

BROKE_OFF: Mapping[str, tuple[str, str]] = {  # why nothing came of an import or export, by the code of what stood in its way
    "no_file": (N_("No file was chosen"), N_("Choose at least one.")),
    "another_format": (N_("One of the files is of another format than QTI"), N_("Import it by itself.")),
    "package_among_files": (N_("One of the files is a package"), N_("Import it by itself.")),
    "same_name_twice": (N_("Two of the files have the same name"), N_("Give one of them another name.")),
    "bank_unnamed": (N_("The new bank has no name"), N_("Say what it is called, or choose a bank.")),
    "no_such_bank": (N_("The bank is not there"), N_("Choose another one.")),
    "no_such_competency": (N_("The competency is not there"), N_("Choose another one.")),
    "files_not_kept": (N_("The files are no longer kept"), N_("They are kept for a day. Choose them again.")),
    "nothing_to_export": (N_("No item fits the filter any more"), N_("Look at the list, and export what it shows.")),
    "not_allowed": (N_("Whoever asked for it may not do it any more"), N_("Let an officer of the cell ask again.")),
}


def why_broken(code: str) -> tuple[str, str] | None:
    """Return what a code means and what to do; None for one without words of ours."""
    return BROKE_OFF.get(code) or MEANINGS.get(code)


def why_refused(error: AssessmentError | None) -> tuple[tuple[str, str] | None, str, str] | None:
    """Return the words for a refusal, the file that it is about, and what it said where we have no words; None for no refusal."""
    if error is None:
        return None
    words = why_broken(str(error.details.get("problem") or error.code))
    return words, str(error.details.get("file", "")), "" if words else error.message
