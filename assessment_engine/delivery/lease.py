"""The single-writer lease: which window of a candidate may change answers (ADR 23).

A window names itself. Whoever opens the page first has the lease; another window takes it over in one step, and must say from whom, so
that two windows that ask at once do not both believe they got it. By policy only an invigilator can free it. Driven by services/leases.py;
delivery/responses.py refuses what other windows send.
"""

from dataclasses import replace

from assessment_engine.delivery.sitting import ENDED, RUNNING, Sitting
from assessment_engine.kernel.errors import LeaseMoved, NotYet, SittingSealed

BY_INVIGILATOR = "invigilator"


def take(sitting: Sitting, writer: str, known: str | None, device_change: str) -> Sitting:
    """Give a window the lease. `known` is who holds it as far as that window knows; raises LeaseMoved when it may not have it."""
    _check_open(sitting)
    if sitting.writer == writer:
        return sitting
    if sitting.writer is not None and device_change == BY_INVIGILATOR:
        raise LeaseMoved("the exam is open in another window; an invigilator can free it", writer=sitting.writer, by=BY_INVIGILATOR)
    if sitting.writer is not None and known != sitting.writer:
        raise LeaseMoved("the exam is open in another window or on another device", writer=sitting.writer, by="candidate")
    return sitting.taken_over(writer)


def free(sitting: Sitting) -> Sitting:
    """Take the lease from whoever has it, so that any window of the candidate may go on."""
    _check_open(sitting)
    return replace(sitting, writer=None)


def _check_open(sitting: Sitting) -> None:
    if sitting.state in ENDED:
        raise SittingSealed("the sitting is closed; nobody writes in it any more")
    if sitting.state not in RUNNING:
        raise NotYet("the sitting has not started")
