"""Rendered pages as the tests look at them: parsed, and checked against what HTML and accessibility ask for."""

from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from lxml import html as lxml_html

from assessment_engine.kernel.canonical import Json
from assessment_engine.services.samples import samples
from item_bank.qti.model import QtiItem, Stimulus
from item_bank.qti.reader import read_item, read_stimulus
from item_bank.qti.render import Page, render
from tests.item_bank.items import SCORE

CONTROLS = "//*[self::input or self::select or self::textarea or self::button]"


def served(path: str) -> str | None:
    """Where the tests' server would have a file."""
    return f"/files/{path}"


def shown(item: QtiItem, lang: str = "en", response: Json = None, **page: Any) -> str:
    """The item's HTML, its files served, with the prefix q-."""
    return render(item, Page(**{"lang": lang, "prefix": "q-", "response": response, "address": served, **page}))


def sample(kind: str, lang: str = "en") -> QtiItem:
    """One of the demonstration's samples."""
    return read_item(samples()[kind].variants[lang])


def sample_stimuli(kind: str, lang: str) -> tuple[Stimulus, ...]:
    """The stimuli that a sample stands beside."""
    return tuple(map(read_stimulus, samples()[kind].stimuli.get(lang, {}).values()))


def item(body: str, *, responses: str = "", head: str = "", tail: str = "", lang: str = "en") -> QtiItem:
    """An item with this body; RESPONSE holds one identifier unless `responses` declares otherwise."""
    declared = responses or response("identifier")
    return read_item(
        f'<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="i" title="T" adaptive="false" '
        f'time-dependent="false" xml:lang="{lang}">{declared}{SCORE}{head}<qti-item-body>{body}</qti-item-body>{tail}'
        "</qti-assessment-item>".encode()
    )


def choices(*options: str, prompt: str = "", extra: str = "") -> str:
    """A choice interaction for RESPONSE; its choices A, B, … say these things."""
    written = "".join(
        f'<qti-simple-choice identifier="{name}">{said}</qti-simple-choice>' for name, said in zip("ABCDEF", options, strict=False)
    )
    asked = f"<qti-prompt>{prompt}</qti-prompt>" if prompt else ""
    return f'<qti-choice-interaction response-identifier="RESPONSE" {extra}>{asked}{written}</qti-choice-interaction>'


def inline_choices(*options: str, extra: str = "") -> str:
    """A sentence with a list for RESPONSE."""
    written = "".join(
        f'<qti-inline-choice identifier="{name}">{said}</qti-inline-choice>' for name, said in zip("ABCDEF", options, strict=False)
    )
    start = f'<qti-inline-choice-interaction response-identifier="RESPONSE" {extra}>'
    return f"<p>{start}{written}</qti-inline-choice-interaction></p>"


def associable(identifier: str, extra: str = "") -> str:
    """A choice of a match."""
    return f'<qti-simple-associable-choice identifier="{identifier}" match-max="1" {extra}>{identifier}</qti-simple-associable-choice>'


def match_of(sources: str, targets: str) -> str:
    """A match interaction for RESPONSE."""
    sets = f"<qti-simple-match-set>{sources}</qti-simple-match-set><qti-simple-match-set>{targets}</qti-simple-match-set>"
    return f'<qti-match-interaction response-identifier="RESPONSE">{sets}</qti-match-interaction>'


def response(base_type: str, cardinality: str = "single", name: str = "RESPONSE") -> str:
    """The declaration of a response."""
    return f'<qti-response-declaration identifier="{name}" cardinality="{cardinality}" base-type="{base_type}"/>'


def tree(html: str) -> Any:
    """The parsed page."""
    return lxml_html.document_fromstring(f"<!DOCTYPE html><html><body>{html}</body></html>")


def one(html: str, path: str) -> Any:
    """The only element at an XPath."""
    found = tree(html).xpath(path)
    assert len(found) == 1, f"{len(found)} elements at {path}"
    return found[0]


def all_of(html: str, path: str) -> list[Any]:
    """The elements, attributes or texts at an XPath."""
    return list(tree(html).xpath(path))


def values_of(element: Any) -> list[str]:
    """The values of a select's options."""
    return [option.get("value") for option in element.iter("option")]


def chosen(element: Any) -> str:
    """What a select shows."""
    return next((option.get("value") for option in element.iter("option") if option.get("selected") is not None), "")


class _Events(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.events: list[tuple[str, object]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.events.append((f"<{tag}", sorted((name, value or "") for name, value in attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.events.append((f"/{tag}", None))

    def handle_data(self, data: str) -> None:
        last = self.events[-1] if self.events else ("", None)
        if last[0] == "text":
            self.events[-1] = ("text", f"{last[1]}{data}")
        else:
            self.events.append(("text", data))


def events(html: str) -> list[tuple[str, object]]:
    """What a page consists of, one thing after another; `tbody`, which every parser puts in, left out."""
    parser = _Events()
    parser.feed(html)
    parser.close()
    return [each for each in parser.events if each[0] not in ("<tbody", "/tbody")]


# — what must hold for every page


def problems(html: str) -> list[str]:
    """Everything about a page that HTML or accessibility does not allow."""
    page = tree(html)
    return [*_ids(page), *_references(page), *_names(page), *_facts(page), *_nesting(page), *_groups(page)]


def _ids(page: Any) -> Iterator[str]:
    counted = Counter(page.xpath("//@id"))
    yield from (f"id {identity} is there {times} times" for identity, times in counted.items() if times > 1)
    yield from (f"id {identity!r} has a space" for identity in counted if identity != identity.strip() or " " in identity or not identity)


def _references(page: Any) -> Iterator[str]:
    known = set(page.xpath("//@id"))
    for name in ("for", "data-for", "aria-labelledby", "aria-describedby", "headers"):
        for written in page.xpath(f"//@{name}"):
            yield from (f"{name} leads to {each}, which is not there" for each in written.split() if each not in known)
    yield from (f"href {href}" for href in page.xpath("//@href") if not href.startswith("#") or href[1:] not in known)


def _names(page: Any) -> Iterator[str]:
    for control in page.xpath(f"{CONTROLS}[not(@type='hidden')] | //*[@class='qti-shape']"):
        if not _name(page, control):
            yield f"{control.tag} {control.get('id')} has no name"


def _name(page: Any, control: Any) -> str:
    pointed = [_said(page.get_element_by_id(each)) for each in (control.get("aria-labelledby") or "").split()]
    label = page.xpath("//label[@for=$id]", id=control.get("id") or "")
    own = _said(control) if control.tag == "button" else ""
    return " ".join([control.get("aria-label") or "", *pointed, *map(_said, label), own]).strip()


def _said(element: Any) -> str:
    return " ".join([element.text_content(), *element.xpath(".//@alt"), *element.xpath(".//@aria-label")]).strip()


def _facts(page: Any) -> Iterator[str]:
    for control in page.xpath("//*[@data-kind]"):
        facts = ("data-response", "data-cardinality", "data-base-type")
        if control.get("disabled") is None and not all(control.get(fact) for fact in facts):
            yield f"{control.tag} {control.get('id')} does not say whose it is"
    for interaction in page.xpath("//*[contains(concat(' ', @class, ' '), ' qti-interaction ')]"):
        if f"qti-{interaction.get('data-kind-of')}" not in interaction.get("class").split():
            yield f"{interaction.get('class')} is not {interaction.get('data-kind-of')}"


def _nesting(page: Any) -> Iterator[str]:
    inner = "*[self::input or self::select or self::textarea or self::button or self::label or self::a[@href] or self::details]"
    for outer in ("label", "button", "a", "summary", "legend"):
        yield from (f"{found.tag} inside {outer}" for found in page.xpath(f"//{outer}//{inner}"))
    blocks = "*[self::div or self::p or self::ul or self::ol or self::dl or self::table or self::fieldset or self::figure or self::section]"
    for outer in ("p", "span", "h1", "h2", "h3", "summary", "legend", "button", "select"):
        yield from (f"{found.tag} inside {outer}" for found in page.xpath(f"//{outer}//{blocks}"))
    yield from (f"li inside {found.getparent().tag}" for found in page.xpath("//li[not(parent::ul or parent::ol)]"))


def _groups(page: Any) -> Iterator[str]:
    for group in page.xpath("//fieldset"):
        first = group[0] if len(group) else None
        named = bool(group.get("aria-labelledby")) or (first is not None and first.tag == "legend" and bool(_said(first)))
        if not named:
            yield f"fieldset {group.get('class')} has no legend"
