"""What the values that a blueprint can ask for are called."""

from collections.abc import Mapping

from api.pages.gallery import NAMES
from api.words import N_

KINDS: Mapping[str, str] = {**NAMES, "choice": N_("Choosing"), "several": N_("Several in one")}
BLOOM: Mapping[str, str] = {
    "remember": N_("Remember"),
    "understand": N_("Understand"),
    "apply": N_("Apply"),
    "analyse": N_("Analyse"),
    "evaluate": N_("Evaluate"),
    "create": N_("Create"),
}
DIFFICULTY: Mapping[str, str] = {"easy": N_("Easy"), "medium": N_("Medium"), "hard": N_("Hard")}
VALUES: Mapping[str, Mapping[str, str]] = {"kind": KINDS, "bloom": BLOOM, "difficulty": DIFFICULTY}
