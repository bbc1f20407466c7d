"""What shows by a variable: feedback (by outcomes, never before an attempt), template blocks, printed variables; by the reader: rubrics.

What does not show is not in the HTML at all, nor is the name or value that it waits for.
"""

from item_bank.qti.model import Feedback, ModalFeedback, PrintedVariable, RubricBlock
from item_bank.qti.render.attributes import common
from item_bank.qti.render.elements import element, text
from item_bank.qti.render.markup import is_block
from item_bank.qti.render.printed import printed
from item_bank.qti.render.sheet import Sheet


def feedback(sheet: Sheet, block: Feedback) -> str:
    """Write feedback or a template block that shows; nothing of one that does not."""
    if not sheet.shows(block):
        return ""
    tag = "span" if sheet.flat or not is_block(block) else "div"
    name = "qti-template" if block.by_template else "qti-feedback"
    return element(tag, common(sheet, block.attributes, name, hiding=False), sheet.blocks(block.content))


def printed_variable(sheet: Sheet, block: PrintedVariable) -> str:
    """Write a variable's value."""
    return f'<span class="qti-printed">{text(printed(block, sheet.page.values))}</span>'


def rubric(sheet: Sheet, block: RubricBlock) -> str:
    """Write a rubric block for this reader; one that names no reader is for nobody (QTI 3.0, "rubricBlock", view)."""
    if sheet.page.view not in block.view:
        return ""
    return element("div", common(sheet, block.attributes, "qti-rubric", hiding=False), sheet.blocks(block.content))


def modal(sheet: Sheet, shown: ModalFeedback) -> str:
    """Write one modal feedback as a section with its title."""
    if not shown.title:
        return element("section", {"class": "qti-modal-feedback"}, sheet.blocks(shown.content))
    identity = sheet.new_id("feedback", "title")
    title = element("h2", {"id": identity, "class": "qti-title"}, text(shown.title))
    return element("section", {"class": "qti-modal-feedback", "aria-labelledby": identity}, title + sheet.blocks(shown.content))
