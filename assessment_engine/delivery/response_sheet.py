"""The response sheet: what a candidate answered, question by question, with a receipt for each. JSON for machines, a page for people.

`sheet_document` is what `assessment-engine receipts verify` checks (delivery/receipt_file.py reads it back). `sheet_source` is typst for
the same in words. Numbers and titles of questions are in it, keys and marks never are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from assessment_engine.delivery.late import LateAnswer, LateState
from assessment_engine.delivery.responses import Answer, Response
from assessment_engine.delivery.sealing import Seal
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.clock import iso
from assessment_engine.kernel.ids import SittingId
from assessment_engine.kernel.signing import SigningKey
from assessment_engine.kernel.typst import typst_data

VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateCopy:
    """In which order this candidate's page showed shuffled choices, by response, in identifiers; `seed` drew it (docs/adr/0016)."""

    seed: int
    choices: Mapping[str, Sequence[Sequence[str]]]

    @property
    def document(self) -> dict[str, Json]:
        """The copy as JSON; the seed is text, because it has more digits than computers take numbers for."""
        return {"seed": str(self.seed), "choices": {name: [list(each) for each in sets] for name, sets in self.choices.items()}}


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetAnswer:
    """One acknowledged answer as its candidate knows the question; `counts` marks the one of each question that counts."""

    question: int
    title: str
    answer: Answer
    in_words: tuple[str, ...]
    counts: bool
    copy: "CandidateCopy | None" = None  # where choices were shuffled


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLate:
    """One late answer, where it stands, and the same."""

    question: int
    title: str
    late: LateAnswer
    state: LateState
    in_words: tuple[str, ...]
    counts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseSheet:
    """Everything on one sitting's sheet, at one moment."""

    sitting_id: SittingId
    candidate: str
    exam: str
    form_sha256: str
    questions: int
    answers: tuple[SheetAnswer, ...]
    seals: tuple[Seal, ...]
    late: tuple[SheetLate, ...]
    made_at: datetime

    @property
    def counting(self) -> tuple[SheetAnswer | SheetLate, ...]:
        """What counts, question by question."""
        lines: list[SheetAnswer | SheetLate] = [*self.answers, *self.late]
        return tuple(sorted((one for one in lines if one.counts), key=lambda one: one.question))


def sheet_document(sheet: ResponseSheet, key: SigningKey) -> dict[str, Json]:
    """Return the sheet as JSON."""
    return {
        "type": "response_sheet",
        "version": VERSION,
        "sitting": sheet.sitting_id,
        "exam": sheet.exam,
        "form_sha256": sheet.form_sha256,
        "made_at": iso(sheet.made_at),
        "answers": [_answer(one) for one in sheet.answers],
        "receipts": [asdict(one.answer.receipt) for one in sheet.answers],
        "seal": _seal(sheet.seals[-1]) if sheet.seals else None,
        "seals": [_seal(seal) for seal in sheet.seals],
        "late_answers": [_late(one) for one in sheet.late],
        "public_key": public_key(key),
    }


def public_key(key: SigningKey) -> dict[str, Json]:
    """Return the public half of a key as our files name it."""
    return {"key_id": key.key_id, "ed25519_hex": key.public_bytes.hex()}


def _answer(one: SheetAnswer) -> dict[str, Json]:
    receipt = one.answer.receipt
    return {
        "question": one.question,
        "title": one.title,
        "item": receipt.item,
        "revision": receipt.revision,
        "response": dict(one.answer.response),
        "in_words": list(one.in_words),
        "counts": one.counts,
        **({"copy": one.copy.document} if one.copy else {}),
    }


def _late(one: SheetLate) -> dict[str, Json]:
    return {
        "question": one.question,
        "title": one.title,
        "response": dict(one.late.response),
        "in_words": list(one.in_words),
        "state": str(one.state),
        "counts": one.counts,
        "acknowledgement": {**one.late.document, "signature": one.late.signature},
    }


def _seal(seal: Seal) -> dict[str, Json]:
    return {**seal.document, "signature": seal.signature}


_PAGE = r"""
#let data = json(bytes("DATA"))
#let quiet = rgb("#4a5360")
#let line-colour = rgb("#b9c1cb")
#let mono(body) = text(font: ("Noto Sans", "Noto Sans Devanagari"), size: 7pt, fill: quiet, body)
#set document(
  title: data.labels.title + " " + data.sitting,
  date: datetime(year: data.made.at(0), month: data.made.at(1), day: data.made.at(2)),
)
#set page(paper: "a4", margin: (x: 18mm, top: 18mm, bottom: 20mm), footer: context [
  #set text(size: 8pt, fill: quiet)
  #data.labels.title · #data.sitting #h(1fr) #counter(page).display("1 / 1", both: true)
])
#set text(font: ("Noto Sans", "Noto Sans Devanagari"), size: 10pt, lang: data.lang, hyphenate: false)
#set par(leading: 0.65em)
#show heading: set text(size: 16pt)
= #data.labels.title
#v(1mm)
#text(size: 12pt, data.exam)
#v(2mm)
#table(
  columns: (auto, 1fr), stroke: none, inset: (x: 0pt, y: 1.2mm), column-gutter: 6mm,
  ..data.facts.map(row => (text(fill: quiet, row.at(0)), row.at(1))).flatten(),
)
#v(2mm)
#if data.note != "" { block(stroke: 0.6pt + line-colour, inset: 3mm, radius: 1mm, width: 100%, data.note) }
#v(2mm)
#table(
  columns: (11mm, 1fr, 26mm), stroke: (x, y) => (bottom: 0.5pt + line-colour), inset: (x: 1.5mm, y: 2mm),
  table.header(..data.labels.columns.map(word => text(size: 8.5pt, fill: quiet, weight: "bold", word))),
  ..data.rows.map(row => (
    align(right, str(row.question)),
    [#text(weight: "bold", row.title) \ #row.answer \ #mono(row.named) #if row.named != "" { linebreak() } #mono(row.proof)],
    text(size: 8.5pt, row.saved),
  )).flatten(),
)
#v(3mm)
#set text(size: 8.5pt)
#for words in data.after { par(words) }
#text(size: 7pt, fill: quiet, data.key)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageWords:
    """What the page says, in the candidate's language, ready to print."""

    lang: str
    title: str
    columns: tuple[str, str, str]
    facts: tuple[tuple[str, str], ...]
    note: str
    after: tuple[str, ...]
    nothing: str
    late: str
    saved: Mapping[str, str]  # the moment of each line by its signature


def sheet_source(sheet: ResponseSheet, words: PageWords, key: SigningKey) -> str:
    """Write the typst source of the sheet."""
    data: Json = {
        "lang": words.lang,
        "sitting": sheet.sitting_id,
        "made": [sheet.made_at.year, sheet.made_at.month, sheet.made_at.day],
        "exam": sheet.exam,
        "facts": [list(row) for row in words.facts],
        "note": words.note,
        "labels": {"title": words.title, "columns": list(words.columns)},
        "rows": _rows(sheet.counting, words),
        "after": list(words.after),
        "key": f"{key.key_id} · {key.public_bytes.hex()}",
    }
    return _PAGE.replace("DATA", typst_data(data))


def _rows(lines: Sequence[SheetAnswer | SheetLate], words: PageWords) -> list[Json]:
    return [_row(one, words) for one in lines]


def _row(one: SheetAnswer | SheetLate, words: PageWords) -> Json:
    signature = one.answer.receipt.signature if isinstance(one, SheetAnswer) else one.late.signature
    saved = words.saved[signature]
    return {
        "question": one.question,
        "title": one.title,
        "answer": "; ".join(one.in_words) or words.nothing,
        "named": _named(one.answer.response) if isinstance(one, SheetAnswer) and one.copy else "",
        "proof": signature,
        "saved": saved if isinstance(one, SheetAnswer) else f"{saved} {words.late}",
    }


def _named(response: Response) -> str:
    """Write an answer in identifiers, the same wherever chance put a choice on the page."""
    given = {name: value if isinstance(value, list) else [value] for name, value in response.items()}
    return "; ".join(f"{name} = {', '.join(map(str, values))}" for name, values in given.items() if values != [None])
