"""An exam's calibration record in plain words: what limit, for which budget, found on what; and why a file was refused."""

from collections.abc import Mapping

from api.pages.exam_rules import RuleWords
from api.pages.sent import Said
from api.words import N_
from assessment_engine.kernel.errors import AssessmentError
from proctoring.calibration import CalibrationRecord, Found
from proctoring.probability import FEWEST

FOUND: Mapping[str, str] = {
    "continuous": N_("Long looks away that were found"),
    "repeated": N_("Repeated short looks away that were found"),
}
REFUSALS: Mapping[str, str] = {
    "calibration_unreadable": N_("This file is no calibration record. Choose the file that “proctor simulate --out” wrote, as it is."),
    "calibration_altered": N_("The record was changed after it was made: its hash names another one. Choose the file as it was written."),
    "calibration_unfit": N_(
        "The record keeps %(record)s false alarms an hour, and this exam promises %(exam)s. Solve one for %(exam)s:"
        " assessment-engine proctor simulate --budget %(exam)s --out record.json"
    ),
    "two_officers_needed": N_("This exam has a record. Another one is proposed, and two officers sign it."),
    "nothing_calibrated": N_("This exam has no record yet. Attach one."),
    "proposal_open": N_("A proposal waits for a second officer. Sign it or give it up first."),
    "proposal_closed": N_("This proposal is closed."),
    "second_person_needed": N_("You signed this proposal. A second, different officer is needed."),
    "not_allowed": N_("The password was wrong."),
    "too_many_tries": N_("Too many tries. Wait a little."),
    "reason": N_("Say why, in at least 10 letters."),
    "exam_begun": N_("Somebody has begun this exam meanwhile. Its rules stay as they are."),
}


def refusal_of(error: AssessmentError) -> Said:
    """Say why a record was not attached, or not taken away."""
    code = str(error.details.get("problem") or error.details.get("field") or error.code)
    return REFUSALS.get(code, REFUSALS["calibration_unreadable"]), error.details


def facts_of(record: CalibrationRecord) -> list[RuleWords]:
    """Say what a record promises, and what it was tried on."""
    rate = {"n": f"{record.rate:.3g}", "low": f"{record.false_alarms_low:.3g}", "high": f"{record.false_alarms_high:.3g}"}
    tried = {"alarms": record.false_alarms, "hours": f"{record.fresh_hours:g}"}
    solved = (
        N_("%(hours)s simulated hours, seed %(seed)s") if record.simulated else N_("%(hours)s hours of own clean sittings, seed %(seed)s")
    )
    return [
        _line(N_("Budget"), (N_("%(n)s false alarms in an hour of one candidate"), {"n": f"{record.budget:g}"})),
        _line(
            N_("False alarms that came"),
            (N_("%(n)s an hour (95 %%: %(low)s to %(high)s)"), rate),
            (N_("%(alarms)s in %(hours)s fresh simulated hours"), tried),
        ),
        *(_line(FOUND[one.kind], _share(one)) for one in record.recall if one.kind in FOUND),
        _line(N_("Solved on"), (solved, {"hours": f"{record.hours:g}", "seed": record.seed})),
        _line(N_("How likely findings are true"), _likely(record)),
    ]


def _likely(record: CalibrationRecord) -> Said:
    """Say how many labelled findings there are, and of how many kinds and qualities of picture enough for a probability."""
    tables = record.probabilities
    if not tables:
        return N_("not calibrated: no labelled findings, so that the machine's number is a score and no probability"), {}
    values = {"n": sum(one.labels for one in tables), "of": len(tables), "fewest": FEWEST}
    enough = sum(one.labels >= FEWEST for one in tables)
    return N_(
        "%(n)s labelled findings; %(enough)s of %(of)s kinds and qualities of picture have the %(fewest)s that a probability takes"
    ), {
        **values,
        "enough": enough,
    }


def _share(one: Found) -> Said:
    values = {
        "found": one.found,
        "total": one.total,
        "share": _percent(one.found / one.total),
        "low": _percent(one.low),
        "high": _percent(one.high),
    }
    return N_("%(found)s of %(total)s: %(share)s %% (95 %%: %(low)s to %(high)s %%), simulated"), values


def _percent(share: float) -> str:
    return f"{100 * share:.1f}".removesuffix(".0")


def _line(about: str, *said: Said) -> RuleWords:
    return RuleWords(about, said)
