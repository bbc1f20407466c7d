"""A blueprint as the cell types it: a table of rows for each section, read out of the form's fields and written back into them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from api.pages.form_parts import PARTS, WAYS, minutes_of
from api.pages.sent import MISSING, UNKNOWN, Said, Sent
from api.words import LANGUAGES, N_
from assessment_engine.kernel.errors import Invalid
from assessment_engine.services.blueprints import Offer
from item_bank.blueprints import Blueprint, BlueprintSection, Passages, Span, Stratum, Wanted
from item_bank.form_sections import Navigation

CHOSEN = ("competency", "level", "topic", "kind", "difficulty")
"""What each row asks in sight; the rest is folded."""
FOLDED = ("subject", "bloom", "marks")
FEWEST_ROWS, MOST_ROWS = 3, 30
MOST_COUNT = 500
_SECTION = ("title", "title_hi", "count", "minutes")

PASSAGES: Mapping[str, str] = {
    Passages.TOGETHER: N_("Those that are drawn stand one after another"),
    Passages.WHOLE: N_("All questions of a text are drawn, or none"),
    Passages.FREE: N_("They are drawn and placed like all others"),
}
PROBLEMS: Mapping[str, tuple[str, str]] = {  # by the code of item_bank/blueprints: the field of the section or row, and what to do
    "count_or_weight": ("count", N_("Say how many questions, or give a weight: one of the two.")),
    "count_for_weights": ("total", N_("Rows share the questions by weight. Say how many the section has, at least one for each row.")),
    "count_differs": ("total", N_("The rows ask for another number. Change them, or leave this empty.")),
    "no_strata": ("title", N_("This section has no row yet.")),
    "span": ("count", N_("“At least” is never above “at most”.")),
}


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed as a blueprint, and the fields that each of its rows came from: `A-1`, `A-2`, …"""

    blueprint: Blueprint
    rows: tuple[str, ...]


def shown_rows(fields: Mapping[str, str]) -> dict[str, int]:
    """Return how many rows of each section are shown."""
    counts = {}
    for part in PARTS:
        asked = fields.get(f"rows-{part}", "")
        filled = [row for row in range(1, MOST_ROWS + 1) if _is_filled(fields, f"{part}-{row}")]
        counts[part] = max(min(int(asked), MOST_ROWS) if asked.isdecimal() else FEWEST_ROWS, max(filled, default=0), 1)
    return counts


def _is_filled(fields: Mapping[str, str], row: str) -> bool:
    names = (*CHOSEN, *FOLDED, "count", "weight", "seconds_most", "words_most")
    return any(fields.get(f"{name}-{row}", "").strip() for name in names)


def typed_blueprint(sent: Sent, offer: Offer) -> Typed:
    """Read a blueprint; what does not fit is noted at its field."""
    sections, rows = [], []
    for part, count in shown_rows(sent.values).items():
        filled = [f"{part}-{row}" for row in range(1, count + 1) if _is_filled(sent.values, f"{part}-{row}")]
        if filled:
            sections.append(_section(sent, part, tuple(_stratum(sent, row, offer) for row in filled)))
            rows += filled
        elif any(sent.values.get(f"{name}-{part}", "").strip() for name in _SECTION):
            sent.wrong(f"title-{part}", (PROBLEMS["no_strata"][1], {}))
    if not sections:
        sent.wrong("", (N_("Fill in at least one row: what its questions have in common, and how many there are."), {}))
    languages = sent.several("languages", (*offer.values["languages"], *LANGUAGES))
    if not languages:
        sent.wrong("languages", MISSING)
    blueprint = Blueprint(
        title=sent.text("title"),
        title_hi=sent.text("title_hi"),
        sections=tuple(sections),
        passages=Passages(sent.one_of("passages", PASSAGES, Passages.TOGETHER)),
        languages=tuple(sorted(languages)),
        seconds=_span(sent, "seconds", 60),
        words=_span(sent, "words", 1),
    )
    _check(sent, blueprint, tuple(rows))
    return Typed(blueprint, tuple(rows))


def _check(sent: Sent, blueprint: Blueprint, rows: tuple[str, ...]) -> None:
    if not sent.is_right:
        return
    try:
        blueprint.check()
    except Invalid as error:
        problem, section, row = (error.details.get(name) for name in ("problem", "section", "row"))
        name, words = PROBLEMS.get(str(problem), ("", error.message))
        if name and section is not None:
            mine = [each for each in rows if each.startswith(f"{section}-")]
            name = f"{name}-{mine[int(row) - 1]}" if isinstance(row, int) else f"{name}-{section}"
        sent.wrong(name, (words, {}))


def _section(sent: Sent, part: str, strata: tuple[Stratum, ...]) -> BlueprintSection:
    total = sent.whole(f"total-{part}", 1, MOST_COUNT, empty=0)
    minutes = sent.number(f"minutes-{part}", "0.5", 24 * 60, empty=Decimal(0))
    return BlueprintSection(
        id=part,
        title=sent.text(f"title-{part}"),
        title_hi=sent.text(f"title_hi-{part}"),
        strata=strata,
        count=total or None,
        mixed=sent.one_of(f"mixed-{part}", ("mixed", "rows"), "mixed") == "mixed",
        navigation=Navigation(sent.one_of(f"navigation-{part}", WAYS, Navigation.FREE)),
        time_limit_s=int(minutes * 60) or None,
        locked=sent.ticked(f"locked-{part}"),
    )


def _stratum(sent: Sent, row: str, offer: Offer) -> Stratum:
    chosen = {name: sent.values.get(f"{name}-{row}", "").strip() for name in (*CHOSEN, *FOLDED)}
    for name, value in chosen.items():
        if value and value not in offer.values[name]:
            sent.wrong(f"{name}-{row}", UNKNOWN)
    count, weight = (sent.number(f"{name}-{row}", 0, MOST_COUNT, empty=Decimal(0)) for name in ("count", "weight"))
    if count != int(count):
        sent.wrong(f"count-{row}", (N_("A whole number from %(low)s to %(high)s."), {"low": 1, "high": MOST_COUNT}))
    wanted = Wanted(
        competency=chosen["competency"],
        level=int(chosen["level"]) if chosen["level"] in offer.values["level"] else None,
        subject=chosen["subject"],
        topic=chosen["topic"],
        kind=chosen["kind"],
        bloom=chosen["bloom"],
        difficulty=chosen["difficulty"],
        marks=Decimal(chosen["marks"]) if chosen["marks"] in offer.values["marks"] else None,
        seconds=Span(most=sent.whole(f"seconds_most-{row}", 1, 24 * 3600, empty=0) or None),
        words=Span(most=sent.whole(f"words_most-{row}", 1, 100_000, empty=0) or None),
    )
    return Stratum(wanted=wanted, count=int(count) or None, weight=weight or None)


def _span(sent: Sent, name: str, unit: int) -> Span:
    least, most = (int(sent.number(f"{name}_{end}", 0, 1_000_000, empty=Decimal(0)) * unit) for end in ("least", "most"))
    return Span(least=least or None, most=most or None)


def fields_of(blueprint: Blueprint) -> dict[str, str]:
    """Return the fields that say a blueprint."""
    fields = {
        "title": blueprint.title,
        "title_hi": blueprint.title_hi,
        "passages": str(blueprint.passages),
        "languages": " ".join(blueprint.languages),
        **_span_fields("seconds", blueprint.seconds, 60),
        **_span_fields("words", blueprint.words, 1),
    }
    for part, section in zip(PARTS, blueprint.sections, strict=False):
        fields |= {f"{name}-{part}": value for name, value in _section_fields(section).items()}
        for number, row in enumerate(section.strata, 1):
            fields |= {f"{name}-{part}-{number}": value for name, value in _row_fields(row).items()}
    return fields


def _section_fields(section: BlueprintSection) -> dict[str, str]:
    return {
        "title": section.title,
        "title_hi": section.title_hi,
        "total": str(section.count or ""),
        "mixed": "mixed" if section.mixed else "rows",
        "navigation": str(section.navigation),
        "minutes": "" if section.time_limit_s is None else minutes_of(section.time_limit_s),
        "locked": "1" if section.locked else "",
    }


def _row_fields(row: Stratum) -> dict[str, str]:
    wanted = row.wanted
    texts = {name: getattr(wanted, name) for name in (*CHOSEN, *FOLDED)}
    said = {name: "" if value is None else str(value) for name, value in texts.items()}
    said |= {"count": str(row.count or ""), "weight": "" if row.weight is None else f"{row.weight:f}"}
    return said | {"seconds_most": str(wanted.seconds.most or ""), "words_most": str(wanted.words.most or "")}


def _span_fields(name: str, span: Span, unit: int) -> dict[str, str]:
    ends = {"least": span.least, "most": span.most}
    return {f"{name}_{end}": "" if value is None else f"{Decimal(value) / unit:.2f}".rstrip("0").rstrip(".") for end, value in ends.items()}


SHORT: Mapping[str, str] = {  # why a row cannot be filled
    "too_few": N_("%(n)s missing"),
    "shared": N_("%(n)s missing: other rows need the same questions"),
    "enemies": N_("%(n)s missing: some may not be in one paper, or come only with their whole text"),
}
LEFT_OUT: Mapping[str, str] = {
    "older_version": N_("Older versions"),
    "lapsed": N_("The right to use them has ended by then"),
    "language": N_("Not in all languages that are asked"),
    "not_approved": N_("Not approved"),
}
REFUSED: Mapping[str, str] = {  # why no paper was found though each row could be filled
    "twice": N_("No paper was found: rows need the same questions. Ask less, or add questions."),
    "enemies": N_("No paper was found: too many questions may not be in one paper. Ask less, or add questions."),
    "seconds": N_("No paper was found that keeps to the time of the whole. Widen it, or ask for other questions."),
    "words": N_("No paper was found that keeps to the words of the whole. Widen them, or ask for other questions."),
}


def refused(details: Mapping[str, object]) -> Said:
    """Return in words why no paper could be drawn."""
    if "section" in details:
        words = N_("Section %(section)s, row %(row)s: %(n)s questions are missing.")
        return words, {"section": details["section"], "row": details["row"], "n": details.get("row_missing", details.get("missing", ""))}
    return REFUSED[str(details.get("problem"))], {}
