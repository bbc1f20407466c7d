"""The record that a limit for looking away comes from: which budget, solved on what, and what fresh hours said of it.

A record is named by the SHA-256 of its own canonical form (RFC 8785), so that what an exam was pinned to can never be another one.
Made by simulation.py, turned into a policy by policy.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from assessment_engine.kernel.canonical import Json, digest
from assessment_engine.kernel.errors import Invalid

VERSION = 1


class CalibrationAltered(Invalid):
    """A calibration record is not the one that its hash names."""

    code = "calibration_altered"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationRecord:
    """One limit, solved on `hours` and tested on `fresh_hours`; `budget` and the 95 % interval of false alarms are per candidate-hour."""

    budget: float
    threshold: float
    windows_s: tuple[float, ...]
    false_alarms: int
    fresh_hours: float
    false_alarms_low: float
    false_alarms_high: float
    hours: float
    seed: int
    generator: str
    version: int = VERSION

    def __post_init__(self) -> None:
        if self.version != VERSION or not self.threshold > 0 or not self.budget > 0 or not self.windows_s or min(self.windows_s) <= 0:
            raise Invalid("a calibration has a budget, a threshold and windows above zero, and a version that is known")

    @property
    def content(self) -> dict[str, Json]:
        """Return what is hashed."""
        return {one.name: _plain(getattr(self, one.name)) for one in fields(self)}

    @property
    def sha256(self) -> str:
        """Return the record's name, 64 hexadecimal digits."""
        return digest(self.content)

    def as_json(self) -> dict[str, Json]:
        """Return the record with its hash, for a file or an exam."""
        return {**self.content, "sha256": self.sha256}

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Self:
        """Read what `as_json` wrote; raises Invalid, or CalibrationAltered where the hash names another record."""
        try:
            content: dict[str, Any] = {name: _read(name, value) for name, value in given.items() if name != "sha256"}
            record = cls(**content)
        except (TypeError, ValueError) as wrong:
            raise Invalid("this is not a calibration record") from wrong
        if given.get("sha256") != record.sha256:
            raise CalibrationAltered("the calibration record was changed after it was made")
        return record


def _plain(value: Any) -> Json:
    return list(value) if isinstance(value, tuple) else value


def _read(name: str, value: Any) -> Any:
    """Return a value in its own type: JSON does not tell 200.0 from 200."""
    if name == "windows_s":
        return tuple(float(length) for length in value)
    return value if name == "generator" else int(value) if name in ("false_alarms", "seed", "version") else float(value)
