"""Where a candidate stands in a guided form at a moment: what reached its limit has been left at its limit.

The fairness rule of outages is here: a part or question with a limit is left at the latest at that limit, in the sitting's own time, and
what follows was entered at that same moment. So time never counts from when a late message arrived, nor from a browser's clock, and time
that the exam's policy gives back (sitting.stopped_s) moves every limit with it. Pure; used by navigation.py.
"""

import math
from dataclasses import dataclass, replace

from assessment_engine.delivery.progress import Progress
from assessment_engine.delivery.routing import Footing, Route, ShareOf, Turn, route_of
from assessment_engine.delivery.timing import stretched
from assessment_engine.kernel.ids import ItemVersionId, SittingId
from item_bank.forms import Form, FormSection

NEVER = math.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What all questions about a candidate's way are answered from; `share` is None where nobody may look at marks."""

    form: Form
    route: Route
    share: ShareOf | None = None


def ground_of(form: Form, sitting_id: SittingId, share: ShareOf | None = None) -> Ground:
    """Return the ground of one candidate."""
    return Ground(form=form, route=route_of(form, sitting_id), share=share)


def part_end(section: FormSection, progress: Progress) -> float:
    """Return when a part's time is over: its limit counts from the first entry, wherever the candidate is meanwhile."""
    stay = progress.sections.get(section.id)
    if section.time_limit_s is None or stay is None:
        return NEVER
    return stay.entered_s + stretched(section.time_limit_s, progress.extra)


def item_end(section: FormSection, progress: Progress, item_id: ItemVersionId) -> float:
    """Return when a question's time is over."""
    limit, entered = section.item_limits.get(item_id), progress.items.get(item_id)
    return NEVER if limit is None or entered is None else entered + stretched(limit, progress.extra)


def is_open(section: FormSection, progress: Progress, elapsed: float) -> bool:
    """Tell whether a candidate may be in a part that they have entered before, or are in."""
    stay = progress.sections.get(section.id)
    if stay is None or elapsed > part_end(section, progress):
        return False
    return stay.left_s is None or not section.is_final


def next_part(ground: Ground, progress: Progress) -> Turn:
    """Ask the route which part comes after all that were entered."""
    return ground.route.next_part(Footing(path=progress.path, share=ground.share, state=progress.route))


def next_item(ground: Ground, progress: Progress, section_id: str, item_id: ItemVersionId | None) -> tuple[ItemVersionId | None, Progress]:
    """Ask the route for the question after one of a part, and remember what it wants to remember."""
    step = ground.route.next_item(section_id, item_id, Footing(path=progress.path, share=ground.share, state=progress.route))
    return step.item, replace(progress, route=step.state)


def enter(ground: Ground, progress: Progress, section_id: str, at: float) -> Progress:
    """Enter a part at its first question."""
    item, remembered = next_item(ground, progress, section_id, None)
    assert item is not None, "a part of a form has questions"
    return remembered.entered(section_id, item, at)


def settled(ground: Ground, progress: Progress, elapsed: float) -> Progress:
    """Return the progress as it is at `elapsed`: begun, and everything that is over left at its limit. Settling twice is once."""
    while True:
        further = _step(ground, progress, elapsed)
        if further is None:
            return progress
        progress = further


def _step(ground: Ground, progress: Progress, elapsed: float) -> Progress | None:
    """Do the earliest thing that is due, or return None."""
    if progress.item is None:
        return _follow(ground, progress)
    section = ground.form.section_with(progress.item)
    part, item = part_end(section, progress), item_end(section, progress, progress.item)
    if elapsed <= min(part, item):
        return None
    if item < part:
        after, remembered = next_item(ground, progress, section.id, progress.item)
        if after is not None:
            return remembered.entered(section.id, after, item)
    return progress.left(section.id, min(part, item))


def _follow(ground: Ground, progress: Progress) -> Progress | None:
    """Enter the part that follows when the candidate is in none, at the moment when the last one was left."""
    turn = next_part(ground, progress)
    if turn.to is None:
        return None
    moments = [stay.left_s for stay in progress.sections.values() if stay.left_s is not None]
    return enter(ground, progress, turn.to, max(moments, default=0.0))


def whole_path(ground: Ground, progress: Progress) -> tuple[str, ...]:
    """Return the parts that count: those entered, and those that the rules lead to from there (docs/adr/0025)."""
    path = progress.path
    while (turn := ground.route.next_part(Footing(path=path, share=ground.share, state=progress.route))).to is not None:
        path = (*path, turn.to)
    return path
