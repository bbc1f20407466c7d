"""The classes of an author that reach a page: QTI 3.0's shared vocabulary alone, so that no item can dress as a part of the page.

Our own classes (`qti-interaction`, `qti-option`, …) are none of them.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

_FAMILIES = (
    "align|valign|float|display|margin|padding|width|height|text-indent|list-style-type|writing-mode|writing-orientation|border|bordered|well|"
    "italic|bold|underline|fullwidth|hidden|visually-hidden|layout-row|layout-col|layout-offset|labels|orientation|choices-stacking|choices-top|"
    "choices-bottom|choices-left|choices-right|choices-container-width|input-control-hidden|input-width|height-lines|counter-up|counter-down|"
    "selections-light|selections-dark|unselected-hidden|match-tabular|header-hidden|hide-header|rubric-discretionary-placement|rubric-inline|"
    "slider-hide-value|slider-hide-bounds|gap-width|text-transform|font-size|color|background"
)
_KNOWN = re.compile(rf"qti-(?:{_FAMILIES})(?:-?[a-z0-9][a-z0-9-]{{0,30}})?")


@lru_cache(maxsize=1024)
def _is_known(name: str) -> bool:
    return _KNOWN.fullmatch(name) is not None


def shared(names: Iterable[str]) -> tuple[str, ...]:
    """Keep the shared vocabulary's words."""
    return tuple(name for name in names if _is_known(name))
