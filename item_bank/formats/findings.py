"""What readers and writers of other formats say: problems with the line of the author's own file, and bytes that are no text."""

from dataclasses import dataclass, field
from typing import NoReturn

from assessment_engine.kernel.errors import TooLarge, UnreadableFile
from item_bank.qti.package import limits
from item_bank.qti.problems import Problem, Severity, megabytes

MAX_QUESTIONS = limits.MAX_FILES
"""As many as a package may have files: each question becomes one."""


class Unfit(Exception):
    """A question that cannot be read or cannot be said; `code` is stable."""

    def __init__(self, code: str, message: str, advice: str = "", line: int = 0) -> None:
        super().__init__(message)
        self.code, self.message, self.advice, self.line = code, message, advice, line


@dataclass(slots=True)
class Notes:
    """The findings of one file, in order; `file` is its name."""

    file: str = ""
    found: list[Problem] = field(default_factory=list)

    def wrong(self, unfit: Unfit, line: int = 0) -> None:
        """List what refuses the import, or keeps a question out of an export."""
        message, advice, at = unfit.message, unfit.advice, unfit.line or line
        self.found.append(Problem(code=unfit.code, message=message, advice=advice, file=self.file, line=at))

    def note(self, code: str, message: str, line: int, advice: str = "") -> None:
        """List what is not kept, once at each line."""
        said = Problem(code=code, message=message, severity=Severity.NOTE, advice=advice, file=self.file, line=line)
        if said not in self.found[-20:]:
            self.found.append(said)


def refuse(code: str, message: str, file: str, *, line: int = 0, advice: str = "") -> NoReturn:
    """Refuse a whole file; raises UnreadableFile."""
    raise UnreadableFile(message, problem=code, file=file, line=line, advice=advice)


def check_size(data: bytes, file: str) -> None:
    """Refuse a file that is larger than one of a package may be; raises TooLarge."""
    if len(data) > limits.MAX_FILE_BYTES:
        message = f"a file may have {megabytes(limits.MAX_FILE_BYTES)}; this one has {megabytes(len(data))}"
        raise TooLarge(message, problem="too_large", file=file)


def text_of(data: bytes, file: str) -> str:
    """Read a text file: UTF-8, or UTF-16 that begins with its mark, as spreadsheets save "Unicode text".

    Raises UnreadableFile with the code wrong_encoding and the line, or TooLarge.
    """
    check_size(data, file)
    text = _from_utf_16(data, file) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else _from_utf_8(data, file)
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        refuse("not_plain_text", f"line {line} has a character that is no text", file, line=line, advice="Hand over a plain text file.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


_AGAIN = "Save the file again as UTF-8 (in a spreadsheet: CSV UTF-8)."


def _from_utf_16(data: bytes, file: str) -> str:
    try:
        return data.decode("utf-16")
    except UnicodeDecodeError:
        refuse("wrong_encoding", "this text begins as UTF-16 and does not go on so", file, line=1, advice=_AGAIN)


def _from_utf_8(data: bytes, file: str) -> str:
    if len(data) > 3 and b"\x00" in data[:4] and data[:4] != b"\x00" * 4:
        refuse("wrong_encoding", "this text is in UTF-16 without the mark that says so; save it as UTF-8", file, line=1, advice=_AGAIN)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = data[error.start]
        message = f"line {line} is not in UTF-8 (byte {byte:02X}); it may be in Windows-1252 or another older encoding"
        refuse("wrong_encoding", message, file, line=line, advice=_AGAIN)
