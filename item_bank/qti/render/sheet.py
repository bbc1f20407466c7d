"""One item while its HTML is being written: the page's facts, what was answered, and which names, numbers and ids are taken.

A Sheet is filled once and thrown away. It looks at the body and at the *types* of responses only: keys, mappings, processing and defaults
are never read here or below.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from assessment_engine.kernel.canonical import Json
from item_bank.qti.binding import typed
from item_bank.qti.model import (
    Block,
    Blocks,
    Choice,
    Feedback,
    InlineChoiceInteraction,
    Interaction,
    Markup,
    QtiItem,
    Shown,
    TextEntryInteraction,
    nested,
)
from item_bank.qti.render.elements import text
from item_bank.qti.render.page import Page
from item_bank.qti.render.words import language_of_words, limits, word
from item_bank.qti.values import BaseType, Cardinality

_NO_ID = re.compile(r"[^\w.-]+")
_ELSEWHERE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//|.*[\\\x00-\x20]", re.DOTALL)  # another scheme, another host, or no address at all


class Sheet:
    """The state of one writing; `write` is how one block is written (blocks.py), `say` how blocks are said in plain words (plain.py)."""

    def __init__(self, item: QtiItem, page: Page, write: "Callable[[Sheet, Block], str]", say: "Callable[[Sheet, Blocks], str]") -> None:
        self.item = item
        self.page = page
        ours = language_of_words(page.lang)
        self.our_language: dict[str, str] = {} if (item.lang or page.lang).partition("-")[0].lower() == ours else {"lang": ours}
        self.flat = False  # inside a label or a legend, where HTML has no paragraphs
        self.around: Interaction | None = None  # whose gaps or hottexts are being written
        self.offered: list[tuple[Choice, str]] = []  # what its gaps may hold, with the names of that
        self._write = write
        self._say = say
        self._ids: dict[str, int] = {}
        self._numbers: dict[str, int] = {}
        self._left: dict[str, list[str]] = {}

    # — writing

    def blocks(self, blocks: Blocks) -> str:
        """Write blocks, one after another."""
        write = self._write
        return "".join([text(block) if isinstance(block, str) else write(self, block) for block in blocks])

    def words(self, blocks: Blocks) -> str:
        """Say blocks in plain words, for names and options."""
        return self._say(self, blocks)

    def phrasing(self, blocks: Blocks) -> str:
        """Write blocks where HTML allows words only: paragraphs become lines."""
        before, self.flat = self.flat, True
        html = self.blocks(blocks)
        self.flat = before
        return html

    def inside(self, interaction: Interaction, blocks: Blocks) -> str:
        """Write the text that an interaction's gaps or hottexts stand in."""
        before, self.around = self.around, interaction
        html = self.blocks(blocks)
        self.around = before
        return html

    # — our words

    def word(self, key: str, **values: object) -> str:
        """Return our words in the page's language."""
        return word(self.page.lang, key, **values)

    def limits(self, noun: str, least: int, most: int) -> str:
        """Say how many are asked for."""
        return limits(self.page.lang, noun, least, most)

    @property
    def is_hindi(self) -> bool:
        """Tell whether the page is in Hindi."""
        return language_of_words(self.page.lang) == "hi"

    # — names and numbers

    def new_id(self, *parts: str) -> str:
        """Return an id that nothing else on the page has."""
        wanted = self.page.prefix + _NO_ID.sub("_", "-".join(parts))
        taken = self._ids.get(wanted, 0)
        self._ids[wanted] = taken + 1
        return self.new_id(*parts, str(taken + 1)) if taken else wanted

    def next_number(self, kind: str) -> int:
        """Count one more of a kind, from 1."""
        self._numbers[kind] = self._numbers.get(kind, 0) + 1
        return self._numbers[kind]

    def name_of_blank(self) -> str:
        """Name the next field in the running text: "Your answer" where there is one, else "Answer 2"."""
        number = self.next_number("blank")
        return self.word("answer") if self._blanks == 1 else self.word("answer_n", n=number)

    @cached_property
    def _blanks(self) -> int:
        return sum(isinstance(block, TextEntryInteraction | InlineChoiceInteraction) for block in nested(self.item.body))

    def author_id(self, name: str) -> str | None:
        """Return the page's id for an element that the author named; None where the page shows no such element."""
        return self._author_ids.get(name.strip())

    def claim_author_id(self, name: str) -> str | None:
        """Return the page's id for an author's element that is being written; None for the second one of that name."""
        known = self.author_id(name)
        if known is None or self._ids.get(known):
            return None
        self._ids[known] = 1
        return known

    @cached_property
    def _author_ids(self) -> Mapping[str, str]:
        named = [name for blocks in self._bodies for name in _named(self, blocks)]
        return {name: f"{self.page.prefix}named-{number}" for number, name in enumerate(dict.fromkeys(named), 1)}

    @property
    def _bodies(self) -> "Sequence[Blocks]":
        return [stimulus.body for stimulus in self.page.stimuli] + [self.item.body] + [each.content for each in self.item.modal_feedbacks]

    # — what shows

    def is_shown(self, shown: Shown | None) -> bool:
        """Tell whether content shows that may wait for a variable (QTI 3.0, "show-hide")."""
        return shown is None or shown.holds(self.page.values)

    def shows_feedback(self, shown: Shown) -> bool:
        """Tell whether feedback shows: never before there are outcomes."""
        return shown.variable in self.page.values and self.is_shown(shown)

    def shows(self, block: Feedback) -> bool:
        """Tell whether feedback or a template block shows."""
        return self.is_shown(block.shown) if block.by_template else self.shows_feedback(block.shown)

    def address(self, path: str) -> str | None:
        """Return where we serve a file; None where we do not, and for every address of somebody else."""
        wanted = path.strip()
        found = self.page.address(wanted) if wanted else None
        return None if not found or _ELSEWHERE.match(found) else found

    # — answers and controls

    @cached_property
    def _typed(self) -> Mapping[str, tuple[str, ...]]:
        return typed(self.item, self.page.response) if self.page.response else {}

    def answers(self, response: str) -> tuple[str, ...]:
        """Return what was answered, as text; pairs and points with one space."""
        return self._typed.get(response, ())

    def words_answered(self, response: str) -> list[str]:
        """Return what was answered with single spaces: identifiers, pairs, points."""
        return [" ".join(each.split()) for each in self.answers(response)]

    def take_answer(self, response: str, fits: Callable[[str], bool] = bool) -> str:
        """Return the next answer that no control shows yet and that fits; "" when there is none."""
        left = self._left.setdefault(response, list(self.answers(response)))
        place = next((place for place, each in enumerate(left) if fits(each)), None)
        return "" if place is None else left.pop(place)

    def file_name(self, response: str) -> str:
        """Return the name of the file that was handed in, or ""."""
        given: Json = self.page.response
        if isinstance(given, Mapping) and not {"name", "data"} <= given.keys():
            given = given.get(response)
        if isinstance(given, Sequence) and not isinstance(given, str):
            given = given[0] if given else None
        name = given.get("name") if isinstance(given, Mapping) else None
        return name if isinstance(name, str) else ""

    def is_single(self, response: str) -> bool:
        """Tell whether a response holds one value."""
        declared = self.item.responses.get(response)
        return declared is None or declared.cardinality in (Cardinality.SINGLE, Cardinality.RECORD)

    def base_type(self, response: str) -> BaseType:
        """Return a response's base type; a record is typed as text."""
        declared = self.item.responses.get(response)
        return BaseType.STRING if declared is None or declared.base_type is None else declared.base_type

    def control(self, response: str, kind: str, **data: str) -> dict[str, str]:
        """Return what every control says of itself; one whose response is not declared takes nothing."""
        declared = self.item.responses.get(response)
        more = {f"data-{name}": value for name, value in data.items()}
        if declared is None:
            return {"data-kind": kind, **more, "disabled": ""}
        typed_as = {"data-cardinality": declared.cardinality.value, "data-base-type": self.base_type(response).value}
        return {"data-response": response, **typed_as, "data-kind": kind, **more, **({"disabled": ""} if self.page.locked else {})}


def _named(sheet: Sheet, blocks: Blocks) -> Sequence[str]:
    """The ids that authors gave to what the page shows."""
    found: list[str] = []
    for block in blocks:
        if isinstance(block, Markup):
            found += [block.attributes["id"].strip()] if block.attributes.get("id", "").strip() else []
            found += _named(sheet, block.children)
        elif isinstance(block, Feedback):
            found += _named(sheet, block.content) if sheet.shows(block) else ()
        elif isinstance(block, Interaction):
            found += [*_named(sheet, block.prompt), *_named(sheet, block.inside)]
    return found
