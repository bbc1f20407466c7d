"""The parts of a form as the cell types and reads them: settings of each part out of the form's fields, and in words."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from api.pages.sent import Said, Sent
from api.words import N_
from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.ids import ItemVersionId
from item_bank.forms import Branch, FormSection, Navigation, Order, ShareRule

PARTS = ("A", "B", "C", "D", "E")
BRANCHES = (1, 2)
ORDERS: Mapping[str, str] = {Order.FIXED: N_("The order of the list below"), Order.RANDOM: N_("An own order for each candidate, by chance")}
WAYS: Mapping[str, str] = {
    Navigation.FREE: N_("To any question of the section, and back"),
    Navigation.LINEAR: N_("Forward only, question by question"),
}
_SETTINGS = ("title", "title_hi", "minutes", "item_seconds", "locked", "if_part", "if_percent", "to_1", "to_2")
_OWN = "seconds-"  # and the question: seconds of its own
MOST_MINUTES, MOST_SECONDS = 24 * 60, 3600

PROBLEMS: Mapping[str, tuple[str, str]] = {  # by the code of item_bank/form_sections.py: where in the part it is shown, and what to do
    "limits_need_linear": ("item_seconds", N_("A limit for each question needs the way “forward only”. Choose it, or limit the section.")),
    "limit_out_of_range": ("minutes", N_("A limit is at least one second and at most a day. Leave it empty for none.")),
    "unknown_part": ("way", N_("Section %(other)s has no question. Choose a section that has some.")),
    "part_not_left": ("way", N_("Section %(other)s comes later: its marks are not known yet. Choose an earlier section.")),
    "part_not_locked": ("way", N_("The marks of section %(other)s decide the way, so they must not change afterwards. Lock that section.")),
    "leads_back": ("way", N_("Section %(other)s is not behind this one: candidates would go in a circle. Choose a later section.")),
}


@dataclass(frozen=True, slots=True)
class _Fields:
    """The fields of one part."""

    sent: Sent
    part: str

    def name(self, name: str) -> str:
        return f"{name}-{self.part}"


def sections_of(sent: Sent) -> tuple[FormSection, ...]:
    """Read every part that has questions; a part that is filled in without any is wrong, and so is one without its titles."""
    chosen = {
        part: tuple(ItemVersionId(name[5:]) for name, place in sent.values.items() if name.startswith("item-") and place == part)
        for part in PARTS
    }
    _check_no_left_out(sent, {item for items in chosen.values() for item in items})
    for part in PARTS:
        if not chosen[part] and any(sent.values.get(f"{name}-{part}", "").strip() for name in _SETTINGS):
            sent.wrong(
                f"title-{part}", (N_("This section is filled in but has no question. Give it some in the list below, or empty it."), {})
            )
    return tuple(_section(_Fields(sent, part), items) for part, items in chosen.items() if items)


def _check_no_left_out(sent: Sent, chosen: Collection[ItemVersionId]) -> None:
    for name, seconds in sent.values.items():
        if name.startswith(_OWN) and seconds.strip() and name.removeprefix(_OWN) not in chosen:
            sent.wrong(name, (N_("This question is left out. Give it a section, or empty this field."), {}))


def _limits(fields: _Fields, items: tuple[ItemVersionId, ...]) -> dict[ItemVersionId, int]:
    """Read how long each question stays open: its own seconds, else those of the section; none where neither says any."""
    default = fields.sent.whole(fields.name("item_seconds"), 1, MOST_SECONDS, empty=0)
    limits = {item: fields.sent.whole(f"{_OWN}{item}", 1, MOST_SECONDS, empty=default) for item in items}
    return {item: seconds for item, seconds in limits.items() if seconds}


def _section(fields: _Fields, items: tuple[ItemVersionId, ...]) -> FormSection:
    sent, name = fields.sent, fields.name
    minutes = sent.number(name("minutes"), "0.5", MOST_MINUTES, empty=Decimal(0))
    return FormSection(
        id=fields.part,
        title=sent.text(name("title")),
        title_hi=sent.text(name("title_hi")),
        items=items,
        navigation=Navigation(sent.one_of(name("navigation"), WAYS, Navigation.FREE)),
        time_limit_s=int(minutes * 60) or None,
        item_limits=_limits(fields, items),
        locked=sent.ticked(name("locked")),
        order=Order(sent.one_of(name("order"), ORDERS, Order.FIXED)),
        precondition=_precondition(fields),
        branches=tuple(branch for number in BRANCHES if (branch := _branch(fields, number)) is not None),
    )


def _precondition(fields: _Fields) -> ShareRule | None:
    part, percent = fields.name("if_part"), fields.name("if_percent")
    return _rule(fields, part, percent) if fields.sent.values.get(part) or fields.sent.values.get(percent) else None


def _branch(fields: _Fields, number: int) -> Branch | None:
    names = [fields.name(f"{name}_{number}") for name in ("to", "of", "from")]
    if not any(fields.sent.values.get(name) for name in names[:1] + names[2:]):
        return None
    to = fields.sent.choice(names[0], PARTS)
    return Branch(rule=_rule(fields, names[1], names[2], own=True), to=to)


def _rule(fields: _Fields, part: str, percent: str, *, own: bool = False) -> ShareRule:
    section = fields.sent.choice(part, PARTS, fields.part if own else "")
    return ShareRule(section=section, share_at_least=fields.sent.number(percent, 0, 100) / 100)


def place_of(error: Invalid) -> tuple[str, Said]:
    """Return the field that a refusal is about, and its words; a refusal without a code stands above the form."""
    problem, section = str(error.details.get("problem", "")), error.details.get("section")
    if problem not in PROBLEMS:
        return "", (error.message, {})
    name, words = PROBLEMS[problem]
    return f"{name}-{section}", (words, {"other": error.details.get("other", "")})


def settings_of(section: FormSection) -> list[Said]:
    """Say in words how a candidate goes through a part."""
    said: list[Said] = []
    if section.navigation is Navigation.LINEAR:
        said.append((N_("Forward only: no question can be gone back to, and the section is closed when it is left"), {}))
    elif section.locked:
        said.append((N_("Closed when it is left"), {}))
    if section.time_limit_s is not None:
        said.append((N_("Time: %(minutes)s minutes"), {"minutes": minutes_of(section.time_limit_s)}))
    if section.item_limits:
        low, high = min(section.item_limits.values()), max(section.item_limits.values())
        said.append((N_("Time for a question: %(seconds)s seconds"), {"seconds": low if low == high else f"{low}–{high}"}))
    if section.order is Order.RANDOM:
        said.append((N_("An own order for each candidate, by chance"), {}))
    if section.precondition is not None:
        words = N_("Only for candidates with at least %(percent)s %% of the marks of section %(part)s")
        said.append((words, _values(section.precondition)))
    for branch in section.branches:
        words = N_("With at least %(percent)s %% of the marks of section %(part)s it goes on with section %(to)s")
        said.append((words, {**_values(branch.rule), "to": branch.to}))
    return said


def minutes_of(seconds: int) -> str:
    """Write seconds as minutes, without needless places."""
    return f"{Decimal(seconds) / 60:.2f}".rstrip("0").rstrip(".")


def _values(rule: ShareRule) -> dict[str, object]:
    return {"percent": f"{(rule.share_at_least * 100).normalize():f}", "part": rule.section}
