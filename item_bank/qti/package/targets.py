"""Where tests and sections lead: to items and to sections of the same package, and never in a circle."""

from dataclasses import dataclass, field, replace

from item_bank.qti.package.checks import Shelf, about
from item_bank.qti.package.circles import circle, reached
from item_bank.qti.package.notebook import Notebook
from item_bank.qti.package.planned import PlannedTest
from item_bank.qti.package.references import Reference, Use
from item_bank.qti.problems import Problem


@dataclass(slots=True)
class Targets:
    """The references of tests and sections, checked when everything is read."""

    shelf: Shelf
    notebook: Notebook
    _found: dict[str, list[tuple[Reference, str]]] = field(default_factory=dict)
    _sections: dict[str, list[str]] = field(default_factory=dict)  # from file to file

    def take(self, path: str, references: tuple[Reference, ...]) -> None:
        """Note where a test or section leads, and say what is not there."""
        self._found[path], self._sections[path] = [], []
        for reference in references:
            if reference.use in (Use.ITEM, Use.SECTION):
                target, problem = self.shelf.find(path, reference)
                self.notebook.say(path, problem)
                if target:
                    self._found[path].append((reference, target))
                    if reference.use is Use.SECTION:
                        self._sections[path].append(target)

    def check(self, items: frozenset[str], sections: frozenset[str]) -> bool:
        """Say which references lead to something else than an item or a section; tell whether sections go in a circle."""
        for path, found in self._found.items():
            for reference, target in found:
                right = target in (items if reference.use is Use.ITEM else sections)
                if not right and target not in self.notebook.seconds:
                    message = f"{target} is no {reference.use} of this package"
                    problem = about(reference, "wrong_reference", message, "refer to an item or a section that the package has")
                    self.notebook.say(path, problem)
        around = circle(self._sections)
        if around:
            message = f"sections refer to one another in a circle: {' → '.join(around)}"
            self.notebook.say(around[0], Problem(code="circular_reference", message=message, advice="take one of the references out"))
        return bool(around)

    def with_targets(self, test: PlannedTest) -> PlannedTest:
        """Return a test with all files that it and its sections lead to."""
        sections = reached(test.path, self._sections)
        found = [each for path in (test.path, *sections) for each in self._found.get(path, [])]
        items = [target for reference, target in found if reference.use is Use.ITEM]
        return replace(test, sections=sections, items=tuple(dict.fromkeys(items)))
