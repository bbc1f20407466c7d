"""One part of a paper: its items, and how a candidate goes through them. Its JSON, and the rules that all parts of a paper keep.

The words are QTI 3.0's where it has them: navigation ("navigation-mode": its nonlinear is free here), limits ("time-limits"), an order
by chance ("ordering shuffle"), preconditions and branch rules ("pre-condition", "branch-rule"). A QTI test can say more than a form; a form
says what two officers can read and sign. Who acts on it: assessment_engine/delivery/navigation.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.ids import ItemVersionId

LONGEST_LIMIT_S = 24 * 3600


class Navigation(StrEnum):
    """How a candidate goes through a part: to any of its questions and back, or forward only."""

    FREE = "free"
    LINEAR = "linear"


class Order(StrEnum):
    """In which order a candidate meets a part's items."""

    FIXED = "fixed"
    RANDOM = "random"  # by chance, each candidate's own, the same at every look (docs/adr/0016)
    ADAPTIVE = "adaptive"  # by the answers so far; no form can have it yet


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareRule:
    """Holds for a candidate who reached at least this share of the marks of a part they have left."""

    section: str
    share_at_least: Decimal

    @property
    def document(self) -> dict[str, Json]:
        """The rule as JSON; the share is text, so that it stays exact."""
        return {"section": self.section, "share_at_least": str(self.share_at_least)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """Where a part leads when its rule holds: to a later part, over those between."""

    rule: ShareRule
    to: str

    @property
    def document(self) -> dict[str, Json]:
        """The branch as JSON."""
        return {**self.rule.document, "to": self.to}


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSection:
    """One part of a paper.

    `item_limits` gives seconds by item, in linear parts. A `locked` part cannot be entered again once it was left; a linear one neither. A
    part whose `precondition` does not hold is passed over; of the `branches`, the first whose rule holds says which part is next.
    """

    id: str
    title: str
    title_hi: str
    items: tuple[ItemVersionId, ...]
    navigation: Navigation = Navigation.FREE
    time_limit_s: int | None = None
    item_limits: Mapping[ItemVersionId, int] = field(default_factory=dict, hash=False)
    locked: bool = False
    order: Order = Order.FIXED
    precondition: ShareRule | None = None
    branches: tuple[Branch, ...] = ()

    @property
    def is_final(self) -> bool:
        """Whether leaving this part closes it."""
        return self.locked or self.navigation is Navigation.LINEAR

    @property
    def guides(self) -> bool:
        """Whether anything of this part binds where a candidate may go, or until when."""
        return self.is_final or self.time_limit_s is not None or self.precondition is not None or bool(self.branches)

    @property
    def rules(self) -> tuple[ShareRule, ...]:
        """Every rule that this part has."""
        return (*((self.precondition,) if self.precondition else ()), *(branch.rule for branch in self.branches))


def section_document(section: FormSection, digests: Sequence[str]) -> dict[str, Json]:
    """Return a part's JSON. What is not asked for is not written, so that a form without it keeps the hash that it always had."""
    written: dict[str, Json] = {
        "id": section.id,
        "title": section.title,
        "title_hi": section.title_hi,
        "items": list(section.items),
        "sha256": list(digests),
    }
    asked: dict[str, Json] = {
        "navigation": str(section.navigation) if section.navigation is not Navigation.FREE else None,
        "time_limit_s": section.time_limit_s,
        "item_limits": {str(item): seconds for item, seconds in section.item_limits.items()} or None,
        "locked": section.locked or None,
        "order": str(section.order) if section.order is not Order.FIXED else None,
        "precondition": section.precondition.document if section.precondition else None,
        "branches": [branch.document for branch in section.branches] or None,
    }
    return {**written, **{key: value for key, value in asked.items() if value is not None}}


def section_of(document: Mapping[str, object]) -> FormSection:
    """Read what `section_document` wrote; what is absent has its default. Raises Invalid."""
    limits, precondition, branches = document.get("item_limits", {}), document.get("precondition"), document.get("branches", [])
    limit, items = document.get("time_limit_s"), document["items"]
    if not isinstance(limits, Mapping) or not isinstance(branches, list) or not isinstance(items, list):
        raise Invalid("a part of a form has a list of items, limits by item and a list of branches")
    return FormSection(
        id=str(document["id"]),
        title=str(document["title"]),
        title_hi=str(document["title_hi"]),
        items=tuple(ItemVersionId(str(item)) for item in items),
        navigation=Navigation(str(document.get("navigation", Navigation.FREE))),
        time_limit_s=None if limit is None else int(str(limit)),
        item_limits={ItemVersionId(str(item)): int(seconds) for item, seconds in limits.items()},
        locked=document.get("locked") is True,
        order=Order(str(document.get("order", Order.FIXED))),
        precondition=None if precondition is None else _rule(precondition),
        branches=tuple(Branch(rule=_rule(branch), to=str(branch["to"])) for branch in branches),
    )


def _rule(document: object) -> ShareRule:
    if not isinstance(document, Mapping):
        raise Invalid("a rule names a part and a share of its marks")
    try:
        return ShareRule(section=str(document["section"]), share_at_least=Decimal(str(document["share_at_least"])))
    except (KeyError, InvalidOperation):
        raise Invalid("a rule names a part and a share of its marks") from None


def check_ways(sections: Sequence[FormSection]) -> None:
    """Refuse limits and rules that no candidate could be led by, each with what to do about it. Raises Invalid."""
    places = {section.id: place for place, section in enumerate(sections)}
    for section in sections:
        _check_limits(section)
        if section.precondition is not None:
            _check_rule(section, section.precondition, sections, latest=places[section.id] - 1)
        for branch in section.branches:
            _check_rule(section, branch.rule, sections, latest=places[section.id])
            _check_target(section, branch.to, places)


def _check_limits(section: FormSection) -> None:
    if section.order is Order.ADAPTIVE:
        raise _wrong(section, "adaptive", "the adaptive order is not there yet; choose fixed or random")
    if section.item_limits and section.navigation is Navigation.FREE:
        raise _wrong(section, "limits_need_linear", "limits of questions need the linear way; choose it, or limit the whole part instead")
    if strange := sorted(set(section.item_limits) - set(section.items)):
        raise _wrong(section, "strange_limit", f"there is a limit for {strange[0]}, which is not in it", strange[0])
    limits = [*section.item_limits.values(), *(() if section.time_limit_s is None else (section.time_limit_s,))]
    if not all(1 <= limit <= LONGEST_LIMIT_S for limit in limits):
        raise _wrong(section, "limit_out_of_range", "a limit is at least one second and at most a day; leave it empty for none")


def _check_rule(section: FormSection, rule: ShareRule, sections: Sequence[FormSection], *, latest: int) -> None:
    known, other = {each.id: place for place, each in enumerate(sections)}, rule.section
    if other not in known:
        raise _wrong(section, "unknown_part", f"its rule names part {other}, which this form does not have", other)
    if known[other] > latest:
        message = f"its rule asks for marks of part {other}, which has not been left by then; name an earlier part"
        raise _wrong(section, "part_not_left", message, other)
    if not rule.share_at_least.is_finite() or not 0 <= rule.share_at_least <= 1:
        raise _wrong(section, "share_out_of_range", "a share of marks is between 0 and 1")
    if not sections[known[other]].is_final:
        message = f"the marks of part {other} decide the way, so they must not change afterwards; lock that part"
        raise _wrong(section, "part_not_locked", message, other)


def _check_target(section: FormSection, target: str, places: Mapping[str, int]) -> None:
    if target not in places:
        raise _wrong(section, "unknown_part", f"it leads to part {target}, which this form does not have", target)
    if places[target] <= places[section.id]:
        message = f"it leads back to part {target}, and a candidate would go in a circle; name a later part"
        raise _wrong(section, "leads_back", message, target)


def _wrong(section: FormSection, problem: str, message: str, other: str = "") -> Invalid:
    return Invalid(f"part {section.id}: {message}", problem=problem, section=section.id, other=other)
