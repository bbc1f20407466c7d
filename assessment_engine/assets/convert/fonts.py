"""Page fonts: the published TrueType file, cut down to what our pages write, as WOFF2.

All layout features are kept: Devanagari without its substitutions falls apart into half letters and stray virama signs.
All names are kept too, because the Open Font License travels in them.
"""

from collections.abc import Iterable
from io import BytesIO

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

LATIN: tuple[range, ...] = (
    range(0x0020, 0x0180),  # Basic Latin to Latin Extended-A
    range(0x02B0, 0x0370),  # modifier letters and combining marks, as transliteration needs them
    range(0x1E00, 0x1F00),  # Latin Extended Additional: ṭ, ḍ, ṇ
    range(0x2000, 0x2070),  # punctuation
    range(0x20A0, 0x20C0),  # currency, with the rupee
    range(0x2190, 0x2200),  # arrows
    range(0x2212, 0x2213),  # minus
)
DEVANAGARI: tuple[range, ...] = (
    range(0x0020, 0x007F),
    range(0x00A0, 0x00A1),
    range(0x0900, 0x0980),
    range(0x1CD0, 0x1D00),
    range(0x200C, 0x200E),  # the joiners that choose between conjunct and half form
    range(0x2010, 0x2027),
    range(0x20B9, 0x20BA),
    range(0x25CC, 0x25CD),  # the dotted circle that carries a lone vowel sign
    range(0xA8E0, 0xA900),
)


def subset_for_pages(font: bytes, characters: Iterable[range]) -> bytes:
    """Return the font with only these characters (and everything that shapes them), as WOFF2."""
    # The file's own time stamp is kept, so that the same input always makes the same bytes.
    with TTFont(BytesIO(font), recalcTimestamp=False) as whole:
        subsetter = Subsetter(Options(layout_features=["*"], name_IDs=["*"], name_languages=["*"], hinting=False, notdef_outline=True))
        subsetter.populate(unicodes=[code for block in characters for code in block])
        subsetter.subset(whole)
        whole.flavor = "woff2"
        written = BytesIO()
        whole.save(written)
    return written.getvalue()
