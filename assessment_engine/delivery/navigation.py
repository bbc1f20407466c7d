"""Where in the paper a candidate may be: which part is open, which questions can still be answered, what comes after a part.

The form says how (item_bank/form_sections.py), the sitting's progress where (progress.py), the sitting's own time until when (walk.py), the
route what is next (routing/). Parts come one after another; a candidate may come back to parts that are neither locked, linear nor over. A
form that asks for none of it costs one look at a flag. See docs/adr/0025.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from assessment_engine.delivery.progress import Progress, progress_of
from assessment_engine.delivery.routing import ShareOf, foreseeable
from assessment_engine.delivery.sitting import RUNNING, Sitting
from assessment_engine.delivery.timing import MAX_GRACE_S, stretched
from assessment_engine.delivery.walk import NEVER, Ground, enter, ground_of, is_open, item_end, next_item, next_part, part_end, settled
from assessment_engine.kernel.errors import NotYet, SectionClosed
from assessment_engine.kernel.ids import ItemVersionId
from item_bank.forms import Form, FormSection, Navigation

__all__ = [
    "Deadlines",
    "Move",
    "PartState",
    "PartView",
    "check_answerable",
    "check_readable",
    "deadlines",
    "here",
    "item_now",
    "moved",
    "parts",
    "readable",
]


class PartState(StrEnum):
    """What a candidate can do with a part now."""

    NOT_YET = "not_yet"  # it has not been reached
    CURRENT = "current"  # the candidate is in it
    OPEN = "open"  # the candidate may go to it
    CLOSED = "closed"  # left for good, or its time is over


class WhyClosed(StrEnum):
    """Why a question is closed; `details.reason` of section_closed."""

    NOT_YET = "not_yet"
    LEFT = "left"
    TIME_OVER = "time_over"
    NO_WAY = "no_way"


_WORDS = {
    WhyClosed.NOT_YET: "this question has not been reached yet",
    WhyClosed.LEFT: "this question was left, and there is no way back to it",
    WhyClosed.TIME_OVER: "the time of this part or question is over",
    WhyClosed.NO_WAY: "no part comes after this one; the paper can be handed in",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Where a candidate wants to go: to a question, or on (None); `leave` ends the part they are in. `writer` is the window that asks."""

    to: ItemVersionId | None = None
    leave: bool = False
    writer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """One part as a candidate's page is told of it; limits are the candidate's own, `items` empty while it must not be seen."""

    section: FormSection
    items: tuple[ItemVersionId, ...]
    state: PartState
    time_limit_s: int | None
    seconds_left: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """When the time of the part and of the question ends that a candidate is at; `parts` has every part entered so far."""

    section: datetime | None = None
    item: datetime | None = None
    parts: Mapping[str, datetime | None] = field(default_factory=dict)


def here(form: Form, sitting: Sitting, now: datetime, share: ShareOf | None = None) -> Progress:
    """Return a guided sitting's progress as it is now; after the end, as it was then."""
    return settled(ground_of(form, sitting.id, share), progress_of(sitting.progress), sitting.elapsed_s(sitting.submitted_at or now))


def item_now(form: Form, sitting: Sitting, now: datetime) -> ItemVersionId | None:
    """Return the question that a candidate is at where the parts bind; None where none does, before the start and after the last part."""
    return here(form, sitting, now).item if form.guided and sitting.started_at is not None else None


def check_answerable(form: Form, sitting: Sitting, item_id: ItemVersionId, now: datetime) -> None:
    """Refuse an answer to a question whose part is not open, or whose time is over; raises SectionClosed.

    Grace applies to parts and questions as to the exam. What was left by choice takes answers that were on their way, for a minute at most.
    """
    if form.guided:
        _check(form, sitting, item_id, now, grace_s=sitting.grace_s)


def check_readable(form: Form, sitting: Sitting, item_id: ItemVersionId, now: datetime) -> None:
    """Refuse to show a question that has not been reached, or that there is no way back to; raises SectionClosed."""
    if form.guided:
        _check(form, sitting, item_id, now, grace_s=0)


def readable(form: Form, sitting: Sitting, items: Iterable[ItemVersionId], now: datetime) -> set[ItemVersionId]:
    """Return those of the items that `check_readable` would show, and that are in the paper."""
    mine = set(items) & set(form.items)
    if not form.guided:
        return mine
    elapsed, ground = sitting.elapsed_s(now), ground_of(form, sitting.id)
    progress = settled(ground, progress_of(sitting.progress), elapsed)
    return {item for item in mine if _why_closed(ground, progress, item, elapsed, grace_s=0) is None}


def _check(form: Form, sitting: Sitting, item_id: ItemVersionId, now: datetime, *, grace_s: int) -> None:
    elapsed = sitting.elapsed_s(now)
    ground = ground_of(form, sitting.id)
    progress = settled(ground, progress_of(sitting.progress), elapsed)
    reason = _why_closed(ground, progress, item_id, elapsed, grace_s)
    if reason is not None:
        raise _closed(reason, progress, form.section_with(item_id).id)


def _closed(reason: WhyClosed, progress: Progress, section_id: str) -> SectionClosed:
    return SectionClosed(_WORDS[reason], reason=str(reason), section=section_id, item=progress.item)


def _why_closed(ground: Ground, progress: Progress, item_id: ItemVersionId, elapsed: float, grace_s: int) -> WhyClosed | None:
    """Tell why a question takes no answer at `elapsed`, None when it does. `progress` is settled."""
    section = ground.form.section_with(item_id)
    stay = progress.sections.get(section.id)
    linear = section.navigation is Navigation.LINEAR
    if stay is None or (linear and item_id not in progress.items):
        return WhyClosed.NOT_YET
    limit = min(part_end(section, progress), item_end(section, progress, item_id))
    if elapsed > limit + grace_s:
        return WhyClosed.TIME_OVER
    left = _item_left(ground, progress, section, item_id) if linear else stay.left_s if section.is_final else None
    if left is None or left >= limit:
        return None
    return WhyClosed.LEFT if elapsed > left + min(grace_s, MAX_GRACE_S) else None


def _item_left(ground: Ground, progress: Progress, section: FormSection, item_id: ItemVersionId) -> float | None:
    """Return when a question of a linear part was left, None while the candidate is at it."""
    items = ground.route.items(section.id)
    later = [progress.items[item] for item in items[items.index(item_id) + 1 :] if item in progress.items]
    return min(later) if later else progress.sections[section.id].left_s


def moved(ground: Ground, progress: Progress, move: Move, elapsed: float) -> Progress:
    """Return the progress after a move, which counts from `elapsed` or from the limit that passed before. Raises SectionClosed."""
    progress = settled(ground, progress, elapsed)
    if progress.item is None:
        return progress if move.to is None else _into(ground, progress, move.to, elapsed)
    if move.leave:
        return _on(ground, progress, elapsed)
    section = ground.form.section_with(progress.item)
    if move.to == progress.item:
        return progress
    if move.to is not None and move.to not in section.items:
        return _into(ground, progress, move.to, elapsed)
    following, remembered = next_item(ground, progress, section.id, progress.item)
    if move.to is None:
        return _on(ground, progress, elapsed) if following is None else remembered.entered(section.id, following, elapsed)
    if section.navigation is Navigation.LINEAR and move.to != following:
        raise _closed(WhyClosed.LEFT if move.to in progress.items else WhyClosed.NOT_YET, progress, section.id)
    return remembered.entered(section.id, move.to, elapsed)


def _on(ground: Ground, progress: Progress, elapsed: float) -> Progress:
    """Leave the part and enter the one that comes next."""
    assert progress.item is not None
    section = ground.form.section_with(progress.item)
    turn = next_part(ground, progress)
    if turn.to is None:
        raise _closed(WhyClosed.NO_WAY, progress, section.id) if turn.known else NotYet("the marks of this part are not known yet")
    return enter(ground, progress.left(section.id, elapsed), turn.to, elapsed)


def _into(ground: Ground, progress: Progress, to: ItemVersionId, elapsed: float) -> Progress:
    """Go to a question of another part: one that is still open, or the one that comes next."""
    target = ground.form.section_with(to)
    gone = progress if progress.item is None else progress.left(ground.form.section_with(progress.item).id, elapsed)
    if target.id in progress.sections:
        if not is_open(target, progress, elapsed):
            over = elapsed > part_end(target, progress)
            raise _closed(WhyClosed.TIME_OVER if over else WhyClosed.LEFT, progress, target.id)
        return gone.entered(target.id, to, elapsed)
    entered = enter(ground, gone, target.id, elapsed)
    wrong_start = target.navigation is Navigation.LINEAR and entered.item != to
    if next_part(ground, progress).to != target.id or wrong_start:
        raise _closed(WhyClosed.NOT_YET, progress, target.id)
    return entered if entered.item == to else replace(entered, item=to, items={to: elapsed, **progress.items})


def parts(form: Form, sitting: Sitting, now: datetime) -> tuple[PartView, ...]:
    """Return every part as the candidate's page is told of it; questions are listed once the sitting has started."""
    ground = ground_of(form, sitting.id)
    if sitting.started_at is None:
        return tuple(_view(section, (), PartState.NOT_YET, progress_of(sitting.progress)) for section in form.sections)
    runs = sitting.state in RUNNING
    if not form.guided:
        state = PartState.OPEN if runs else PartState.CLOSED
        return tuple(_view(section, ground.route.items(section.id), state, Progress()) for section in form.sections)
    elapsed = sitting.elapsed_s(now)
    progress = settled(ground, progress_of(sitting.progress), elapsed)
    seen = foreseeable(form) | progress.sections.keys()
    return tuple(
        _view(
            section,
            ground.route.items(section.id) if section.id in seen else (),
            _state(section, progress, elapsed) if runs else PartState.CLOSED,
            progress,
            elapsed,
        )
        for section in form.sections
    )


def _state(section: FormSection, progress: Progress, elapsed: float) -> PartState:
    if section.id not in progress.sections:
        return PartState.NOT_YET
    if progress.item is not None and progress.item in section.items:
        return PartState.CURRENT
    return PartState.OPEN if is_open(section, progress, elapsed) else PartState.CLOSED


def _view(section: FormSection, items: tuple[ItemVersionId, ...], state: PartState, progress: Progress, elapsed: float = 0.0) -> PartView:
    limit, end = section.time_limit_s, part_end(section, progress)
    return PartView(
        section=section,
        items=items,
        state=state,
        time_limit_s=None if limit is None else stretched(limit, progress.extra),
        seconds_left=None if end == NEVER or state is PartState.CLOSED else round(max(0.0, end - elapsed), 3),
    )


def item_seconds_left(form: Form, progress: Progress, elapsed: float) -> float | None:
    """Return how long the question that a candidate is at stays open; None without a limit."""
    if progress.item is None:
        return None
    end = item_end(form.section_with(progress.item), progress, progress.item)
    return None if end == NEVER else round(max(0.0, end - elapsed), 3)


def deadlines(form: Form, sitting: Sitting, now: datetime) -> Deadlines:
    """Return when the part and the question end that a candidate is at, as moments; without limits there are none."""
    if not form.guided or sitting.started_at is None:
        return Deadlines()
    elapsed, progress = sitting.elapsed_s(now), here(form, sitting, now)

    def moment(end: float) -> datetime | None:
        return None if end == NEVER else now + timedelta(seconds=end - elapsed)

    ends = {part: moment(part_end(form.section(part), progress)) for part in progress.path}
    if progress.item is None:
        return Deadlines(parts=ends)
    section = form.section_with(progress.item)
    return Deadlines(section=ends[section.id], item=moment(item_end(section, progress, progress.item)), parts=ends)
