"""The paper of a sitting as its candidate is told of it: parts, questions, limits, and what can be done with a part now (ADR 25)."""

from typing import Any, Literal

from pydantic import BaseModel

from assessment_engine.delivery.navigation import PartState, PartView, here, parts
from assessment_engine.delivery.timing import stretched
from assessment_engine.services.delivery import OpenSitting


class SectionAnswer(BaseModel):
    """One part of the form. Limits are the candidate's own, in seconds; a `final` part is closed when it is left.

    `items` are in the candidate's order, none before the start, nor in a part that marks lead to until it is reached.
    """

    id: str
    title: str
    title_hi: str
    items: list[str]
    navigation: Literal["free", "linear"] = "free"
    time_limit_s: int | None = None
    item_limits: dict[str, int] = {}
    locked: bool = False
    final: bool = False
    state: PartState = PartState.NOT_YET
    seconds_left: float | None = None


class FormAnswer(BaseModel):
    """The paper of the sitting; its items are listed once the sitting has started."""

    id: str
    sha256: str
    title: str
    title_hi: str
    sections: list[SectionAnswer]


def form_answer(opened: OpenSitting) -> FormAnswer:
    """Return the paper as its candidate may see it now."""
    form = opened.form
    told = parts(form, opened.sitting, opened.server_time)
    sections = [_section(part, opened.policy.extra_minutes_per_hour) for part in told]
    return FormAnswer(id=form.id, sha256=form.sha256, title=form.title, title_hi=form.title_hi, sections=sections)


def progress_answer(opened: OpenSitting) -> dict[str, Any]:
    """Return how far the candidate has come, as it is now."""
    if not opened.form.guided or opened.sitting.started_at is None:
        return dict(opened.sitting.progress)
    return here(opened.form, opened.sitting, opened.server_time).document


def _section(part: PartView, extra: int) -> SectionAnswer:
    section = part.section
    return SectionAnswer(
        id=section.id,
        title=section.title,
        title_hi=section.title_hi,
        items=list(part.items),
        navigation="linear" if section.navigation == "linear" else "free",
        time_limit_s=None if section.time_limit_s is None else stretched(section.time_limit_s, extra),
        item_limits={item: stretched(section.item_limits[item], extra) for item in part.items if item in section.item_limits},
        locked=section.locked,
        final=section.is_final,
        state=part.state,
        seconds_left=part.seconds_left,
    )
