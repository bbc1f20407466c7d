import signal
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from random import Random
from types import FrameType

from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import AssessmentError
from item_bank.qti.binding import bind, shortcomings, typed
from item_bank.qti.model import QtiItem
from item_bank.qti.model.nodes import Document, Node, Version
from item_bank.qti.package import ImportPlan, as_lines, open_package, plan_import
from item_bank.qti.processing import copy_of, max_score, score
from item_bank.qti.reader import assessment_of, parse, read_item, read_results, read_section, read_stimulus
from item_bank.qti.render import Page, modal_feedbacks, render
from item_bank.qti.session import plan
from item_bank.qti.validity import MAX_FINDINGS, findings, read_item_strictly
from item_bank.qti.writer import convert

Steps = Iterator[tuple[str, Callable[[], object]]]
LIMIT = 2.0  # seconds of this process for one file: all that is done with it
_WORDS: tuple[Json, ...] = (
    None, "", "A", "B", "1", "0.5", "-3", "1e400", "A B", "a x", "10 20", "true", True, 3, 2.5, float("inf"), [], ["A", "B"], ["A", "A"],
    ["a x", "A x"], [1, 2], ["1", None], {"RESPONSE": "A"}, {"RESPONSE": ["A"], "WORD": "सभा"}, {"base": {"identifier": "A"}},
    {"list": {"pair": [["A", "B"]]}}, {"record": []}, {"name": "a.txt", "type": "text/plain", "data": "YQ=="}, {"data": 3}, "x" * 70_000,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """What went wrong: a short name, the same for the same fault, and the words of it."""

    name: str
    words: str


class TooSlow(BaseException):
    """Nothing in the engine catches this."""


def tried(xml: bytes, chance: Random) -> tuple[str, Found | None]:
    """Do all that can be done with a file; say how far it came, and what went wrong."""
    return _through(_steps(xml, chance))


def tried_package(package: bytes) -> tuple[str, Found | None]:
    """Do all that can be done with a package."""
    return _through(_package_steps(package))


def _through(steps: Steps) -> tuple[str, Found | None]:
    reached, began = "refused", time.process_time()
    try:
        with _limited(5 * LIMIT):
            for name, step in steps:
                reached = name
                _allowed(step)
    except AssessmentError:
        return reached, None
    except (Exception, TooSlow) as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        return reached, Found(f"{type(error).__name__} in {last.filename.rpartition('item_bank')[2]}:{last.lineno}", traceback.format_exc())
    spent = time.process_time() - began
    return reached, Found(f"slow: {reached}", f"{spent:.1f} s") if spent > LIMIT else None


def _package_steps(source: bytes) -> Steps:
    package = open_package(source)
    for lenient in (False, True):
        plan = plan_import(package, lenient=lenient)
        yield f"planned, {'leniently' if lenient else 'strictly'}", partial(_said, plan)


def _said(found: ImportPlan) -> list[str]:
    return list(as_lines(found.problems))


def _rewritten(root: Node, version: Version) -> Document:
    return parse(convert(root, version).xml)


def _steps(xml: bytes, chance: Random) -> Steps:
    document = parse(xml)
    yield "parsed", lambda: _judged(xml)
    for version in Version:
        yield f"written as {version}", partial(_rewritten, document.root, version)
    readers: tuple[Callable[[bytes], object], ...] = (read_stimulus, read_results, read_section)
    for read in readers:
        yield "read as another root", partial(read, xml)
    if document.root.name == "qti-assessment-test":
        yield "read as a test", lambda: plan(assessment_of(document), chance.randrange(99))
    yield "read strictly", lambda: read_item_strictly(xml)
    item = read_item(xml)
    yield from _item_steps(item, chance)


def _judged(xml: bytes) -> None:
    found = findings(parse(xml))
    assert len(found) <= MAX_FINDINGS + 1
    assert all(each.code and each.message and each.line >= 0 for each in found)


def _item_steps(item: QtiItem, chance: Random) -> Steps:
    raw = chance.choice(_WORDS)
    named = {name: chance.choice(_WORDS) for name in item.responses}
    yield "bound strictly", lambda: bind(item, raw)
    yield "scored once", lambda: score(item, bind(item, raw, lenient=True), seed=chance.randrange(99))
    responses = bind(item, named, lenient=True)
    seed = chance.randrange(99)
    outcomes = score(item, responses, seed=seed)
    assert outcomes.values == score(item, responses, seed=seed).values
    yield "looked through", lambda: (max_score(item), shortcomings(item, responses), typed(item, named))
    values = {**outcomes.values, **copy_of(item, seed).templates}
    page = Page(lang=chance.choice(("en", "hi")), prefix="q", response=named, order_seed=str(seed), values=values, locked=seed % 2 == 0)
    yield "rendered", lambda: (render(item, page), modal_feedbacks(item, page))
    yield "rendered bare", lambda: render(item, Page(lang="en", response=raw))


def _allowed(step: Callable[[], object]) -> None:
    try:
        step()
    except AssessmentError as refusal:
        assert refusal.code and str(refusal)


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
