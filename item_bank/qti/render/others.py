"""End attempt, custom interactions, and whatever else a body may hold that nobody here can show: said, never dropped in silence."""

from item_bank.qti.model import CustomInteraction, EndAttemptInteraction, Markup, Node, Unsupported
from item_bank.qti.render import mathml
from item_bank.qti.render.elements import element, text
from item_bank.qti.render.groups import wrapper
from item_bank.qti.render.sheet import Sheet
from item_bank.qti.render.words import WORDS, word

_SILENT = frozenset({"script", "style", "template", "head", "meta", "link", "base", "noscript"})
_NAMES = ("aria-label", "label", "title", "alt")


def end_attempt(sheet: Sheet, interaction: EndAttemptInteraction) -> str:
    """Write the button that ends an attempt; the script presses it."""
    attributes = {
        "type": "button",
        "id": sheet.new_id(interaction.response),
        "value": "true",
        **sheet.control(interaction.response, "button"),
        **({} if interaction.count_attempt else {"data-count-attempt": "false"}),
    }
    name = text(interaction.title or interaction.label or sheet.word("answer"))
    return element("span", wrapper(interaction, "end-attempt"), element("button", attributes, name))


def custom(sheet: Sheet, interaction: CustomInteraction) -> str:
    """Write a notice, in every language we have, in place of an interaction of another system's own, with the words it has to show."""
    notices = "".join([f'<p class="qti-notice" lang="{lang}">{text(word(lang, "custom"))}</p>' for lang in WORDS])
    prompt = element("div", {"class": "qti-prompt"}, sheet.blocks(interaction.prompt)) if interaction.prompt else ""
    said = " ".join(" ".join(words.split()) for words in _alternatives(interaction.node)).strip()
    alternative = element("p", {"class": "qti-alternative"}, text(said)) if said else ""
    return element("div", {**wrapper(interaction, "custom"), "role": "note"}, notices + prompt + alternative)


def _alternatives(node: Node) -> list[str]:
    """Its name, and the words of its markup: never its properties, which may hold anything, keys among them."""
    name = next((node.attributes[name] for name in _NAMES if node.attributes.get(name, "").strip()), "")
    return [name, *(_words(each) for each in node.walk() if each.name.endswith("interaction-markup") or each.name == "interactionMarkup")]


def _words(node: Node) -> str:
    parts = [child if isinstance(child, str) else f" {_words(child)} " for child in node.children]
    return "" if node.name in _SILENT else "".join(parts) + node.attributes.get("alt", "")


def unsupported(sheet: Sheet, block: Unsupported) -> str:
    """Write a notice, and the words of elements that are nearly HTML; MathML without its namespace is MathML."""
    node = block.node
    if node.name == "math" and not node.namespace:
        return mathml.math(sheet, _as_mathml(node))
    name = next((node.attributes[name] for name in _NAMES if node.attributes.get(name, "").strip()), "")
    words = "" if node.name.startswith("qti-") or node.namespace else " ".join(_words(node).split())
    said = " ".join(part for part in (name, words) if part)
    notice = element("span", {"class": "qti-notice", **sheet.our_language}, f"({text(sheet.word('unsupported'))})")
    return f'<span class="qti-unsupported">{notice}{" " if said else ""}{text(said)}</span>'


def _as_mathml(node: Node) -> Markup:
    children = tuple(child if isinstance(child, str) else _as_mathml(child) for child in node.children)
    return Markup(tag=node.name, attributes=node.attributes, children=children, namespace="mathml")
