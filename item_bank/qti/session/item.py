"""One candidate's attempts at one item (QTI 3.0, "Item Session Lifecycle").

An ItemSession is a frozen record; its verbs return a new one. Responses come typed, from binding/; the time of an attempt comes in
seconds. A non-adaptive item starts every attempt from its declared outcomes, an adaptive one goes on from the outcomes before and ends
when it is completed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache

from assessment_engine.kernel.errors import IllegalTransition, NotYet, WrongResponse
from item_bank.qti import binding
from item_bank.qti.model.assessment import DEFAULT_CONTROL, ItemSessionControl
from item_bank.qti.model.body import Feedback, nested
from item_bank.qti.model.interactions import EndAttemptInteraction
from item_bank.qti.model.item import ModalFeedback, QtiItem
from item_bank.qti.model.results import SessionStatus
from item_bank.qti.processing import OPERATORS, Copy, copy_of, score
from item_bank.qti.processing.assign import initial
from item_bank.qti.processing.scope import CustomOperator
from item_bank.qti.values import FALSE, TRUE, BaseType, Value, alike, integer, single

Variables = Mapping[str, Value | None]

COMPLETED = "completed"


class ItemState(StrEnum):
    """Where an item's session stands; suspended is an open session that is not on the screen."""

    INITIAL = "initial"  # nobody has seen it
    INTERACTING = "interacting"  # an attempt may be made
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSession:
    """An item in front of one candidate. `copy` is what template processing made of it; `outcomes` has completionStatus too."""

    item: QtiItem
    seed: int
    copy: Copy
    control: ItemSessionControl
    responses: Variables
    outcomes: Variables
    state: ItemState = ItemState.INITIAL
    is_presented: bool = False
    is_processed: bool = False  # an attempt has ended, counted or not
    num_attempts: int = 0
    duration: float = 0.0
    comment: str = ""
    operators: Mapping[str, CustomOperator] = field(default_factory=lambda: OPERATORS, repr=False)

    @classmethod
    def begin(
        cls,
        item: QtiItem,
        *,
        seed: int = 0,
        max_attempts: int | None = None,
        control: ItemSessionControl = DEFAULT_CONTROL,
        template_defaults: Variables | None = None,
    ) -> "ItemSession":
        """Begin a session: draw the item's copy and set every variable to what it starts with. `max_attempts` 0 is no limit."""
        item = with_template_defaults(item, template_defaults or {})
        said = ItemSessionControl(max_attempts=max_attempts).inside(control).inside(DEFAULT_CONTROL)
        copy = copy_of(item, seed)
        return cls(
            item=item,
            seed=seed,
            copy=copy,
            control=said,
            responses={name: copy.defaults.get(name, declared.default) for name, declared in item.responses.items()},
            outcomes={**initial_outcomes(item, copy), "completionStatus": _status("not_attempted")},
        )

    @property
    def max_attempts(self) -> int:
        """How many attempts there may be; 0 is no limit, as always for an adaptive item (QTI 3.0, "max-attempts")."""
        if self.item.adaptive:
            return 0
        return 1 if self.control.max_attempts is None else max(0, self.control.max_attempts)

    @property
    def completion_status(self) -> str:
        """not_attempted, unknown, incomplete or completed."""
        value = self.outcomes.get("completionStatus")
        return "unknown" if value is None else str(value.atom)

    @property
    def is_open(self) -> bool:
        """Whether another attempt may be made."""
        return self.state is not ItemState.CLOSED

    @property
    def values(self) -> Variables:
        """All variables: the item's and the built-in ones, as template, response and outcome processing left them."""
        return {
            **self.copy.templates,
            **self.responses,
            **self.outcomes,
            "numAttempts": integer(self.num_attempts),
            "duration": single(BaseType.DURATION, self.duration),
        }

    @property
    def status(self) -> SessionStatus:
        """What Results Reporting calls the state."""
        if self.is_processed:
            return SessionStatus.FINAL
        return SessionStatus.PENDING_SUBMISSION if self.is_presented else SessionStatus.INITIAL

    @property
    def hints(self) -> frozenset[str]:
        """The responses that only say which button ended the attempt (QTI 3.0, "endAttemptInteraction")."""
        return _hints(self.item)

    @property
    def responded(self) -> bool:
        """Whether any response differs from its default (QTI 3.0, "allow-skipping")."""
        return self.answers(self.responses)

    def answers(self, responses: Variables) -> bool:
        """Tell whether responses say anything; an item that asks nothing is never skipped."""
        if not self.item.responses:
            return True
        hints = self.hints
        return any(
            not alike(responses.get(name), self.copy.defaults.get(name, declared.default))
            and not (name in hints and responses.get(name) == FALSE)
            for name, declared in self.item.responses.items()
        )

    def enter(self) -> "ItemSession":
        """Show the item: its first attempt begins, and its completion becomes unknown (QTI 3.0, "completionStatus")."""
        if self.state is not ItemState.INITIAL:
            return self
        outcomes = {**self.outcomes, "completionStatus": _status("unknown")}
        return replace(self, state=ItemState.INTERACTING, is_presented=True, outcomes=outcomes)

    def spend(self, seconds: float) -> "ItemSession":
        """Add time on the screen; a closed session's duration stands (QTI 3.0, "duration")."""
        return replace(self, duration=self.duration + seconds) if seconds > 0 and self.state is ItemState.INTERACTING else self

    def hold(self, responses: Variables) -> "ItemSession":
        """Keep responses without processing them: they are a candidate's, who has not submitted yet; a response that is not named stays."""
        entered = self._for_attempt()
        return replace(entered, responses=entered._given(responses))

    def attempt(self, responses: Variables, duration: float = 0.0) -> "ItemSession":
        """Submit responses and process them; one that is not named keeps its value. `duration` is the seconds since the attempt before.

        Raises IllegalTransition after the last attempt, NotYet for an empty one where skipping is not allowed, WrongResponse for an
        invalid one where that is checked.
        """
        entered = self._for_attempt().spend(duration)
        given = entered._given(responses)
        entered.refuse_skipping(given)
        entered.refuse_invalid(given)
        return entered._processed(given)

    def submit(self) -> "ItemSession":
        """Process what is held, whatever it is: the part was submitted as one, or the candidate has left for good."""
        return self._for_attempt()._processed({**self.responses, **{name: self.responses.get(name) or FALSE for name in self.hints}})

    def _for_attempt(self) -> "ItemSession":
        if not self.is_open:
            raise IllegalTransition("no further attempt is allowed", problem="no_more_attempts", item=self.item.identifier)
        return self.enter()

    def _given(self, responses: Variables) -> Variables:
        unknown = sorted(set(responses) - set(self.item.responses))
        if unknown:
            raise WrongResponse(f"this question has no response called {', '.join(unknown)[:100]}")
        return {**self.responses, **responses, **{name: responses.get(name) or FALSE for name in self.hints}}

    def refuse_skipping(self, responses: Variables) -> None:
        """Refuse responses that say nothing where skipping is not allowed; raises NotYet."""
        if self.control.allow_skipping is False and not self.answers(responses):
            raise NotYet("this question may not be skipped", problem="skipping_not_allowed", item=self.item.identifier)

    def refuse_invalid(self, responses: Variables) -> None:
        """Refuse what breaks an interaction's constraints, where that is validated; raises WrongResponse. A hint asks for no answer."""
        if not self.control.validate_responses or any(responses.get(name) == TRUE for name in self.hints):
            return
        wrong = binding.shortcomings(self.item, responses)
        if wrong:
            raise WrongResponse(f"the answer is not complete: {', '.join(wrong)[:200]}", problem="invalid_response")

    def _processed(self, responses: Variables) -> "ItemSession":
        attempts = self.num_attempts + self._counts(responses)
        kept = self.outcomes if self.item.adaptive else self._reset()
        settled = {name for name, declared in self.item.outcomes.items() if declared.external_scored}  # nobody has scored it yet
        going_on = {name: value for name, value in kept.items() if name not in settled}
        before = {**going_on, "numAttempts": integer(attempts), "duration": single(BaseType.DURATION, self.duration)}
        made = score(self.item, responses, seed=self.seed, before=before, operators=self.operators)
        after = replace(self, responses=responses, outcomes={**kept, **made.values}, num_attempts=attempts, is_processed=True)
        return after.close() if after._spent else after

    def _counts(self, responses: Variables) -> bool:
        """Whether this attempt counts: not where a button ended it that says so (QTI 3.0, "endAttemptInteraction", count-attempt)."""
        pressed = [each for each in _buttons(self.item) if responses.get(each.response) == TRUE]
        return not pressed or any(each.count_attempt for each in pressed)

    def _reset(self) -> Variables:
        return {**initial_outcomes(self.item, self.copy), "completionStatus": self.outcomes["completionStatus"]}

    @property
    def _spent(self) -> bool:
        return self.completion_status == COMPLETED if self.item.adaptive else 0 < self.max_attempts <= self.num_attempts

    def close(self) -> "ItemSession":
        """End the session: no attempt is possible any more."""
        return replace(self, state=ItemState.CLOSED)

    def noted(self, comment: str) -> "ItemSession":
        """Keep a candidate's comment; raises IllegalTransition where none is allowed."""
        if not self.control.allow_comment:
            raise IllegalTransition("no comment is allowed here", problem="comment_not_allowed", item=self.item.identifier)
        return replace(self, comment=comment)

    @property
    def shows_feedback(self) -> bool:
        """Whether modal feedback may be seen now: when an attempt has ended, after the last one as the control says."""
        return self.is_processed and self.shows_integrated_feedback

    @property
    def shows_integrated_feedback(self) -> bool:
        """Whether feedback in the body may be seen: from the beginning on, after the last attempt as said (QTI 3.0, "show-feedback")."""
        return self.is_presented and (self.is_open or self.item.adaptive or bool(self.control.show_feedback))

    @property
    def feedbacks(self) -> tuple[ModalFeedback, ...]:
        """The modal feedback that the outcomes call for, whoever may see it."""
        return tuple(each for each in self.item.modal_feedbacks if self.is_processed and each.shown.holds(self.outcomes))

    @property
    def integrated_feedbacks(self) -> tuple[Feedback, ...]:
        """The feedback inside the body that the outcomes call for."""
        return tuple(
            each
            for each in nested(self.item.body)
            if isinstance(each, Feedback) and not each.by_template and each.shown.holds(self.outcomes)
        )

    def solution(self) -> Variables:
        """Return the correct responses of this copy; raises NotYet before the last attempt, or where none is shown."""
        if self.is_open or not self.control.show_solution:
            raise NotYet("the solution is not shown", problem="solution_not_shown", item=self.item.identifier)
        return {name: self.copy.corrects.get(name, declared.correct) for name, declared in self.item.responses.items()}


def with_template_defaults(item: QtiItem, defaults: Variables) -> QtiItem:
    """Return the item with other defaults for its template variables (QTI 3.0, "templateDefault"); unknown names have no effect."""
    known = {name: value for name, value in defaults.items() if name in item.templates}
    if not known:
        return item
    return replace(
        item,
        templates={name: replace(declared, default=known.get(name, declared.default)) for name, declared in item.templates.items()},
    )


def initial_outcomes(item: QtiItem, copy: Copy | None = None) -> dict[str, Value | None]:
    """Return what outcomes start with, in a copy whose template processing may have set their defaults."""
    changed: Variables = {} if copy is None else copy.defaults
    return {name: initial(declared, changed.get(name, declared.default)) for name, declared in item.outcomes.items()}


def opening_values(item: QtiItem, copy: Copy) -> Variables:
    """Return what a page shows an item with before any attempt: its templates, and what an adaptive item's outcomes start with.

    The body of an adaptive item may open with feedback, its first interaction inside.
    """
    return {**copy.templates, **(initial_outcomes(item, copy) if item.adaptive else {})}


@lru_cache(maxsize=4096)
def _buttons(item: QtiItem) -> tuple[EndAttemptInteraction, ...]:
    return tuple(each for each in item.interactions if isinstance(each, EndAttemptInteraction) and each.response in item.responses)


@lru_cache(maxsize=4096)
def _hints(item: QtiItem) -> frozenset[str]:
    return frozenset(each.response for each in _buttons(item))


def _status(word: str) -> Value:
    return single(BaseType.IDENTIFIER, word)
