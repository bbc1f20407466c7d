"""Blocks as plain words, where HTML holds nothing else: the options of a select, and names for who listens."""

from item_bank.qti.model import Block, Blocks, Choice, Feedback, Hottext, Markup, PrintedVariable, RubricBlock
from item_bank.qti.render import mathml
from item_bank.qti.render.elements import names
from item_bank.qti.render.printed import printed
from item_bank.qti.render.sheet import Sheet


def words(sheet: Sheet, blocks: Blocks) -> str:
    """Say blocks in one line of plain text; interactions are left out, and so is what does not show."""
    return " ".join(words_inside(sheet, blocks).split())


def _said(sheet: Sheet, block: Block) -> str:
    if isinstance(block, Markup):
        return _markup(sheet, block)
    if isinstance(block, PrintedVariable):
        return printed(block, sheet.page.values)
    if isinstance(block, Feedback):
        return words(sheet, block.content) if sheet.shows(block) else ""
    if isinstance(block, RubricBlock):
        return words(sheet, block.content) if sheet.page.view in block.view else ""
    return words(sheet, block.content) if isinstance(block, Hottext) else ""


_NEXT_TO_OTHERS = names("a abbr b bdi bdo big code em i kbd mark q s small span strong sub sup tt u var")  # no space around them


def _markup(sheet: Sheet, block: Markup) -> str:
    if block.namespace == "mathml":
        return mathml.linear(sheet, block)
    if block.tag == "img":
        return f" {block.attributes.get('alt', '')} "
    if block.tag in ("rt", "rp", "rtc"):
        return ""
    inner = words_inside(sheet, block.children)
    return inner if block.namespace or block.tag in _NEXT_TO_OTHERS else f" {inner} "


def words_inside(sheet: Sheet, blocks: Blocks) -> str:
    """Say blocks with the spaces at their ends, for they stand in other words."""
    return "".join([block if isinstance(block, str) else _said(sheet, block) for block in blocks])


def choice_name(sheet: Sheet, choice: Choice, number: int) -> str:
    """Name a choice: its words, its picture's, or "Choice 2"."""
    picture = choice.image.attributes.get("alt", "").strip() if choice.image is not None else ""
    return words(sheet, choice.content) or choice.label or picture or sheet.word("choice_n", n=number)


def says_something(sheet: Sheet, blocks: Blocks) -> bool:
    """Tell whether blocks name something for everybody: a picture without words does not, nor a formula alone, which few read out."""
    return any(isinstance(block, str) and bool(block.strip()) for block in blocks) or any(_names(sheet, block) for block in blocks)


def _names(sheet: Sheet, block: Block) -> bool:
    if isinstance(block, Markup):
        if block.namespace == "mathml":
            return False
        return says_something(sheet, block.children) if block.children else bool(words(sheet, (block,)))
    return not isinstance(block, str) and bool(words(sheet, (block,)))


def is_plain(choice: Choice) -> bool:
    """Tell whether a choice loses nothing when it is said in plain words."""
    return choice.image is None and all(isinstance(block, str | PrintedVariable) for block in choice.content)
