"""Says what a QTI 3.0 document says in the shape of QTI 2.1 (or 2.2): converted where 2.x has the means, listed where it has not.

Element by element; names stay 3.0's, xml.py writes 2.x's. Tables of HTML are in html.py, pictures and sounds in media.py.
"""

from collections.abc import Callable, Mapping

from item_bank.qti.model.nodes import Node, Version
from item_bank.qti.problems import refuse
from item_bank.qti.writer import html
from item_bank.qti.writer.addresses import template_address
from item_bank.qti.writer.media import first_picture, medium_object, picture_object, typed_object
from item_bank.qti.writer.portable import as_custom
from item_bank.qti.writer.trees import Children, Losses, child_of, each_child, renamed

_PICTURED = frozenset(
    [
        "qti-hotspot-interaction",
        "qti-graphic-order-interaction",
        "qti-graphic-associate-interaction",
        "qti-graphic-gap-match-interaction",
        "qti-gap-img",
        "qti-select-point-interaction",
        "qti-position-object-stage",
        "qti-position-object-interaction",
        "qti-drawing-interaction",
    ]
)
_BLOCKS_ONLY = frozenset({"qti-item-body", "qti-stimulus-body", "blockquote", "qti-gap-match-interaction", "qti-hottext-interaction"})
# What QTI 2.1 asks for although QTI 3.0 has a default for it; the default is 3.0's.
_REQUIRED: Mapping[str, Mapping[str, str]] = {
    "qti-assessment-item": {"adaptive": "false", "time-dependent": "false"},
    "qti-choice-interaction": {"shuffle": "false", "max-choices": "1"},
    "qti-order-interaction": {"shuffle": "false"},
    "qti-inline-choice-interaction": {"shuffle": "false"},
    "qti-associate-interaction": {"shuffle": "false", "max-associations": "1"},
    "qti-match-interaction": {"shuffle": "false", "max-associations": "1"},
    "qti-graphic-associate-interaction": {"max-associations": "1"},
    "qti-gap-match-interaction": {"shuffle": "false"},
    "qti-hottext-interaction": {"max-choices": "1"},
    "qti-hotspot-interaction": {"max-choices": "1"},
    "qti-select-point-interaction": {"max-choices": "1"},
    "qti-position-object-interaction": {"max-choices": "1"},
    "qti-media-interaction": {"autostart": "false"},
    "qti-simple-associable-choice": {"match-max": "1"},
    "qti-associable-hotspot": {"match-max": "1"},
    "qti-gap-text": {"match-max": "1"},
    "qti-gap-img": {"match-max": "1"},
}
# What came after QTI 2.1: (element, attribute), both in 3.0's names.
_LATER = frozenset(
    {
        ("qti-gap-match-interaction", "min-associations"),
        ("qti-gap-match-interaction", "max-associations"),
        ("qti-graphic-gap-match-interaction", "min-associations"),
        ("qti-graphic-gap-match-interaction", "max-associations"),
        ("qti-graphic-gap-match-interaction", "shuffle"),
        ("qti-text-entry-interaction", "format"),
        ("qti-inline-choice-interaction", "min-choices"),
        ("qti-end-attempt-interaction", "count-attempt"),
        ("qti-outcome-declaration", "external-scored"),
        ("qti-outcome-declaration", "variable-identifier-ref"),
    }
)


def downgraded(root: Node, version: Version, stimuli: Mapping[str, Node], losses: Losses) -> Node:
    """Return a 3.0 document in the shape of QTI 2.1 or 2.2; raises UnreadableFile for one whose root is nothing of QTI 3.0's."""
    nodes = _Downgrade(version, stimuli, losses).node(root, None)
    if len(nodes) != 1 or not isinstance(nodes[0], Node):
        refuse(root, "not_qti", f"this root is none of QTI 3.0's: it cannot be written as QTI {version}")
    return nodes[0]


class _Downgrade:
    def __init__(self, version: Version, stimuli: Mapping[str, Node], losses: Losses) -> None:
        self.version = version
        self.stimuli = stimuli
        self.losses = losses

    def node(self, node: Node, parent: Node | None) -> Children:
        if node.namespace:
            return self._foreign(node)
        if not node.name.startswith("qti-") and node.name not in html.KNOWN | html.REPLACED.keys() | _CHANGES.keys():
            self.losses.note(node, "element_replaced", f"QTI {self.version} has no {node.name}: only what is in it is written")
            return self.inside(node)
        change = _CHANGES.get(node.name)
        changed = (self.plain(node),) if change is None else change(self, node)
        inline = [child for child in changed if isinstance(child, Node) and child.name == "object"]
        if inline and parent is not None and parent.name in _BLOCKS_ONLY:
            return (child_of(node, "div", {}, changed),)  # an object is a phrase: a body holds blocks only
        return changed

    def inside(self, node: Node) -> Children:
        return each_child(node, lambda child: self.node(child, node))

    def plain(self, node: Node) -> Node:
        name = node.name
        if name in html.REPLACED:
            return self._replaced(node)
        if name in _PICTURED:
            node = renamed(node, name, children=each_child(node, self._pictured))
        attributes = {**_REQUIRED.get(name, {}), **self.attributes(node)}
        return renamed(node, name, attributes, self.inside(node))

    def attributes(self, node: Node) -> Mapping[str, str]:
        """Return what QTI 2.1 can say of the attributes, and list the rest."""
        kept: dict[str, str] = {}
        for name, value in node.attributes.items():
            if name == "lang":
                kept.setdefault("xml:lang", value)
            elif self._can_say(node, name):
                kept["centre-point" if name == "center-point" and self.version is Version.QTI_21 else name] = value
            elif name == "external-scored":  # scored by somebody else: without it an engine would score by itself
                message = f"QTI {self.version} cannot say that somebody else scores"
                self.losses.lost(node, "cannot_be_written", message, "write QTI 2.2 or 3.0")
            else:
                self.losses.note(node, "attribute_not_kept", f"QTI {self.version} cannot say {name} of {node.name}")
        return kept

    def _can_say(self, node: Node, name: str) -> bool:
        later = self.version is Version.QTI_21 and (node.name, name) in _LATER
        known = name.startswith("{") or html.may_say(node.name, name, self.version)
        several_types = (node.name, name) == ("qti-upload-interaction", "type") and len(node.attributes[name].split()) > 1
        return known and not later and not several_types

    def _pictured(self, child: Node) -> Children:
        return (picture_object(child, self.losses),) if child.name in ("img", "picture", "object") and not child.namespace else (child,)

    def _replaced(self, node: Node) -> Node:
        instead = html.REPLACED[node.name]
        self.losses.note(node, "element_replaced", f"QTI {self.version} has no {node.name}: it is written as {instead}")
        classes = " ".join((node.attributes.get("class", ""), node.name)).strip()
        standing = child_of(node, instead, {**node.attributes, "class": classes}, self.inside(node))
        return renamed(standing, instead, self.attributes(standing))

    def _foreign(self, node: Node) -> Children:
        if node.namespace == "ssml" and self.version is Version.QTI_21:
            self.losses.note(node, "speech_not_kept", "QTI 2.1 cannot say how text is spoken (SSML); the text itself is kept")
            return each_child(node, lambda child: self.node(child, node))
        return (renamed(node, node.name, children=self.inside(node)),)


def _unwrapped(change: _Downgrade, node: Node) -> Children:
    return change.inside(node)


def _left_out(change: _Downgrade, node: Node) -> Children:
    advice = "hand it over in another way, or write QTI 3.0"
    change.losses.note(node, "element_not_kept", f"QTI {change.version} cannot say {node.name}", advice)
    return ()


def _needed(change: _Downgrade, node: Node) -> Children:
    message = f"QTI {change.version} cannot say {node.name}, and without it this is not the same"
    change.losses.lost(node, "cannot_be_written", message, "write QTI 3.0 instead")
    return ()


def _processing(change: _Downgrade, node: Node) -> Children:
    attributes = dict(change.attributes(node))
    if "template" in attributes:
        attributes["template"] = template_address(attributes["template"], change.version)
    return (renamed(node, node.name, attributes, change.inside(node)),)


def _stimulus_ref(change: _Downgrade, node: Node) -> Children:
    """QTI 2.1 has no shared stimulus: its text goes into the item (see _item_body)."""
    if change.version is not Version.QTI_21:
        return (change.plain(node),)
    if node.attributes.get("identifier", "") not in change.stimuli:
        advice = "give the stimulus along, or write QTI 3.0"
        change.losses.lost(node, "stimulus_not_written", "QTI 2.1 has no shared stimulus, and its text was not given", advice)
    return ()


def _graphic_gaps(change: _Downgrade, node: Node) -> Children:
    """QTI 2.1 puts only pictures into gaps on a picture; words came with 2.2. They are written all the same: most systems read them."""
    words = node.first("qti-gap-text")
    if words is not None and change.version is Version.QTI_21:
        message = "QTI 2.1 has only pictures, and no words, to put onto places of a picture"
        change.losses.lost(words, "cannot_be_written", message, "write QTI 2.2 or 3.0")
    return (change.plain(node),)


def _item(change: _Downgrade, node: Node) -> Children:
    """Put the texts that the item shares with others at the head of its own body."""
    if change.version is Version.QTI_21:
        shared = [ref.attributes.get("identifier", "") for ref in node.named("qti-assessment-stimulus-ref")]
        heads = [_as_division(change.stimuli[name]) for name in shared if name in change.stimuli]
        node = renamed(node, node.name, children=(_with_heads(child, heads) for child in node.children))
    return (change.plain(node),)


def _as_division(stimulus: Node) -> Node:
    body = stimulus.first("qti-stimulus-body")
    language = {"xml:lang": stimulus.attributes["xml:lang"]} if "xml:lang" in stimulus.attributes else {}
    return child_of(stimulus, "div", {"class": "qti-shared-stimulus", **language}, () if body is None else body.children)


def _with_heads(child: Node | str, heads: list[Node]) -> Node | str:
    body = isinstance(child, Node) and child.name == "qti-item-body"
    return renamed(child, child.name, children=(*heads, *child.children)) if isinstance(child, Node) and body else child


def _picture(change: _Downgrade, node: Node) -> Children:
    picture = first_picture(node)
    if node.name == "picture":
        change.losses.note(node, "element_replaced", f"QTI {change.version} has no picture: its img is written")
    return (renamed(picture, "img", {"alt": "", **change.attributes(picture)}, ()),)


def _medium(change: _Downgrade, node: Node) -> Children:
    return (change.plain(medium_object(node, change.losses)),)


def _object(change: _Downgrade, node: Node) -> Children:
    return (change.plain(typed_object(node)),)


def _details(change: _Downgrade, node: Node) -> Children:
    """Words behind a button: QTI 2.x has infoControl for them."""
    summary = node.first("summary")
    title = "" if summary is None else " ".join(summary.text.split())
    words = tuple(child for child in node.children if child is not summary)
    inside = renamed(node, "qti-info-control", {**node.attributes, "title": title}, words)
    return (renamed(inside, inside.name, change.attributes(inside), change.inside(inside)),)


def _break(_: _Downgrade, node: Node) -> Children:
    return ("\u200b",)  # a zero-width space breaks a line where wbr does


def _portable(change: _Downgrade, node: Node) -> Children:
    return (change.plain(as_custom(node, change.losses)),)


_CHANGES: Mapping[str, Callable[[_Downgrade, Node], Children]] = {
    "qti-assessment-item": _item,
    "qti-content-body": _unwrapped,
    "qti-graphic-gap-match-interaction": _graphic_gaps,
    "qti-response-processing": _processing,
    "qti-assessment-stimulus-ref": _stimulus_ref,
    "qti-portable-custom-interaction": _portable,
    "qti-catalog-info": _left_out,
    "qti-companion-materials-info": _left_out,
    "qti-context-declaration": _needed,
    "qti-adaptive-selection": _needed,
    "img": _picture,
    "picture": _picture,
    "audio": _medium,
    "video": _medium,
    "object": _object,
    "details": _details,
    "wbr": _break,
}
