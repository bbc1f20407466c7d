"""The body of a QuML question: what it asks, apart from where its choices are put or, in the specification's page, what they say."""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree
from lxml import html as lxml_html

_MARKS = ("data-choice-interaction", "data-multi-choice-interaction", "data-text-interaction", "data-date-interaction")


_BOXES = ("question-body", "mcq-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The words before the answers, as HTML, and the choices that stand in it: values and words."""

    stem: str = ""
    choices: tuple[tuple[str, str], ...] = ()


def body_of(html: str) -> Body:
    """Part a body into its stem and its choices."""
    if not html.strip():
        return Body()
    root = lxml_html.fragment_fromstring(html, create_parent="div")
    choices = tuple(_choices(root))
    for element in [each for each in root.iter() if isinstance(each.tag, str) and any(mark in each.attrib for mark in _MARKS)]:
        _taken_out(element, with_words=bool(choices))
    for element in root.iter("div"):
        if element.get("class", "").startswith(_BOXES):
            element.attrib.clear()
    for element in reversed([each for each in root.iter() if isinstance(each.tag, str) and _is_empty(each) and each is not root]):
        _taken_out(element, with_words=False)
    stem = (root.text or "") + "".join(etree.tostring(child, encoding="unicode", method="html") for child in root)
    return Body(stem=stem.strip(), choices=choices)


def _choices(root: etree._Element) -> Iterator[tuple[str, str]]:
    """Yield the choices that are written as inputs, each with the words that follow it."""
    for element in root.iter("input"):
        if any(mark in element.attrib for mark in _MARKS) and "value" in element.attrib:
            following = element.getnext()
            label = "".join(following.itertext()) if following is not None and following.tag != "input" else element.tail or ""
            yield element.get("value", ""), label.strip()


def _taken_out(element: etree._Element, *, with_words: bool) -> None:
    """Take an element out, and with an input the words of its choice; what stands after it stays."""
    parent, following = element.getparent(), element.getnext()
    if with_words and element.tag == "input" and following is not None and following.tag not in ("input", "br") and parent is not None:
        parent.remove(following)
    if parent is not None:
        tail = element.tail
        before = element.getprevious()
        parent.remove(element)
        if tail and tail.strip():
            if before is not None:
                before.tail = (before.tail or "") + tail
            else:
                parent.text = (parent.text or "") + tail


def _is_empty(element: etree._Element) -> bool:
    """Tell whether an element shows nothing, such as the box around choices that were taken out."""
    shows = any(str(each.tag) in ("img", "audio", "video", "math", "hr") for each in element.iter())
    return element.tag in ("div", "p", "span") and not "".join(element.itertext()).strip() and not shows
