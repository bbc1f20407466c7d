"""An item as a candidate sees it: fieldset, legend, radio, checkbox, select, input, each with its name; usable by keyboard, before script.

page        what a page says when it asks         sheet       the state of one writing: ids, numbers, answers
blocks      which module writes which block       elements    how an element is written down
markup      HTML of a body                        attributes  an author's attributes, as far as they pass;  vocabulary  and classes
mathml      MathML Core                           pictures    pictures, sounds, films that we serve
feedback    what shows by a variable              printed     numbers and values as text
groups      prompt, hint, limits of interactions  ordering    shuffled and hidden choices;  plain  choices in plain words
choices     choice, hottext, inline choice        texts       text entry, extended text
matching    order, associate, match, gap match    graphics    hotspots and the graphic ones;  points  points on pictures
numbers     slider                                files       media, upload, drawing
others      end attempt, custom, unsupported      words       our own words in English and Hindi
sanitising  nh3, the second fence

Written from the body and the types of the responses alone: keys, mappings, defaults and processing are never looked at. What each control
says of itself for the script is at the head of api/static/question_state.js.
"""

from html import escape

from item_bank.qti.model import Node, QtiItem, Stimulus
from item_bank.qti.render.attributes import common
from item_bank.qti.render.blocks import write
from item_bank.qti.render.elements import element
from item_bank.qti.render.feedback import modal
from item_bank.qti.render.ordering import shuffled
from item_bank.qti.render.page import Page
from item_bank.qti.render.plain import words
from item_bank.qti.render.printed import value_text
from item_bank.qti.render.sanitising import sanitised
from item_bank.qti.render.sheet import Sheet

__all__ = ["Page", "modal_feedbacks", "orders_of_choices", "render", "sanitised", "value_text"]


def render(item: QtiItem, page: Page) -> str:
    """Return the item's HTML with what was answered filled in; raises WrongResponse when that cannot be read at all."""
    sheet = Sheet(item, page, write, words)
    stimuli = "".join([_stimulus(sheet, each) for each in page.stimuli])
    body = element("div", _said_by(sheet, item.root, "qti-item-body", "qti-body"), sheet.blocks(item.body))
    return sanitised(f'<div class="qti-item" lang="{escape(_lang(item, page))}">{stimuli}{body}</div>')


def modal_feedbacks(item: QtiItem, page: Page) -> tuple[str, ...]:
    """Return the HTML of the modal feedback that shows, one by one, in the order of the file."""
    sheet = Sheet(item, page, write, words)
    lang = escape(_lang(item, page))
    shown = [each for each in item.modal_feedbacks if sheet.shows_feedback(each.shown)]
    return tuple(sanitised(f'<div class="qti-item" lang="{lang}">{modal(sheet, each)}</div>') for each in shown)


def orders_of_choices(item: QtiItem, page: Page) -> dict[str, list[list[str]]]:
    """Return in which order `render` shows shuffled choices, by response, as lists of identifiers; what is not shuffled is not in it."""
    return shuffled(Sheet(item, page, write, words))


def _lang(item: QtiItem, page: Page) -> str:
    return item.lang or page.lang


def _stimulus(sheet: Sheet, stimulus: Stimulus) -> str:
    said = _said_by(sheet, stimulus.root, "qti-stimulus-body", "qti-stimulus")
    lang = {"lang": stimulus.lang} if stimulus.lang else {}
    return element("section", {**lang, **said, "aria-label": stimulus.title or sheet.word("stimulus")}, sheet.blocks(stimulus.body))


def _said_by(sheet: Sheet, root: Node, name: str, dress: str) -> dict[str, str]:
    """The language, direction and classes of a whole body."""
    body = root.first(name)
    return common(sheet, {} if body is None else body.attributes, dress, hiding=False)
