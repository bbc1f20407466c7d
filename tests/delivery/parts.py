"""Forms with parts and sittings in them, for the tests of navigation."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from assessment_engine.delivery.navigation import Move, moved
from assessment_engine.delivery.progress import progress_of
from assessment_engine.delivery.routing import ShareOf
from assessment_engine.delivery.sitting import Sitting, SittingState
from assessment_engine.delivery.walk import ground_of
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.ids import FormId, ItemVersionId, OrganisationId
from item_bank.forms import Branch, Form, FormSection, FormState, ShareRule, check_sections
from tests.builders import NOON, a_sitting


def items_of(section: str, count: int = 3) -> tuple[ItemVersionId, ...]:
    """a1, a2, a3 of part A."""
    return tuple(ItemVersionId(f"{section.lower()}{n}") for n in range(1, count + 1))


def item(name: str) -> ItemVersionId:
    return ItemVersionId(name)


def part(section: str, **settings: Any) -> FormSection:
    """A part of three questions."""
    return FormSection(id=section, title=f"Part {section}", title_hi=f"भाग {section}", items=items_of(section), **settings)


def a_form_of(*sections: FormSection) -> Form:
    check_sections(sections)
    return Form(
        id=FormId("for_1"),
        organisation_id=OrganisationId("org_1"),
        title="Form",
        title_hi="प्रश्नपत्र",
        sections=sections,
        sha256="0" * 64,
        state=FormState.APPROVED,
    )


def rule(section: str, share: str) -> ShareRule:
    return ShareRule(section=section, share_at_least=Decimal(share))


def branch(section: str, share: str, to: str) -> Branch:
    return Branch(rule=rule(section, share), to=to)


def at(seconds: float) -> datetime:
    """So long after the start of `a_running`."""
    return NOON + timedelta(seconds=seconds)


def a_running(*, extra: int = 0, grace_s: int = 0, progress: dict[str, Json] | None = None, **changes: Any) -> Sitting:
    """A sitting that started at NOON."""
    document: dict[str, Json] = {**({"extra_minutes_per_hour": extra} if extra else {}), **(progress or {})}
    started = {"state": SittingState.IN_PROGRESS, "started_at": NOON, "deadline_at": NOON + timedelta(hours=3)}
    return a_sitting(**{**started, "grace_s": grace_s, "progress": document, **changes})


def go(form: Form, sitting: Sitting, to: str | None, seconds: float, *, leave: bool = False, share: ShareOf | None = None) -> Sitting:
    """The sitting after a move at so many seconds after the start."""
    ground = ground_of(form, sitting.id, share or (lambda _: Decimal(0)))
    move = Move(to=None if to is None else ItemVersionId(to), leave=leave)
    after = moved(ground, progress_of(sitting.progress), move, sitting.elapsed_s(at(seconds)))
    return a_sitting(**{name: getattr(sitting, name) for name in sitting.__slots__} | {"progress": after.document})
