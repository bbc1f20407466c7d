"""Pictures, sounds and films in a body: only those that we serve; for any other its words stand there, and say that it is not available."""

from collections.abc import Mapping

from item_bank.qti.model import Block, Blocks, Markup
from item_bank.qti.render.attributes import common
from item_bank.qti.render.elements import element, text
from item_bank.qti.render.sheet import Sheet

_KINDS = frozenset({"captions", "chapters", "descriptions", "metadata", "subtitles"})


def img(sheet: Sheet, block: Markup) -> str:
    """Write a picture."""
    address = sheet.address(block.attributes.get("src", ""))
    words = block.attributes.get("alt", "")
    return missing(sheet, words, "no_picture") if address is None else img_at(sheet, block, address)


def img_at(sheet: Sheet, block: Markup, address: str, **more: str) -> str:
    """Write a picture that is served at this address."""
    given = block.attributes
    size = {name: given[name].strip() for name in ("width", "height") if given.get(name, "").strip().isdecimal()}
    return element("img", {"src": address, "alt": given.get("alt", ""), **size, **common(sheet, block.attributes), **more})


def missing(sheet: Sheet, words: str, key: str) -> str:
    """Write the words that stand for a file that we do not serve."""
    notice = element("span", {"class": "qti-notice", **sheet.our_language}, f"({text(sheet.word(key))})")
    return f'<span class="qti-missing">{text(words.strip())} {notice}</span>' if words.strip() else notice


def picture(sheet: Sheet, block: Markup) -> str:
    """Write the img of a `picture`: its sources are other sizes of it."""
    return next((img(sheet, child) for child in block.children if isinstance(child, Markup) and child.tag == "img"), "")


def media(sheet: Sheet, block: Markup, **more: str) -> str:
    """Write an audio or a video with the sources and tracks that we serve."""
    sources = _sources(sheet, block)
    words = sheet.blocks(tuple(child for child in block.children if not _is_file(child)))
    if not sources:
        return missing(sheet, block.attributes.get("title", ""), "no_recording") + words
    given = block.attributes
    size = {name: given[name].strip() for name in ("width", "height") if block.tag == "video" and given.get(name, "").strip().isdecimal()}
    poster = sheet.address(given.get("poster", "")) if block.tag == "video" else None
    named = {} if "aria-label" in given or "title" in given else {"aria-label": sheet.word("film" if block.tag == "video" else "recording")}
    attributes = {"controls": "", "preload": "metadata", **size, **({"poster": poster} if poster else {}), **named, **common(sheet, given)}
    return element(block.tag, {**attributes, **more}, sources + _tracks(sheet, block) + words)


def _is_file(block: Block) -> bool:
    return isinstance(block, Markup) and block.tag in ("source", "track")


def _sources(sheet: Sheet, block: Markup) -> str:
    named = [block.attributes] if "src" in block.attributes else [each.attributes for each in _children(block.children, "source")]
    found = [(sheet.address(each.get("src", "")), each.get("type", "").strip()) for each in named]
    return "".join(
        element("source", {"src": address, **({"type": kind} if "/" in kind else {})}) for address, kind in found if address is not None
    )


def _tracks(sheet: Sheet, block: Markup) -> str:
    return "".join(_track(sheet, each.attributes) for each in _children(block.children, "track"))


def _track(sheet: Sheet, given: Mapping[str, str]) -> str:
    address, kind = sheet.address(given.get("src", "")), given.get("kind", "").strip().lower()
    if address is None:
        return ""
    said = {name: given[name].strip() for name in ("srclang", "label") if given.get(name, "").strip()}
    return element("track", {"src": address, "kind": kind if kind in _KINDS else "subtitles", **said})


def _children(blocks: Blocks, tag: str) -> list[Markup]:
    return [block for block in blocks if isinstance(block, Markup) and block.tag == tag]


def unknown_object(sheet: Sheet, block: Markup) -> str:
    """Write what stands inside an object whose kind nobody here can show; its file is not given out."""
    words = sheet.blocks(tuple(child for child in block.children if not (isinstance(child, Markup) and child.tag == "param")))
    return missing(sheet, "", "no_file") + words
