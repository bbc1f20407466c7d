"""What the database itself holds the item bank to, whatever any program does: triggers in both dialects, made by migration 0016.

A version begins as a draft and never says anything else; a review is by a reviewer of the subject who wrote nothing of it; approval needs
two different reviewers who accept it, none who does not, and somebody of neither side. Tried with plain SQL by
tests/storage/test_item_triggers.py. See docs/adr/0048-who-may-approve-a-question.md.
"""

from collections.abc import Mapping

from assessment_engine.storage.triggers import append_only, demand, refusal

_WROTE = """
    SELECT 1 FROM item_versions a WHERE a.item_id = v.item_id AND a.version <= v.version AND a.author_id = NEW.person_id
    AND a.version > COALESCE((SELECT MAX(p.version) FROM item_versions p WHERE p.item_id = v.item_id AND p.version < v.version
    AND p.state IN ('approved', 'retired')), 0)
    AND NOT EXISTS (SELECT 1 FROM item_imports m WHERE m.id = a.import_id AND m.finished_at IS NULL)"""
"""Finds the person among those who wrote the version `v`, or an earlier one that it builds on, since the last that was approved. Nothing
builds on a version whose import broke off or was withdrawn."""

_LAST_WORD = """r.version_id = NEW.id AND NOT EXISTS (SELECT 1 FROM item_reviews n WHERE n.version_id = r.version_id
    AND n.person_id = r.person_id AND n.ordinal > r.ordinal)"""
"""What a reviewer said last of a version."""

ITEM_NEEDS: Mapping[str, tuple[str, str]] = {
    "a version begins as a draft": ("INSERT ON item_versions", "SELECT 1 WHERE NEW.state = 'draft'"),
    "a review is by a reviewer of the subject who wrote nothing of it": (
        "INSERT ON item_reviews",
        f"""SELECT 1 FROM item_versions v JOIN reviewer_subjects s ON s.organisation_id = v.organisation_id AND s.subject = v.subject
        WHERE v.id = NEW.version_id AND v.state = 'in_review' AND s.person_id = NEW.person_id AND NOT EXISTS ({_WROTE})""",  # noqa: S608  # our own words
    ),
    "whoever approves has neither written nor reviewed it": (
        "INSERT ON item_approvals",
        f"""SELECT 1 FROM item_versions v WHERE v.id = NEW.version_id AND v.state = 'in_review' AND NOT EXISTS ({_WROTE})
        AND NOT EXISTS (SELECT 1 FROM item_reviews r WHERE r.version_id = v.id AND r.person_id = NEW.person_id)""",  # noqa: S608  # our own words
    ),
    "approval needs two reviewers who accept, none who does not, and a third person": (
        "UPDATE OF state ON item_versions",
        f"""SELECT 1 WHERE NEW.state <> 'approved' OR (OLD.state = 'in_review'
        AND EXISTS (SELECT 1 FROM item_approvals p WHERE p.version_id = NEW.id)
        AND 2 <= (SELECT COUNT(*) FROM item_reviews r WHERE r.verdict = 'accept' AND {_LAST_WORD})
        AND NOT EXISTS (SELECT 1 FROM item_reviews r WHERE r.verdict = 'return' AND {_LAST_WORD}))""",  # noqa: S608  # our own words
    ),
}
"""What must be there, by the words of the refusal: at which change, and the query that must find something."""

VERSION_STAYS = (
    "id, item_id, version, title, competency_id, level, sha256, import_id, organisation_id, bank_id, identifier, titles, languages, "
    "author_id, saved_at, subject, topic, bloom, difficulty, seconds, words, kind, origin, author, owner, licence, licence_ends, contract"
)
"""All of a version but its state, and whether it is the newest."""

WRITTEN_ONCE = ("item_contents", "item_words", "item_reviews", "item_approvals", "item_comments", "item_calibrations", "form_items")
"""Tables of the bank whose rows are never changed and never deleted."""


def item_triggers(dialect: str) -> tuple[str, ...]:
    """Return what migration 0016 executes, once its tables exist."""
    names = {"INSERT ON item_versions": "begin", "UPDATE OF state ON item_versions": "approved"}
    return (
        *(line for words, (event, query) in ITEM_NEEDS.items() for line in demand(dialect, names.get(event, "need"), words, event, query)),
        refusal(dialect, "item_versions_no_content", f"UPDATE OF {VERSION_STAYS} ON item_versions{{each}}", "item_versions"),
        refusal(dialect, "item_versions_no_delete", "DELETE ON item_versions", "item_versions"),
        *append_only(dialect, WRITTEN_ONCE),
    )
