"""Whether the files that a document refers to may come into a bank: they are there, are what they claim, and are not too large.

Each file is read and judged once, however many items show it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin

from assessment_engine.kernel.errors import AssessmentError
from item_bank.qti.package import limits
from item_bank.qti.package.media import ENDINGS, Medium, medium_of
from item_bank.qti.package.paths import Spellings, is_elsewhere, resolved
from item_bank.qti.package.records import Files
from item_bank.qti.package.references import MEDIA, Reference, Use
from item_bank.qti.package.svg import unsafe_svg
from item_bank.qti.problems import Problem, Severity, megabytes

FITS: Mapping[Use, tuple[str, ...]] = {
    Use.IMAGE: ("image",),
    Use.AUDIO: ("audio", "video"),  # Ogg, MP4 and WebM hold either
    Use.VIDEO: ("video", "audio"),
    Use.MEDIUM: ("image", "audio", "video"),
    Use.CAPTIONS: ("text",),
    Use.STYLE: ("text",),
    Use.LINK: ("image", "audio", "video", "text"),
}


# Elements whose files are for somebody else: modules of custom interactions, files of catalogs. Here nothing is missed without them.
_NOT_USED = frozenset({"qti-interaction-module", "qti-interaction-modules", "qti-file-href", "qti-resource-icon"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """What is wrong with a file, wherever it is used."""

    code: str
    message: str
    advice: str = ""


@dataclass(slots=True)
class Shelf:
    """The package's files, each judged once. `used` grows: what stays out of it in the end, nothing refers to."""

    files: Files
    used: set[str] = field(default_factory=set)
    _judged: dict[str, Medium | Wrong] = field(default_factory=dict)
    _spellings: Spellings = field(init=False)

    def __post_init__(self) -> None:
        self._spellings = Spellings(self.files)

    def find(self, base: str, reference: Reference) -> tuple[str, Problem | None]:
        """Return the file that a reference leads to, "" for none, and what is to be said about it."""
        path = resolved(base, urljoin(reference.base, reference.address) if reference.base else reference.address)
        if path is None:
            advice = "name a file inside the package, without .. and / at the start"
            return "", about(reference, "unsafe_path", f"{reference.address} leaves the package", advice)
        if path in self.files:
            self.used.add(path)
            return path, None
        other = self._spellings.other(path)
        if not other:
            advice = "add the file to the package, or take out what refers to it"
            severity = Severity.NOTE if reference.element in _NOT_USED else Severity.INVALID
            return "", about(reference, "missing_file", f"{reference.address} is not in the package", advice, severity)
        self.used.add(other)
        message = f"{reference.address} is written {other} in the package"
        return other, about(reference, "name_differs", message, "write both in the same way", Severity.NOTE)

    def medium(self, path: str, reference: Reference) -> tuple[Medium | None, Problem | None]:
        """Return what a file is, if it may be shown for this use, and what is to be said about it."""
        if path not in self._judged:
            self._judged[path] = judged(self.files, path)
        found = self._judged[path]
        if isinstance(found, Wrong):
            if reference.use in (Use.LINK, Use.MEDIUM) and found.code == "media_not_supported":
                return None, about(reference, "not_kept", f"{path} is not kept: {found.message}", found.advice, Severity.NOTE)
            return None, about(reference, found.code, f"{path}: {found.message}", found.advice)
        if found.kind not in FITS.get(reference.use, ()):
            message = f"{path} is {found.media_type}, which is nothing for {reference.element}"
            return None, about(reference, "wrong_media", message, "use another element, or another file")
        return found, self._ending(path, found, reference)

    @staticmethod
    def _ending(path: str, found: Medium, reference: Reference) -> Problem | None:
        claimed = ENDINGS.get(_ending(path), found.media_type)
        if claimed == found.media_type or claimed.partition("/")[0] == "video" == found.kind:
            return None
        message = f"{path} is {found.media_type}, whatever its ending says; it is kept as that"
        return about(reference, "media_type_differs", message, "give the file the right ending", Severity.NOTE)


def judged(files: Files, path: str) -> Medium | Wrong:
    """Judge one file by its content."""
    try:
        content = files[path]
    except AssessmentError as error:
        return Wrong(code=str(error.details.get("problem", error.code)), message=error.message, advice="pack the file again")
    medium = medium_of(content, path)
    claimed = ENDINGS.get(_ending(path), "").partition("/")[0]
    if medium is None and not claimed:
        return Wrong(code="media_not_supported", message="it is no picture, sound, film, caption or style sheet that is shown here")
    if medium is None or (claimed and {claimed, medium.kind} not in ({medium.kind}, {"audio", "video"})):
        real = "something else" if medium is None else medium.media_type
        message = f"its ending says {_ending(path)}, its content is {real}"
        return Wrong(code="not_what_it_claims", message=message, advice="replace the file")
    return _too_large(content, medium) or (_drawing(content) if medium.media_type == "image/svg+xml" else None) or medium


def _too_large(content: bytes, medium: Medium) -> Wrong | None:
    if medium.kind != "image":
        return None
    if len(content) > limits.MAX_PICTURE_BYTES:
        message = f"a picture may have {megabytes(limits.MAX_PICTURE_BYTES)}; this one has {megabytes(len(content))}"
        return Wrong(code="too_large", message=message, advice="save the picture smaller")
    width, height = medium.size or (0, 0)
    if width * height > limits.MAX_PIXELS:
        message = f"a picture may have {limits.MAX_PIXELS} pixels; this one has {width} times {height}"
        return Wrong(code="too_large", message=message, advice="save the picture smaller")
    return None


def _drawing(content: bytes) -> Wrong | None:
    reason = unsafe_svg(content)
    return Wrong(code="unsafe_svg", message=reason, advice="export the drawing without script, links and other files") if reason else None


def stays_outside(reference: Reference) -> tuple[bool, Problem | None]:
    """Tell whether a reference leads out of the package by its scheme, and what is to be said about that."""
    if reference.address.startswith("#") or reference.address.lower().startswith("data:"):
        return True, None
    if not is_elsewhere(reference.address):
        return False, None
    if reference.use not in MEDIA:
        return True, None
    message = f"{reference.address[:100]} is somewhere else: nothing is fetched from there, in an exam neither"
    return True, about(reference, "external_reference", message, "put the file into the package", Severity.NOTE)


def about(reference: Reference, code: str, message: str, advice: str = "", severity: Severity = Severity.INVALID) -> Problem:
    """Say something about a reference."""
    return Problem(code=code, message=message, severity=severity, advice=advice, line=reference.line, element=reference.element)


def _ending(path: str) -> str:
    name = path.rpartition("/")[2]
    return name[name.rfind(".") :].lower() if "." in name else ""
