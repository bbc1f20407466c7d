"""What an exam asks of an item beyond being QTI: that it can be answered here, in one attempt, and scored without a person.

An item that falls short may lie in a bank as a draft; it is not approved. Not here: what breaks QTI itself (qti/validity/).
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from item_bank.items import plain_path
from item_bank.parity import differences
from item_bank.qti.model import CustomInteraction, QtiItem, Unsupported, nested
from item_bank.qti.package.references import Use, references
from item_bank.qti.processing import key_score, max_score

_SHOWN = frozenset({Use.IMAGE, Use.AUDIO, Use.VIDEO, Use.MEDIUM, Use.CAPTIONS, Use.STIMULUS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """One reason why an item cannot be in an exam. `code` is stable."""

    code: str
    message: str
    advice: str


def shortfalls(variants: Mapping[str, QtiItem], files: Mapping[str, Collection[str]]) -> tuple[Shortfall, ...]:
    """Return everything that keeps an item out of exams, in any language; `files` are the plain paths that each language came with."""
    if not variants:
        return (Shortfall(code="no_language", message="there is no language", advice="Import at least one file."),)
    return (*_of_languages(variants), *_of_files(variants, files), *_of_item(variants[min(variants)]))


def _of_files(variants: Mapping[str, QtiItem], files: Mapping[str, Collection[str]]) -> Iterator[Shortfall]:
    for lang, item in variants.items():
        for reference in references(item.root):
            shown = reference.use in _SHOWN and not reference.address.startswith(("#", "data:"))
            if shown and plain_path(reference.address) not in files.get(lang, ()):
                message = f"{reference.address[:100]} did not come with the item ({lang})"
                yield Shortfall(code="missing_file", message=message, advice="Import the item in a package that has the file.")


def _of_languages(variants: Mapping[str, QtiItem]) -> Iterator[Shortfall]:
    for _, what in differences(variants):
        advice = "Make the languages one question: the same identifiers, keys, processing, choices and numbers."
        yield Shortfall(code="languages_differ", message=what, advice=advice)


def _of_item(item: QtiItem) -> Iterator[Shortfall]:
    if not item.interactions:
        yield Shortfall(code="nothing_to_answer", message="there is nothing to answer", advice="Give the item body an interaction.")
    if any(isinstance(block, CustomInteraction | Unsupported) for block in nested(item.body)):
        message = "something in it cannot be shown here (a custom interaction, or an unknown element)"
        yield Shortfall(code="cannot_be_shown", message=message, advice="Use one of the interactions of QTI.")
    if item.adaptive:
        message = "an adaptive item needs several attempts; in an exam each question has one"
        yield Shortfall(code="needs_several_attempts", message=message, advice='Say adaptive="false", and score the first attempt.')
    yield from _of_score(item)


def _of_score(item: QtiItem) -> Iterator[Shortfall]:
    score = item.outcomes.get("SCORE")
    if score is None:
        yield Shortfall(code="no_score", message="there is no outcome SCORE", advice="Declare the outcome SCORE, single and float.")
        return
    if score.external_scored:
        message = f"SCORE is given by somebody else ({score.external_scored}); certified exams are scored by the engine alone for now"
        yield Shortfall(code="needs_human_scoring", message=message, advice="Score the item by response processing.")
    elif item.processing is None and item.outcome_processing is None:
        yield Shortfall(code="no_processing", message="there is no response processing", advice="Say how the response becomes SCORE.")
    yield from _of_best(max_score(item), None if score.external_scored else key_score(item))


def _of_best(best: float | None, key: float | None) -> Iterator[Shortfall]:
    """What the key earns tells more of a scoring rule than anything else that can be tried."""
    if key is not None and key <= 0:
        advice = "Look at the key and at the response processing: one of them is not what was meant."
        yield Shortfall(code="key_earns_nothing", message=f"the key itself earns {key:g}", advice=advice)
    elif best is None or best <= 0:
        advice = "Say normal-maximum at SCORE, or declare MAXSCORE with a default."
        yield Shortfall(code="no_best_score", message="the best score there is, is not said", advice=advice)
    elif key is not None and key > best:
        advice = "Correct MAXSCORE, normal-maximum or the response processing."
        yield Shortfall(code="key_exceeds_best", message=f"the key earns {key:g}, more than the best score {best:g}", advice=advice)
