"""One thing that an author should look at. Words for people: api/pages/check_words.py; what each code means: docs/item-checks.md."""

from dataclasses import dataclass

from item_bank.qti.problems import Problem, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A finding: `code` is stable, `where` an identifier inside the item (a choice, a response, a feedback), `said` the item's own words.

    Of a near-duplicate, `other` is the version that is like it, and `said` its identifier.
    """

    code: str
    message: str
    lang: str = ""
    where: str = ""
    said: str = ""
    other: str = ""

    def as_note(self, file: str) -> Problem:
        """Return it as a note of an import's report."""
        place = f" ({self.lang})" if self.lang else ""
        return Problem(code=self.code, message=f"{self.message}{place}", severity=Severity.NOTE, file=file, element=self.where)
