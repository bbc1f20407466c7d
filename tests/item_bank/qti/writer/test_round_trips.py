"""What is written is read again as the same: every sample, every version, and trees that nobody would write."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from item_bank.qti.model import Node, QtiItem, Version, nested
from item_bank.qti.model.body import RubricBlock
from item_bank.qti.processing import score
from item_bank.qti.reader import parse
from item_bank.qti.validity import findings
from item_bank.qti.values import Value
from item_bank.qti.writer import convert, write
from tests.item_bank.qti.writer.samples import document, item, item_files, rewritten

FILES = list(item_files())
SAME = ("identifier", "title", "lang", "responses", "outcomes", "templates", "adaptive", "time_dependent", "stimuli", "template_processing")


def said(read: QtiItem, *but: str) -> dict[str, object]:
    """What an item says besides its body."""
    return {name: getattr(read, name) for name in SAME if name not in but}


def named(path: Path) -> str:
    """A short name for a file."""
    return f"{path.parent.name}/{path.name}"


def is_valid(xml: bytes) -> bool:
    """Whether a file breaks no clause."""
    return not any(problem.severity == "invalid" for problem in findings(parse(xml)))


@pytest.mark.parametrize("path", FILES, ids=named)
def test_an_item_written_as_qti_3_is_the_same_item(path: Path) -> None:
    before = item(path.read_bytes())

    after = item(rewritten(path.read_bytes()))

    assert said(after) == said(before)
    assert [type(block) for block in nested(after.body)] == [type(block) for block in nested(before.body)]
    assert after.interactions == before.interactions or before.version is not Version.QTI_30
    if not any(isinstance(block, RubricBlock) for block in nested(before.body)):  # they get the use that QTI 3.0 asks for
        assert after.body == before.body
    if before.version is Version.QTI_30:
        assert after.root == before.root


@pytest.mark.parametrize("path", FILES, ids=named)
@pytest.mark.parametrize("version", [Version.QTI_21, Version.QTI_22])
def test_an_item_that_went_through_qti_2_scores_as_before(path: Path, version: Version) -> None:
    before = item(path.read_bytes())
    written = convert(parse(rewritten(path.read_bytes())).root, version)

    after = item(rewritten(written.xml))

    lost = ("stimuli",) if version is Version.QTI_22 else ("stimuli", "outcomes")  # a title; and who scores, which is listed
    assert said(after, *lost) == said(before, *lost)
    assert [each.response for each in after.interactions] == [each.response for each in before.interactions]
    for responses in tries(before):
        assert score(after, responses).values == score(before, responses).values


def tries(read: QtiItem) -> list[dict[str, Value | None]]:
    """No response, the right one, and one of every kind from elsewhere in the item."""
    right = {name: declared.correct for name, declared in read.responses.items()}
    return [{}, right, {name: declared.default for name, declared in read.responses.items()}]


@pytest.mark.parametrize("path", [path for path in FILES if is_valid(path.read_bytes())], ids=named)
def test_a_valid_item_is_valid_in_every_version(path: Path) -> None:
    for version in Version:
        written = convert(parse(path.read_bytes()).root, version)
        assert is_valid(written.xml) or any(problem.severity == "invalid" for problem in written.problems), version


@pytest.mark.parametrize("path", FILES[:10], ids=named)
def test_writing_twice_gives_the_same_bytes(path: Path) -> None:
    once = rewritten(path.read_bytes())

    assert rewritten(once) == once
    assert write(parse(path.read_bytes()).root) == once


texts = st.text(st.characters(blacklist_categories=("Cs", "Cc")) | st.sampled_from("\t\n\r&<>\"'"), min_size=1, max_size=20)
attributes = st.dictionaries(st.sampled_from(["class", "id", "data-x", "xml:lang", "identifier", "show-hide"]), texts, max_size=3)
trees = st.recursive(
    st.builds(Node, name=st.sampled_from(["p", "qti-prompt", "qti-gap-text"]), attributes=attributes, children=st.just(())),
    lambda inner: st.builds(
        Node, name=st.sampled_from(["div", "qti-item-body"]), attributes=attributes, children=st.lists(inner | texts, max_size=4).map(tuple)
    ),
    max_leaves=12,
)


@given(trees)
def test_any_tree_comes_back_from_qti_3(tree: Node) -> None:
    from tests.item_bank.qti.writer.samples import joined

    root = Node(name="qti-assessment-item", attributes={"identifier": "x"}, children=(tree,))

    assert document(write(root)).root == joined(root)


@given(trees)
def test_any_tree_can_be_written_as_qti_2(tree: Node) -> None:
    root = Node(name="qti-assessment-item", attributes={"identifier": "x"}, children=(tree,))

    assert parse(write(root, Version.QTI_21)).version is Version.QTI_21
