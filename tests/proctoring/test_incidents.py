"""Bundles: one at a time, only graver, and never mixed with what could not be watched."""

import json
from dataclasses import replace

from proctoring.incidents import Bundler, Change, Incident, IncidentChange
from proctoring.policy import STANDARD, Kind, Severity, Tier
from proctoring.signals import Finding


def a_finding(kind: Kind, start: float, last: float, *, end: float | None = None) -> Finding:
    return Finding(
        kind=kind,
        first_seq=int(start),
        start_s=start,
        raised_s=start + 2,
        last_s=last,
        end_s=end,
        peak=1.0,
        peak_s=start,
        threshold=1.0,
        confidence=1.0,
    )


def told(bundler: Bundler) -> list[tuple[Change, Kind, Severity | None]]:
    return [(change.change, change.incident.kind, change.incident.severity) for change in bundler.changes()]


def test_findings_that_come_together_are_one_incident() -> None:
    bundler = Bundler(STANDARD)
    bundler.receive(12, [a_finding(Kind.LOOKING_AWAY, 10, 12)], None)
    bundler.receive(14, [a_finding(Kind.LOOKING_AWAY, 10, 12, end=12), a_finding(Kind.PHONE, 11, 14)], None)
    bundler.receive(15, [a_finding(Kind.PHONE, 11, 14, end=14)], None)
    bundler.receive(19, [], None)

    changes = bundler.changes()

    assert [change.change for change in changes] == [Change.OPENED, Change.UPGRADED, Change.CLOSED]
    assert {change.incident.key for change in changes} == {(Kind.LOOKING_AWAY, 10)}
    last = changes[-1].incident
    assert (last.kind, last.tier, last.start_s, last.end_s) == (Kind.PHONE, Tier.ALERT, 10, 14)


def test_severity_only_rises() -> None:
    bundler = Bundler(STANDARD)
    bundler.receive(45, [a_finding(Kind.NOBODY, 10, 45)], None)
    bundler.receive(46, [a_finding(Kind.NOBODY, 10, 45, end=45), a_finding(Kind.BOOK, 44, 46)], None)
    bundler.receive(60, [a_finding(Kind.BOOK, 44, 46, end=46)], None)

    assert told(bundler) == [
        (Change.OPENED, Kind.NOBODY, Severity.HIGH),
        (Change.UPGRADED, Kind.NOBODY, Severity.HIGH),
        (Change.CLOSED, Kind.NOBODY, Severity.HIGH),
    ]


def test_a_soft_signal_alone_stays_medium_for_ever() -> None:
    bundler = Bundler(STANDARD)
    for second in range(12, 4000, 60):
        bundler.receive(second, [a_finding(Kind.LOOKING_AWAY, 10, second)], None)

    assert {severity for _, _, severity in told(bundler)} == {Severity.LOW, Severity.MEDIUM}


def test_a_change_is_handed_out_once() -> None:
    bundler = Bundler(STANDARD)
    bundler.receive(12, [a_finding(Kind.PHONE, 10, 12)], None)

    assert len(bundler.changes()) == 1
    assert bundler.changes() == []


def test_after_quiet_time_a_new_incident_begins() -> None:
    bundler = Bundler(STANDARD)
    bundler.receive(12, [a_finding(Kind.PHONE, 10, 12, end=12)], None)
    bundler.receive(17, [], None)
    bundler.receive(30, [a_finding(Kind.PHONE, 28, 30)], None)

    assert [(c.change, c.incident.first_seq) for c in bundler.changes()] == [(Change.OPENED, 10), (Change.CLOSED, 10), (Change.OPENED, 28)]


def a_stored_incident() -> IncidentChange:
    bundler = Bundler(STANDARD)
    bundler.receive(20, [a_finding(Kind.NOBODY, 10, 20)], None)
    return bundler.changes()[0]


def test_a_new_owner_goes_on_under_the_old_key() -> None:
    heir = Bundler(STANDARD, [a_stored_incident().incident])
    heir.receive(40, [a_finding(Kind.NOBODY, 31, 40)], None)
    heir.receive(60, [a_finding(Kind.NOBODY, 31, 45, end=45)], None)

    changes = heir.changes()

    assert {change.incident.key for change in changes} == {(Kind.NOBODY, 10)}
    assert Change.OPENED not in {change.change for change in changes}
    assert [(c.change, c.incident.severity) for c in changes] == [(Change.UPGRADED, Severity.HIGH), (Change.CLOSED, Severity.HIGH)]
    assert (changes[-1].incident.start_s, changes[-1].incident.end_s) == (10, 45)


def test_an_incident_whose_evidence_never_returns_is_closed_by_the_new_owner() -> None:
    heir = Bundler(STANDARD, [a_stored_incident().incident])
    for second in range(21, 60):
        heir.receive(second, [], None)

    (change,) = heir.changes()

    assert (change.change, change.incident.key, change.incident.end_s) == (Change.CLOSED, (Kind.NOBODY, 10), 20)


def test_an_incident_long_closed_is_not_taken_up_again() -> None:
    old = replace(a_stored_incident().incident, end_s=20.0)
    heir = Bundler(STANDARD, [old])
    heir.receive(40, [a_finding(Kind.NOBODY, 31, 40)], None)

    assert [change.change for change in heir.changes()] == [Change.OPENED]


def test_an_incident_is_plain_json() -> None:
    incident = a_stored_incident().incident

    written = json.loads(json.dumps(incident.as_json()))

    assert (written["rule"], written["first_seq"], written["severity"], written["tier"]) == ("nobody", 10, "medium", "alert")


def test_the_next_owner_reads_what_was_stored() -> None:
    incident = a_stored_incident().incident

    assert Incident.from_json(json.loads(json.dumps(incident.as_json()))) == incident
