"""Items for a large bank: choices of made-up words, drawn from a stock, so that no two are alike but those that are meant to be.

Made-up, because twenty thousand sentences that people wrote are not at hand; what near-duplicates cost depends on how many there are,
not on what the words mean.
"""

from collections.abc import Iterator

import numpy as np

_BEGINNINGS = ("ba", "ke", "so", "ti", "ma", "ro", "vi", "nu", "pa", "de", "gra", "tra", "sha", "cho", "le", "fi")
_MIDDLES = ("la", "ri", "to", "ne", "sa", "vo", "mi", "du", "ka", "pe")
_ENDS = ("n", "tion", "ry", "ment", "s", "ta", "l", "sh", "ka", "ram")
WORDS = tuple(first + middle + last for first in _BEGINNINGS for middle in _MIDDLES for last in _ENDS)
IN_A_STEM, IN_A_CHOICE = 22, 4


def bank_items(count: int, seed: int = 7) -> Iterator[tuple[str, bytes]]:
    """Yield items by their names; the same seed gives the same ones."""
    rng = np.random.default_rng(seed)
    for number in range(count):
        words = [WORDS[place] for place in rng.integers(len(WORDS), size=IN_A_STEM + 4 * IN_A_CHOICE)]
        stem = " ".join(words[:IN_A_STEM])
        choices = [" ".join(words[first : first + IN_A_CHOICE]) for first in range(IN_A_STEM, len(words), IN_A_CHOICE)]
        yield f"b{seed}-{number}", bank_item(f"b{seed}-{number}", stem, choices, "ABCD"[number % 4])


def bank_item(name: str, stem: str, choices: list[str], key: str) -> bytes:
    """Return a choice of four as QTI 3.0."""
    offered = "".join(
        f'<qti-simple-choice identifier="{letter}">{text}</qti-simple-choice>' for letter, text in zip("ABCD", choices, strict=True)
    )
    return (
        f'<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="{name}" title="{stem[:60]}" '
        'adaptive="false" time-dependent="false" xml:lang="en">'
        '<qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="identifier">'
        f"<qti-correct-response><qti-value>{key}</qti-value></qti-correct-response></qti-response-declaration>"
        '<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float" normal-maximum="1"/>'
        f'<qti-item-body><p>{stem}?</p><qti-choice-interaction response-identifier="RESPONSE" max-choices="1" shuffle="true">'
        f"{offered}</qti-choice-interaction></qti-item-body>"
        '<qti-response-processing template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml"/>'
        "</qti-assessment-item>"
    ).encode()
