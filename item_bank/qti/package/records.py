"""What a package is once it is open: files, the manifest's resources, and what was found wrong or left out. Records only."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from item_bank.qti.problems import Problem


class Files(Protocol):
    """Files by their safe paths; reading one may raise UnreadableFile or TooLarge."""

    def __getitem__(self, path: str) -> bytes: ...
    def __iter__(self) -> Iterator[str]: ...
    def __len__(self) -> int: ...
    def __contains__(self, path: object) -> bool: ...
    def size(self, path: str) -> int:
        """Return a file's size in bytes."""
        ...


class Kind(StrEnum):
    """What a resource of a manifest is, by its type."""

    ITEM = "item"
    TEST = "test"
    SECTION = "section"
    STIMULUS = "stimulus"
    TEMPLATE = "template"  # a response processing template of the package's own
    OTHER = "other"  # media, style sheets, metadata


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One resource of a manifest; `path` is its own file in the package, `dependencies` are identifiers of resources."""

    identifier: str
    type: str
    kind: Kind
    path: str
    dependencies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Package:
    """An open package. Its files are read when they are asked for, so what it was opened from must stay open."""

    files: Files
    resources: tuple[Resource, ...] = ()
    problems: tuple[Problem, ...] = ()
    manifest_path: str = ""  # "" where there is none
    facts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # of items, by their paths
