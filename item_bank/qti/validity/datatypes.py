"""What attribute values may be (QTI information model, "Primitive" and "Derived" data types; XML Schema Part 2).

Each check is a plain function from the value as it is written to whether it is of the type. Spaces around a value count only where the
type is a kind of string. A type may differ from version to version; `checks` returns those of one version.
"""

import re
from collections.abc import Callable, Mapping

from item_bank.qti.model.nodes import Version

Check = Callable[[str], bool]

_SPACES = " \t\n\r"
_SPACE = re.compile("[ \t\n\r]+")
_START = "A-Z_a-zÀ-ÖØ-öø-˿Ͱ-ͽͿ-῿⁰-↏Ⰰ-⿯、-퟿豈-﷏ﷰ-�\U00010000-\U000effff"
_NCNAME = re.compile(rf"[{_START}][{_START}\-.0-9·̀-ͯ‿-⁀]*")
_WHOLE = re.compile(r"[+-]?[0-9]+")
_DOUBLE = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]*)?|-?INF|NaN")
_LENGTH = re.compile(r"[0-9]+%?")
_MIME = re.compile(r"[^()<>@,;:\\\"/\[\]?=\x80-\U0010ffff]+/[^()<>@,;:\\\"/\[\]?=\x80-\U0010ffff]+")
_COORDS = re.compile(r"([0-9]+%?,){2}[0-9]+%?|([0-9]+%?,){3}[0-9]+%?|([0-9]+%?,){2}(([0-9]+%?,){2})+[0-9]+%?,[0-9]+%?")
_LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")
_NMTOKEN = re.compile(rf"[{_START}:\-.0-9·̀-ͯ‿-⁀]+")
_NUMBER = r"([0-9]+|[0-9]*\.[0-9]+)"
_UNIT = r"(em|ex|px|in|cm|mm|pt|pc)"
_SIDE = r"(width|lspace|height|depth)"
_NAMED_SPACE = re.compile("((very){0,2}thin|medium|(very){0,2}thick)mathspace")
_MATH_LENGTH = re.compile(rf"-?{_NUMBER} *({_UNIT}|%)|0")
_MATH_THICKNESS = re.compile(rf"-?{_NUMBER} *({_UNIT}|%)?|thin|medium|thick")
_PADDED = re.compile(rf"[+\-]?{_NUMBER}(%? *{_SIDE}|{_UNIT})")
_PADDED_WIDTH = re.compile(rf"[+\-]?{_NUMBER}(%? *{_SIDE}?|{_UNIT})")
_SPOKEN_TIME = re.compile(r"\+?([0-9]*\.)?[0-9]+(ms|s)")
_ANY_NUMBER = r"([0-9]+|[0-9]+.[0-9]*|[0-9]*.[0-9]+)"
_PITCH = re.compile(rf"[+\-]?{_ANY_NUMBER}(Hz|%)|[+\-]{_ANY_NUMBER}st|x-high|high|medium|low|x-low|default")
_RATE = re.compile(rf" *\+?([0-9]+(\.[0-9]*)?|\.[0-9]+) *|{_ANY_NUMBER}%|x-fast|fast|medium|slow|x-slow|default")
_VOLUME = re.compile(r"[+\-]?([0-9]*\.)?[0-9]+dB|silent|x-soft|soft|medium|loud|x-loud|default")
_ALPHABET = re.compile(r"ipa|x-.*")
_EXTENSION = re.compile(r"ext:[a-zA-Z0-9_.\-]+")
_ESCAPES = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ADDRESS = re.compile(
    r"([a-zA-Z][a-zA-Z0-9+.\-]*:)?"  # a scheme
    r"(//([^/?#@\[\]]*@)?(\[[^/?#\[\]]*\]|[^/?#:@\[\]]*)(:[0-9]+)?(?=[/?#]|$))?"  # a host, with who asks before it and its port after it
    r"([^?#\[\]]*)(\?[^#\[\]]*)?(#[^#]*)?"
)
_INT = 2**31

BASE_TYPES = "boolean directedPair duration file float identifier integer pair point string uri"
_WORDS: Mapping[str, str] = {
    "baseType": BASE_TYPES,
    "cardinality": "multiple ordered record single",
    "showHide": "show hide",
    "shape": "circle default ellipse poly rect",
    "orientation": "horizontal vertical",
    "access": "atEnd during",
    "navigation": "linear nonlinear",
    "submission": "individual simultaneous",
    "textFormat": "plain preformatted xhtml",
    "rounding": "decimalPlaces significantFigures",
    "tolerance": "absolute exact relative",
    "constant": "pi e",
    "statistic": "mean sampleVariance sampleSD popVariance popSD",
    "function": "sin cos tan sec csc cot asin acos atan atan2 asec acsc acot sinh cosh tanh sech csch coth log ln exp abs signum floor "
    "ceil toDegrees toRadians",
    "scope": "col colgroup row rowgroup",
    "align": "left center right justify char",
    "valign": "bottom middle top baseline",
    "paramKind": "DATA REF",
    "dir": "ltr rtl auto",
    "live": "off polite assertive",
    "scored": "externalMachine human",
    "crossorigin": "anonymous use-credentials",
    "preload": "none auto metadata",
    "trackKind": "subtitles captions descriptions chapters metadata",
    "suppress": "computer-read-aloud screen-reader all",
    "role": "article columnheader definition directory document group heading img list listitem math note presentation region row rowgroup "
    "rowheader separator toolbar button checkbox gridcell link log option radio slider spinbutton status tab tabpanel textbox timer "
    "listbox radiogroup tablist complementary contentinfo",
    "sort": "ascending descending none other",
    "current": "page step location date time true false undefined",
    "threeStates": "true false mixed undefined",
    "trueFalseUndefined": "true false undefined",
    "autocomplete": "inline list both none",
    "popup": "true false menu listbox tree grid dialog",
    "invalid": "true false grammar spelling",
    "rubricUse": "instructions scoring navigation",
    "mathDisplay": "block inline",
    "mathOverflow": "scroll elide truncate scale",
    "mathVariant": "normal bold italic bold-italic double-struck bold-fraktur script bold-script fraktur sans-serif bold-sans-serif "
    "sans-serif-italic sans-serif-bold-italic monospace",
    "mathForm": "prefix infix postfix",
    "mathLinebreak": "auto newline indentingnewline nobreak goodbreak badbreak",
    "mathAlign": "left center right",
    "mathFrame": "none solid dashed",
    "emphasis": "strong moderate none reduced",
    "strength": "none x-weak weak medium strong x-strong",
    "phonemes": "default ruby",
    "fetchHint": "safe prefetch",
    "languageFailure": "changevoice ignoretext ignorelang processorchoice",
    "voiceFailure": "priorityselect keepexisting processorchoice",
}
_VIEWS = frozenset({"author", "candidate", "proctor", "scorer", "testConstructor", "tutor"})
_ROLES_3 = (
    "alert alertdialog application banner combobox cell dialog feed figure form grid main marquee menu menubar menuitem menuitemcheckbox "
)
_ROLES_3 += "menuitemradio navigation none progressbar scrollbar search searchbox switch table term tooltip tree treegrid treeitem"


def is_ncname(value: str) -> bool:
    """Tell whether it is a name without a colon: an identifier (QTI, "identifier")."""
    return _NCNAME.fullmatch(value.strip(_SPACES)) is not None


def is_whole(value: str) -> bool:
    """Tell whether it is a whole number of at most 24 digits."""
    word = value.strip(_SPACES)
    return len(word) <= 24 and _WHOLE.fullmatch(word) is not None


def is_int(value: str) -> bool:
    """Tell whether it is a whole number of 32 bits."""
    return is_whole(value) and -_INT <= int(value) < _INT


def is_count(value: str) -> bool:
    """Tell whether it is a whole number that is not negative."""
    return is_whole(value) and int(value) >= 0


def is_double(value: str) -> bool:
    """Tell whether it is a number."""
    return len(value) < 400 and _DOUBLE.fullmatch(value.strip(_SPACES)) is not None


def _is_nonnegative(value: str) -> bool:
    word = value.strip(_SPACES)
    return is_double(word) and (not word.startswith("-") or not re.search("[1-9I]", word.lower().partition("e")[0].upper()))


def _is_boolean(value: str) -> bool:
    return value.strip(_SPACES) in ("true", "false", "1", "0")


def _is_address(value: str) -> bool:
    """An address is read leniently, as schema validators do: spaces are fine, broken escapes, brackets and ports are not."""
    word = value.strip(_SPACES)
    parts = _ADDRESS.fullmatch(word)
    if parts is None or _ESCAPES.search(word):
        return False
    scheme, host, path = parts[1], parts[2], parts[6]
    return bool(host) or (not path.startswith("//") and (bool(scheme) or ":" not in path.partition("/")[0]))


def _words(*allowed: str) -> Check:
    return frozenset(allowed).__contains__


def _each(check: Check) -> Check:
    return lambda value: all(map(check, filter(None, _SPACE.split(value))))


def _pattern(pattern: re.Pattern[str]) -> Check:
    return lambda value: pattern.fullmatch(value) is not None


def _normalised(pattern: re.Pattern[str]) -> Check:
    return lambda value: pattern.fullmatch(re.sub("[\t\n\r]", " ", value)) is not None


def _either(*checks: Check) -> Check:
    return lambda value: any(check(value) for check in checks)


def _anything(_: str) -> bool:
    return True


def _variable(value: str) -> bool:
    return _NCNAME.fullmatch(value) is not None


_COMMON: Mapping[str, Check] = {
    **{name: _words(*words.split()) for name, words in _WORDS.items()},
    "string": _anything,
    "text": _anything,
    "boolean": _is_boolean,
    "name": is_ncname,
    "id": is_ncname,  # and once only in a document: structure.py
    "idref": is_ncname,
    "names": _each(is_ncname),
    "idrefs": _each(is_ncname),
    "tokens": lambda value: bool(value.strip(_SPACES)) and _each(_pattern(_NMTOKEN))(value),
    "whole": is_whole,
    "int": is_int,
    "ints": _each(is_int),
    "number": is_double,
    "address": _is_address,
    "mime": _normalised(_MIME),
    "mimes": _each(_normalised(_MIME)),
    "length": _pattern(_LENGTH),
    "views": _each(_VIEWS.__contains__),
    "wholeOrVariable": _either(is_whole, _variable),
    "numberOrVariable": _either(is_double, _variable),
    "intOrVariable": _either(is_ncname, is_int),
    "language": lambda value: not value or _LANGUAGE.fullmatch(value.strip(_SPACES)) is not None,
    "level": lambda value: is_whole(value) and int(value) >= 1,
    "exactCount": is_count,
    "extension": _normalised(_EXTENSION),
    "mathLength": _pattern(_MATH_LENGTH),
    "mathSpace": _either(_pattern(_MATH_LENGTH), _pattern(_NAMED_SPACE)),
    "mathMaxSize": _either(_pattern(_MATH_LENGTH), _pattern(_NAMED_SPACE), _words("infinity"), is_double),
    "mathSize": _either(_words("small", "normal", "big"), _pattern(_MATH_LENGTH)),
    "mathThickness": _pattern(_MATH_THICKNESS),
    "padded": _pattern(_PADDED),
    "paddedWidth": _either(_pattern(_PADDED_WIDTH), _pattern(_NAMED_SPACE)),
    "token": lambda value: _NMTOKEN.fullmatch(value.strip(_SPACES)) is not None,
    "gender": _words("male", "female", "neutral", ""),
    "age": _either(is_count, _words("")),
    "variant": _either(lambda value: is_whole(value) and int(value) >= 1, _words("")),
    "spokenTime": _pattern(_SPOKEN_TIME),
    "pitch": _pattern(_PITCH),
    "rate": _pattern(_RATE),
    "volume": _pattern(_VOLUME),
    "alphabet": _pattern(_ALPHABET),
    "use": _either(_words("instructions", "scoring", "navigation", "sharedstimulus"), _normalised(_EXTENSION)),
}
_OLD: Mapping[str, Check] = {
    "count": is_int,
    "positive": is_double,
    "coords": _anything,
    "label": lambda value: len(value) <= 256,
    "oldId": is_ncname,
    "headers": is_ncname,
    "rootName": _anything,
    "extent": _anything,
}
_NEW: Mapping[str, Check] = {
    "count": is_count,
    "positive": _is_nonnegative,
    "coords": _normalised(_COORDS),
    "label": _anything,
    "oldId": is_ncname,
    "headers": _each(is_ncname),
    "rootName": _anything,
    "extent": _anything,
}
_NEWEST: Mapping[str, Check] = {
    "rootName": is_ncname,
    "role": _words(*(_WORDS["role"] + " " + _ROLES_3).split()),
    "view": _each(_VIEWS.__contains__),
}
_BY_VERSION: Mapping[Version, Mapping[str, Check]] = {
    Version.QTI_21: {**_COMMON, **_OLD},
    Version.QTI_22: {**_COMMON, **_NEW},
    Version.QTI_30: {**_COMMON, **_NEW, **_NEWEST},
}
_SAID: Mapping[str, str] = {
    "boolean": "true or false",
    "name": "an identifier",
    "id": "an identifier that no other element has",
    "idref": "an identifier",
    "names": "identifiers with spaces between",
    "int": "a whole number",
    "number": "a number",
    "count": "a whole number, 0 or more",
    "positive": "a number, 0 or more",
    "address": "an address",
    "mime": "a media type such as image/png",
    "length": "pixels or a percentage",
    "tokens": "names with spaces between",
    "whole": "a whole number",
    "token": "a name",
    "spokenTime": "a time with its unit, as 250ms",
    **dict.fromkeys(("mathLength", "mathSpace", "mathMaxSize", "mathSize", "mathThickness"), "a length with its unit, as 2em"),
    "coords": "whole numbers with commas between: 3 for a circle, 4 for a rectangle or ellipse, pairs for a polygon",
    "views": "some of " + ", ".join(sorted(_VIEWS)),
}


def checks(version: Version) -> Mapping[str, Check]:
    """Return the data types of a version by name."""
    return _BY_VERSION[version]


def said(datatype: str) -> str:
    """Say in words what a data type allows."""
    return f"one of {', '.join(_WORDS[datatype].split()[:40])}" if datatype in _WORDS else _SAID.get(datatype, datatype)
