"""Which part and which question comes next. One interface (route.py); linear, random and branching ways through a form.

An adaptive engine joins as one more Route: it is asked for the next item with the marks so far, and keeps its state as a document. Until it
is there, a form that asks for it is refused.
"""

from assessment_engine.delivery.routing.branching import Branching
from assessment_engine.delivery.routing.linear import Linear
from assessment_engine.delivery.routing.random import Random
from assessment_engine.delivery.routing.route import Footing, MarkOf, NextItem, Route, ShareOf, Turn
from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.ids import SittingId
from item_bank.forms import Form, Order

__all__ = ["Branching", "Footing", "Linear", "MarkOf", "NextItem", "Random", "Route", "ShareOf", "Turn", "foreseeable", "route_of"]


def route_of(form: Form, sitting_id: SittingId) -> Route:
    """Return a candidate's way through a form; raises Invalid for a form that asks for what is not there yet."""
    orders = {section.order for section in form.sections}
    if Order.ADAPTIVE in orders:
        raise Invalid("this form asks for the adaptive order, which is not there yet", form=form.id)
    inner = Random(form, sitting_id) if Order.RANDOM in orders else Linear(form)
    return Branching(inner) if form.deciding else inner


def foreseeable(form: Form) -> frozenset[str]:
    """Return the parts that every candidate comes to, whatever their marks. The others are shown, and fetched, when they are reached."""
    ids = [section.id for section in form.sections]
    return frozenset(section_id for section_id in ids if not form.deciding or not _avoidable(form, section_id))


def _avoidable(form: Form, section_id: str) -> bool:
    """Tell whether some marks lead past a part. Ways only lead forward, so one look from each place is enough."""
    places = {section.id: place for place, section in enumerate(form.sections)}
    end, reached = len(form.sections), {0}
    for place, section in enumerate(form.sections):
        if place not in reached:
            continue
        if section.id != section_id:  # it may be entered, and then left for any of these
            reached |= {place + 1, *(places[branch.to] for branch in section.branches)}
        if section.precondition is not None:  # it may be passed over
            reached.add(place + 1)
    return end in reached
