"""How an item did with candidates: the parameters that a calibration found, each with the number of candidates it rests on.

A record of a version, never changed; a later calibration stands beside it, and the newest counts. Computed by psychometrics, kept here.
"""

from dataclasses import dataclass
from datetime import datetime
from math import isfinite

from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.ids import ItemVersionId

MODELS = ("1pl", "2pl", "3pl", "grm", "gpcm")


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCalibration:
    """One calibration of one version: discrimination `a`, difficulty `b`, guessing `c` (where the model has them), from `n` candidates."""

    version_id: ItemVersionId
    model: str
    a: float | None
    b: float | None
    c: float | None
    n: int
    at: datetime


def check_calibration(found: ItemCalibration) -> None:
    """Refuse a calibration that cannot be; raises Invalid."""
    if found.model not in MODELS:
        raise Invalid(f"a model is one of {', '.join(MODELS)}", problem="no_such_model")
    if any(value is not None and not isfinite(value) for value in (found.a, found.b, found.c)):
        raise Invalid("a parameter is a number", problem="parameter_out_of_range")
    if found.n < 1 or (found.c is not None and not 0 <= found.c <= 1):
        raise Invalid("a calibration rests on candidates, and guessing is between 0 and 1", problem="parameter_out_of_range")
