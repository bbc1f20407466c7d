"""A session as QTI results: what was answered and what it came to, ready for writer/results.py.

Correct responses are left out. DateTimes are the caller's.
"""

from collections.abc import Iterator

from item_bank.qti.model.declarations import OutcomeDeclaration
from item_bank.qti.model.results import AssessmentResult, ItemResult, ResultVariable, TestResult, VariableKind
from item_bank.qti.session.assessment import TestSession
from item_bank.qti.session.item import ItemSession, Variables
from item_bank.qti.values import BaseType, Cardinality, Value, single


def report(session: TestSession, *, candidate: str, datestamp: str, sitting: tuple[str, str] | None = None) -> AssessmentResult:
    """Report a whole test; `sitting` is (source, identifier). Items that were never shown are reported as initial."""
    items = [(each.key, session.sessions[each.key]) for each in session.plan.items if each.key in session.sessions]
    return AssessmentResult(
        candidate=candidate,
        sessions=() if sitting is None else (sitting,),
        test=TestResult(identifier=session.test.identifier, datestamp=datestamp, variables=tuple(_test_variables(session))),
        items=tuple(item_result(key, each, datestamp=datestamp, index=at) for at, (key, each) in enumerate(items, start=1)),
    )


def item_result(identifier: str, session: ItemSession, *, datestamp: str, index: int | None = None) -> ItemResult:
    """Report one item."""
    return ItemResult(
        identifier=identifier,
        datestamp=datestamp,
        status=session.status,
        sequence_index=index,
        variables=tuple(_item_variables(session)),
        comment=session.comment,
    )


def _test_variables(session: TestSession) -> Iterator[ResultVariable]:
    yield _built_in("duration", VariableKind.RESPONSE, BaseType.DURATION, single(BaseType.DURATION, session.spent.test))
    yield from (_outcome(declared, session.outcomes) for declared in session.test.outcomes.values())


def _item_variables(session: ItemSession) -> Iterator[ResultVariable]:
    values = session.values
    yield _built_in("numAttempts", VariableKind.RESPONSE, BaseType.INTEGER, values["numAttempts"])
    yield _built_in("duration", VariableKind.RESPONSE, BaseType.DURATION, values["duration"])
    yield from _declared(session, values)
    yield _built_in("completionStatus", VariableKind.OUTCOME, BaseType.IDENTIFIER, values["completionStatus"])


def _declared(session: ItemSession, values: Variables) -> Iterator[ResultVariable]:
    item = session.item
    kinds = ((VariableKind.TEMPLATE, item.templates), (VariableKind.RESPONSE, item.responses))
    for kind, declarations in kinds:
        for name, declared in declarations.items():
            yield ResultVariable(
                identifier=name, kind=kind, cardinality=declared.cardinality, base_type=declared.base_type, value=values.get(name)
            )
    yield from (_outcome(declared, values) for declared in item.outcomes.values())


def _outcome(declared: OutcomeDeclaration, values: Variables) -> ResultVariable:
    return ResultVariable(
        identifier=declared.identifier,
        kind=VariableKind.OUTCOME,
        cardinality=declared.cardinality,
        base_type=declared.base_type,
        value=values.get(declared.identifier),
        scorer=declared.external_scored,
        normal_minimum=declared.normal_minimum,
        normal_maximum=declared.normal_maximum,
    )


def _built_in(name: str, kind: VariableKind, base_type: BaseType, value: Value | None) -> ResultVariable:
    return ResultVariable(identifier=name, kind=kind, cardinality=Cardinality.SINGLE, base_type=base_type, value=value)
