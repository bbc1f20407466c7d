"""No item that can be read fails to render, however it is broken: attributes lost or foreign, elements lost, doubled or out of place."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment_engine.services.samples import KINDS
from item_bank.qti.model import Document, Node, QtiItem
from item_bank.qti.reader.item import item_of
from item_bank.qti.render import sanitised
from tests.item_bank.qti.render.html import all_of, sample, shown

ODD = ["", "-1", "0", "999999999999", "1e999", "NaN", "true", "a b", "<&\"'>", "हिंदी", "R2D2", "0,0", "1,2,3,4,5,6,7", "javascript:x", "\n"]


def broken(one: QtiItem, seed: int, times: int) -> QtiItem:
    """The item with some things in it gone wrong."""
    chance = random.Random(seed)
    root = one.root
    for _ in range(times):
        below = sum(1 for _ in root.walk()) - 1
        root = _changed(root, [chance.randint(1, max(below, 1))], chance)
    return item_of(Document(root=root, version=one.version))


def _changed(node: Node, countdown: list[int], chance: random.Random) -> Node:
    children: list[Node | str] = []
    for child in node.children:
        if isinstance(child, str):
            children.append(child)
            continue
        countdown[0] -= 1
        children += _wronged(child, chance) if countdown[0] == 0 else (_changed(child, countdown, chance),)
    return replace(node, children=tuple(children))


def _wronged(node: Node, chance: random.Random) -> tuple[Node | str, ...]:
    name = chance.choice([*node.attributes, "class", "id", "template-identifier"])
    return chance.choice(
        [
            (),
            (node, node),
            node.children,
            (replace(node, attributes={key: value for key, value in node.attributes.items() if key != name}),),
            (replace(node, attributes={**node.attributes, name: chance.choice(ODD)}),),
            (replace(node, children=()),),
            (Node(name="p", attributes={}, children=(node, "text")),),
            (
                replace(
                    node, name=chance.choice(["p", "table", "qti-gap", "qti-hottext", "qti-choice-interaction", "qti-simple-choice", "img"])
                ),
            ),
        ]
    )


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32), times=st.integers(1, 6))
def test_a_broken_item_is_rendered(kind: str, seed: int, times: int) -> None:
    one = broken(sample(kind), seed, times)
    html = shown(one, order_seed="s", values=dict.fromkeys(("FEEDBACK", "RATE")))

    assert sanitised(html) == html
    assert len(set(all_of(html, "//@id"))) == len(all_of(html, "//@id"))
    assert all_of(html, "//*[@data-kind][not(@data-response)][not(@disabled)]") == []
