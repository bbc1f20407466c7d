"""From one version of QTI to another: the shape first, then the words. What is lost on the way is listed, never dropped in silence."""

from collections.abc import Mapping
from dataclasses import dataclass

from item_bank.qti.model.nodes import Node, Version
from item_bank.qti.problems import Problem
from item_bank.qti.writer.downgrade import downgraded
from item_bank.qti.writer.trees import Losses
from item_bank.qti.writer.upgrade import upgraded
from item_bank.qti.writer.xml import serialise


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A written document, and what it could not say: an INVALID problem means that it no longer does the same."""

    xml: bytes
    problems: tuple[Problem, ...] = ()


def convert(root: Node, version: Version, *, stimuli: Mapping[str, Node] | None = None) -> Written:
    """Write a document in a version; `stimuli` are the shared texts by identifier, for QTI 2.1, which must have them in the item."""
    losses = Losses()
    shaped = upgraded(root, losses)
    if version is not Version.QTI_30:
        shaped = downgraded(shaped, version, {name: upgraded(node, losses) for name, node in (stimuli or {}).items()}, losses)
    return Written(xml=serialise(shaped, version), problems=losses.problems)


def write(root: Node, version: Version = Version.QTI_30) -> bytes:
    """Write a document in a version; ask `convert` what it could not say."""
    return convert(root, version).xml
