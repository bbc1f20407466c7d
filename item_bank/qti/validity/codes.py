"""Every code that a finding can have: how bad it is, and what to do about it. docs/import-problems.md lists them for people; a test
keeps the two alike.

INVALID breaks a clause: strict import refuses it. NOTE is legal, or so common that refusing it would refuse sound banks; it is listed.
What the official schemas let pass is INVALID only where scoring would go wrong by it.
"""

from collections.abc import Mapping
from dataclasses import replace

from item_bank.qti.model.nodes import Node, Version
from item_bank.qti.problems import Problem, Severity

_INVALID: Mapping[str, str] = {
    # the document
    "wrong_namespace": "Give the root the namespace of QTI 2.1, 2.2 or 3.0.",
    "not_qti": "The root must be an item, a test, a section or a stimulus.",
    # structure
    "unknown_element": "Correct its name, or put it into a namespace of its own where the clause allows that.",
    "element_not_allowed": "Move it to where the clause allows it, or leave it out.",
    "element_misplaced": "Put the elements into the clause's order, and not more of them than it allows.",
    "missing_element": "Add what is missing.",
    "text_not_allowed": "Put the text into an element that may hold text, or remove it.",
    "unknown_attribute": "Correct its name or remove it.",
    "missing_attribute": "Add the attribute.",
    "wrong_attribute_value": "Write a value that the clause allows.",
    "duplicate_id": "Give each of them an id of its own.",
    # references
    "duplicate_variable": "Give each variable a name of its own.",
    "undeclared_variable": "Declare the variable, or name one that is declared.",
    "duplicate_choice": "Give each choice of an interaction an identifier of its own.",
    "unknown_choice": "Name a choice that the interaction offers.",
    # values and types
    "value_not_of_type": "Write the value in the form of the variable's base type.",
    "wrong_response_type": "Bind the interaction to a response of the base type and cardinality that it is defined for.",
}
_NOTES: Mapping[str, str] = {
    # the schemas let these pass, and so do sound banks
    "undeclared_response": "Declare the response variable, or name one that is declared.",
    "unknown_condition": "Declare the variable that decides whether this shows.",
    "unknown_in_test": "Declare the variable in the test, or name an item's as ITEM.VARIABLE.",
    "duplicate_part": "Give each part, section and item reference of a test an identifier of its own.",
    "unknown_target": "Name a part, section or item reference of the test, or one of the EXIT_ words.",
    "missing_base_type": "Give the variable a base type; only a record has none.",
    "missing_mapping": "Give the response a mapping, or do not map it.",
    "wrong_operand_count": "Give the operator as many operands as it is defined for.",
    "wrong_operand": "Give the operator operands of the cardinality and base type that it is defined for.",
    "response_bound_twice": "Give each interaction a response of its own.",
    "several_choices_into_one": "Set the interaction's maximum to 1, or the response's cardinality to multiple.",
    "unusual_cardinality": "Give the response the cardinality that the interaction is defined for.",
    "unusual_pair": "Give the response the kind of pair that the interaction is defined for.",
    "number_types_mixed": "Use one numeric base type, or convert with integerToFloat, round or truncate.",
    "printed_response": "Copy the response into an outcome, and print that.",
    "unknown_template": "Write the response processing into the item, or use a standard template.",
    "unknown_operator": "Its result is NULL here unless an adapter is registered for its class.",
    "custom_interaction": "It is kept, and shown as not supported here.",
    "vendor_extension": "It is kept, and not run here.",
    "include_not_followed": "Put what is included into the file itself.",
    "accessibility_not_shown": "It is kept; what it offers is not shown here.",
    "companion_not_shown": "It is kept; hand the materials out by other means.",
    "comments_left_behind": "Nothing needs doing: comments and processing instructions are not kept.",
    "more_findings": "Mend the ones above first.",
}
CODES: Mapping[str, Severity] = {**dict.fromkeys(_INVALID, Severity.INVALID), **dict.fromkeys(_NOTES, Severity.NOTE)}
ADVICE: Mapping[str, str] = {**_INVALID, **_NOTES}


def finding(node: Node, code: str, message: str, version: Version, clause: str = "") -> Problem:
    """Make a finding at a node; its clause is the node's class where no other is named."""
    element = node.written or node.name
    return Problem(
        code=code,
        message=message,
        severity=CODES[code],
        clause=f'QTI {version}, "{clause or element}"',
        advice=ADVICE[code],
        line=node.line,
        element=element,
    )


def harmless(problem: Problem) -> Problem:
    """Return a finding as a note: the clause is broken, and the scoring is what it is meant to be all the same."""
    return replace(problem, severity=Severity.NOTE)
