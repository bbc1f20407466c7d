"""From a file of another format to a package of QTI items, which the one walk of every import then plans (item_bank/imports.py).

Each question becomes a file in a folder that is called after its line, so that a later finding leads back to it. What the reader found
is said of the author's own file.
"""

import re
from dataclasses import replace

from item_bank.formats.findings import refuse
from item_bank.formats.questions import Question, Reading
from item_bank.formats.to_qti import to_xml
from item_bank.qti.package import Package, open_folder

_ODD = re.compile(r"[^\w.-]+")


def package_of(reading: Reading, file: str) -> Package:
    """Open what was read as a package; raises UnreadableFile for a file without a question, TooLarge for too much of it."""
    if not reading.questions and not reading.problems:
        refuse("no_questions", "there is no question in this file", file, advice="Look at docs/formats.md for what the format looks like.")
    folder = _ODD.sub("-", file)[:80].strip("-.") or "file"
    files = {path: data for question in reading.questions for path, data in _files(question, folder)}
    facts = {_path(question, folder): question.facts for question in reading.questions if question.facts}
    return replace(open_folder(files), problems=reading.problems, facts=facts)


def _files(question: Question, folder: str) -> list[tuple[str, bytes]]:
    path = _path(question, folder)
    media = [(f"{path.rpartition('/')[0]}/{medium.path}", medium.data) for medium in question.media]
    return [(path, to_xml(question)), *media]


def _path(question: Question, folder: str) -> str:
    language = f".{question.lang}" if question.lang else ""
    return f"{folder}/{question.line:06}/{question.name}{language}.xml"
