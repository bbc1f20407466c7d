"""The record that a limit for looking away comes from: which budget, solved on what, and what fresh hours said of it.

A record is named by the SHA-256 of its own canonical form (RFC 8785), so that what an exam was pinned to can never be another one.
Made by simulation.py, turned into a policy by policy.py.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from math import isfinite
from typing import Any, Self

from assessment_engine.kernel.canonical import Json, digest
from assessment_engine.kernel.errors import Invalid
from proctoring.probability import Table

VERSION = 5  # of what the limit is a limit on: records of the detectors before are on other scales
SIMULATED = "signal-"  # what the name of a generator of made-up people begins with
LARGEST = 64 * 1024  # bytes of a record's JSON


class NotACalibration(Invalid):
    """What was given is no calibration record."""

    code = "calibration_unreadable"


class CalibrationAltered(Invalid):
    """A calibration record is not the one that its hash names."""

    code = "calibration_altered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """How many simulated episodes of one kind the limit found, of how many, with the exact 95 % interval of their share."""

    kind: str
    found: int
    total: int
    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.kind or not 0 <= self.found <= self.total or not 0 <= self.low <= self.high <= 1 or not self.total:
            raise NotACalibration("of episodes some are found, and their share has an interval")


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationRecord:
    """One limit, solved on `hours` and tested on `fresh_hours`; `budget` and the 95 % interval of false alarms are per candidate-hour.

    `recall` is what the same limit found of simulated episodes; a record from before it was kept has none. `probabilities` are counted from
    labelled recordings, by `proctor evaluate --calibrate`.
    """

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
    recall: tuple[Found, ...] = ()
    probabilities: tuple[Table, ...] = ()

    def __post_init__(self) -> None:
        above_zero = (self.budget, self.threshold, self.hours, self.fresh_hours, *self.windows_s)
        if self.version != VERSION or not self.windows_s or not all(isfinite(one) and one > 0 for one in above_zero):
            raise NotACalibration("a calibration has a budget, a threshold, hours and windows above zero, and a version that is known")
        rates = (0.0, self.false_alarms_low, self.false_alarms_high)
        if self.false_alarms < 0 or not all(map(isfinite, rates)) or list(rates) != sorted(rates):
            raise NotACalibration("false alarms are counted, and their rate has an interval")

    @property
    def rate(self) -> float:
        """Return the false alarms per candidate-hour that fresh hours had."""
        return self.false_alarms / self.fresh_hours

    @property
    def simulated(self) -> bool:
        """Whether the hours were made up rather than recorded."""
        return self.generator.startswith(SIMULATED)

    @property
    def content(self) -> dict[str, Json]:
        """Return what is hashed."""
        content = {one.name: _plain(getattr(self, one.name)) for one in fields(self)}
        for later in ("recall", "probabilities"):
            if not content[later]:
                del content[later]
        return content

    @property
    def sha256(self) -> str:
        """Return the record's name, 64 hexadecimal digits."""
        return digest(self.content)

    def as_json(self) -> dict[str, Json]:
        """Return the record with its hash, for a file or an exam."""
        return {**self.content, "sha256": self.sha256}

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Self:
        """Read what `as_json` wrote; raises NotACalibration, or CalibrationAltered where the hash names another record."""
        try:
            content: dict[str, Any] = {name: _read(name, value) for name, value in given.items() if name != "sha256"}
            record = cls(**content)
        except (KeyError, TypeError, ValueError, ArithmeticError) as wrong:
            raise NotACalibration("this is not a calibration record") from wrong
        if given.get("sha256") != record.sha256:
            raise CalibrationAltered("the calibration record was changed after it was made")
        return record

    @classmethod
    def from_file(cls, written: bytes) -> Self:
        """Read the file that `proctor simulate --out` wrote; raises NotACalibration or CalibrationAltered."""
        try:
            given = json.loads(written) if len(written) <= LARGEST else None
        except (ValueError, RecursionError) as broken:
            raise NotACalibration("this file is not JSON") from broken
        if not isinstance(given, dict):
            raise NotACalibration("this file is not a calibration record")
        return cls.from_json(given)


def _plain(value: Any) -> Json:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Table):
        return value.as_json()
    return {one.name: getattr(value, one.name) for one in fields(value)} if isinstance(value, Found) else value


def _read(name: str, value: Any) -> Any:
    """Return a value in its own type: JSON does not tell 200.0 from 200."""
    if name == "windows_s":
        return tuple(float(length) for length in value)
    if name == "recall":
        return tuple(Found(**{key: _number(key, one) for key, one in each.items()}) for each in value)
    if name == "probabilities":
        return tuple(Table.from_json(each) for each in value)
    return _number(name, value)


def _number(name: str, value: Any) -> Any:
    if name in ("generator", "kind"):
        if not isinstance(value, str):
            raise TypeError(f"{name} is a word")
        return value
    return int(value) if name in ("false_alarms", "seed", "version", "found", "total") else float(value)
