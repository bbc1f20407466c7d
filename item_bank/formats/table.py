"""The table of formats: what each is called, its file, and who reads and writes it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from item_bank.formats import aiken, csv_text, gift, moodle_xml, moodle_xml_writing, quml, quml_writing, xlsx
from item_bank.formats.questions import Question, Reading, Writing


class Read(Protocol):
    """Reads a file; raises UnreadableFile or TooLarge for one that is none of the format."""

    def __call__(self, data: bytes, file: str, lang: str = "") -> Reading:
        """Read a file; `lang` is the language of questions that say none."""
        ...


class Write(Protocol):
    """Writes a file; raises Unfit for a question that the format cannot say."""

    def __call__(self, questions: Iterable[Question], file: str = "") -> Writing:
        """Write a file; `file` is what problems name."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How something is read and written."""

    read: Read
    write: Write


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format; `trial` is the quickest way to write a question and read it again. With languages, each has an entry of its own."""

    name: str
    title: str
    ending: str
    media_type: str
    read: Read
    write: Write
    trial: Form
    has_languages: bool = False


def _format(name: str, title: str, ending: str, media_type: str, form: Form) -> Format:
    return Format(name=name, title=title, ending=ending, media_type=media_type, read=form.read, write=form.write, trial=form)


_CSV = Form(read=csv_text.read, write=csv_text.write)
_SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ALL = (
    _format("gift", "GIFT", ".gift", "text/plain", Form(read=gift.read, write=gift.write)),
    _format("moodle-xml", "Moodle XML", ".xml", "application/xml", Form(read=moodle_xml.read, write=moodle_xml_writing.write)),
    _format("aiken", "Aiken", ".txt", "text/plain", Form(read=aiken.read, write=aiken.write)),
    Format(
        name="csv",
        title="CSV",
        ending=".csv",
        media_type="text/csv",
        read=csv_text.read,
        write=csv_text.write,
        trial=_CSV,
        has_languages=True,
    ),
    Format(
        name="xlsx",
        title="XLSX",
        ending=".xlsx",
        media_type=_SHEETS,
        read=xlsx.read,
        write=xlsx.write,
        trial=_CSV,
        has_languages=True,
    ),
    _format("quml", "QuML", ".json", "application/json", Form(read=quml.read, write=quml_writing.write)),
)
FORMATS: Mapping[str, Format] = {form.name: form for form in _ALL}

_BY_ENDING: Mapping[str, str] = {
    ".gift": "gift",
    ".csv": "csv",
    ".tsv": "csv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".json": "quml",
}
_QUIZ = re.compile(rb"<quiz[\s>]")
_ANSWER_LINE = re.compile(rb"^\s*ANSWER\s*:", re.MULTILINE)


def guess(name: str, start: bytes) -> str:
    """Tell a file's format by its name and its beginning; `qti` where nothing speaks for another one."""
    ending = name[name.rfind(".") :].lower() if "." in name else ""
    if ending in _BY_ENDING:
        return _BY_ENDING[ending]
    if ending == ".xml" and _QUIZ.search(start[:5_000]) and b"assessmentItem" not in start[:5_000]:
        return "moodle-xml"
    if ending == ".md" and b"**Response Declaration**" in start:
        return "quml"
    if ending == ".txt":
        return "aiken" if _ANSWER_LINE.search(start) else "gift" if b"{" in start else "qti"
    return "qti"
