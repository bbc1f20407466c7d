"""`bench items`: how fast items are read, scored and rendered, how much memory they take, and what a large bank costs (banks.py).

The items are made here: choices, numbers with a tolerance and pairs with custom processing, in English and Hindi. Every speed
stands beside the result it was reached with (items read, scores right), and beside a bare XML parse of the same bytes in the same run.
"""

import statistics
import time
import tracemalloc
from collections.abc import Callable, Sequence

from lxml import etree

from assessment_engine.bench.banks import bank_figures
from assessment_engine.bench.item_samples import Sample, choice_item, match_item, number_item, samples
from assessment_engine.bench.measure import Figure, Report, medians, seconds
from item_bank.qti.binding import bind
from item_bank.qti.model import QtiItem
from item_bank.qti.processing import score
from item_bank.qti.reader import read_item
from item_bank.qti.render import Page, render

RUNS = 3
READ = 10_000
SCORED = 20_000
RENDERED = 2_000


def run(short: bool) -> Report:
    """Measure; the short form does a twentieth of the work."""
    part = 20 if short else 1
    runs = [{**_reading(READ // part), **_scoring(SCORED // part), **_rendering(RENDERED // part)} for _ in range(RUNS)]
    seen = medians(runs)
    peak_mb = _peak_mb(READ // part)
    of_banks, linear = bank_figures(short)
    return Report(
        name="items",
        runs=runs,
        figures={
            "read_items": Figure(value=READ // part, unit="items"),
            "read_all": Figure(value=seen["read_s"], unit="s"),
            "read_one": Figure(value=seen["read_s"] / (READ // part) * 1000, unit="ms"),
            "read_peak_memory": Figure(value=peak_mb, unit="MB"),
            "score_choice": Figure(value=seen["choice_per_s"], unit="items/s", bar=">= 5000"),
            "score_custom": Figure(value=seen["custom_per_s"], unit="items/s", bar=">= 1000"),
            "scores_right": Figure(value=seen["right"], unit="share", bar=">= 1"),
            "render_median": Figure(value=seen["render_ms"], unit="ms", bar="<= 2"),
            **of_banks,
        },
        ratios={
            "read_to_bare_parse": seen["read_s"] / seen["parse_s"],
            "read_whole_to_ten_tenths": seen["linear"],
            "read_and_kept_whole_to_ten_tenths": seen["linear_kept"],
            **linear,
        },
    )


def _reading(count: int) -> dict[str, float]:
    files = [sample.xml for sample in samples(count)]
    tenth = files[: count // 10]
    few, many = seconds(lambda: _read(tenth)), seconds(lambda: _read(files))
    few_kept = seconds(lambda: [read_item(xml) for xml in tenth])
    kept = seconds(lambda: [read_item(xml) for xml in files])
    bare = seconds(lambda: [etree.fromstring(xml) for xml in files])
    return {"read_s": many, "parse_s": bare, "linear": many / (few * 10), "linear_kept": kept / (few_kept * 10)}


def _read(files: Sequence[bytes]) -> None:
    """Read one after another and keep none, as an import does."""
    for xml in files:
        read_item(xml)


def _scoring(count: int) -> dict[str, float]:
    choice, right = _scored([choice_item], count)
    custom, also_right = _scored([number_item, match_item], count // 4)
    return {"choice_per_s": choice, "custom_per_s": custom, "right": min(right, also_right)}


def _scored(kinds: Sequence[Callable[[int], Sample]], count: int) -> tuple[float, float]:
    """Bind and score `count` responses over 200 items; returns scores a second and the share that was right."""
    taken = [kinds[index % len(kinds)](index) for index in range(200)]
    items = [(read_item(sample.xml), sample) for sample in taken]
    right = 0

    def work() -> None:
        nonlocal right
        for index in range(count):
            item, sample = items[index % 200]
            response, expected = sample.cases[index % len(sample.cases)]
            right += score(item, bind(item, response)).score == expected

    spent = seconds(work)
    return count / spent, right / count


def _rendering(count: int) -> dict[str, float]:
    items = [(read_item(sample.xml), sample.lang) for sample in samples(100)]
    return {"render_ms": statistics.median(_rendered_ms(*items[index % 100]) for index in range(count))}


def _rendered_ms(item: QtiItem, lang: str) -> float:
    begun = time.perf_counter()
    render(item, Page(lang=lang, prefix="q-"))
    return (time.perf_counter() - begun) * 1000


def _peak_mb(count: int) -> float:
    """Return the peak of memory while reading `count` items and keeping every one; apart from the timed runs, which it would slow."""
    files = [sample.xml for sample in samples(count)]
    tracemalloc.start()
    kept = [read_item(xml) for xml in files]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    return peak / 1e6
