"""When two texts are the same, and which numbers are meant: docs/adr/0017-when-two-texts-are-the-same.md.

What cannot be seen does not count; what can be seen does. Case is a matter of each expression and mapping, not of this module.
"""

import re
import unicodedata

_UNSEEN = dict.fromkeys(
    (0x00AD, 0x061C, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), *range(0x2066, 0x206A), 0xFEFF)
)
_SPACES = dict.fromkeys((0x00A0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000), " ")
_COMPARED = {**_UNSEEN, **_SPACES}

_NUMBER_SIGNS = str.maketrans(
    {
        **dict.fromkeys("\u2212\u2010\u2011\u2013\ufe63\uff0d", "-"),  # minus, and the dashes that keyboards put in its place
        "\uff0b": "+",
        "\u066b": ".",  # the Arabic script's decimal point and thousands comma, as Urdu has them
        "\u066c": ",",
        "\uff0e": ".",
    }
)
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{2,3})*,[0-9]{3}(\.[0-9]+)?")  # 12,50,000 and 1,250,000


def comparable(text: str) -> str:
    """Return the form in which texts are compared: NFC, joiners and other unseen signs left out, every kind of space a plain one."""
    return text if text.isascii() else unicodedata.normalize("NFC", text.translate(_COMPARED))


def latin_digits(text: str) -> str:
    """Write the decimal digits of any script as 0-9."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)


def whole_part(word: str) -> str:
    """Write 12.0 as 12, which is what other systems mean by it; any other word stays as it is."""
    whole, point, fraction = word.partition(".")
    return whole if point and not fraction.strip("0") else word


def latin_number(text: str) -> str:
    """Write a number in ASCII: digits of any script, any minus; well-formed grouping commas (12,50,000 or 1,250,000) and outer spaces go.

    A comma is never a decimal point: 1,250 would mean two numbers.
    """
    latin = latin_digits(text).translate(_NUMBER_SIGNS).strip()
    return latin.replace(",", "") if _GROUPED.fullmatch(latin) else latin
