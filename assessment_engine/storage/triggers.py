"""The promises of DESIGN section 5 that the database itself keeps, whatever any program does: triggers in both dialects.

Promise 2: a sealed ledger takes no answer. Promise 4: a certificate is refused unless its sitting is sealed, its score report is over
exactly that seal and form and passed, the proctoring decision that stands lets it pass and is newer than every flag, no case and no
grievance is open, and its batch was published under two different officers. Promise 5: what is written stays; a correction supersedes.
Promise 8: a competency record has a certificate.
Executed by the migrations; tried with plain SQL by tests/certification/test_triggers.py.
"""

from collections.abc import Mapping, Sequence
from itertools import product

CERTIFICATE_NEEDS: Mapping[str, str] = {
    "the sitting of that candidate": """
        SELECT 1 FROM sittings t WHERE t.id = NEW.sitting_id AND t.candidate_id = NEW.candidate_id
        AND t.organisation_id = NEW.organisation_id AND t.state = 'submitted'""",
    "a sealed sitting": "SELECT 1 FROM seals s WHERE s.sitting_id = NEW.sitting_id",
    "a passed score report over exactly that seal and form": """
        SELECT 1 FROM score_reports r JOIN seals s ON s.sitting_id = r.sitting_id
        WHERE r.id = NEW.score_report_id AND r.sitting_id = NEW.sitting_id AND r.passed
        AND r.seal_sha256 = s.sha256 AND r.form_sha256 = s.form_sha256
        AND NOT EXISTS (SELECT 1 FROM seals n WHERE n.sitting_id = s.sitting_id AND n.number > s.number)""",
    "a proctoring decision that lets it pass": """
        SELECT 1 FROM proctoring_decisions d WHERE d.id = NEW.proctoring_decision_id AND d.sitting_id = NEW.sitting_id
        AND d.outcome IN ('unflagged', 'cleared', 'enough_seen')""",
    "the proctoring decision that stands": """
        SELECT 1 FROM proctoring_decisions d WHERE d.id = NEW.proctoring_decision_id AND NOT EXISTS (
        SELECT 1 FROM proctoring_decisions n WHERE n.sitting_id = NEW.sitting_id AND n.id <> d.id AND n.decided_at >= d.decided_at)""",
    "a decision newer than the last flag": """
        SELECT 1 FROM proctoring_decisions d WHERE d.id = NEW.proctoring_decision_id AND NOT EXISTS (
        SELECT 1 FROM incidents i WHERE i.sitting_id = NEW.sitting_id AND i.tier = 'alert'
        AND (i.raised_at > d.incidents_until OR i.raised_at > d.decided_at))""",
    "every flag decided by people": """
        SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM incidents i LEFT JOIN cases c ON c.incident_id = i.id
        WHERE i.sitting_id = NEW.sitting_id AND i.tier = 'alert' AND (c.state IS NULL OR c.state NOT IN ('dismissed', 'overturned')))
        AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.sitting_id = NEW.sitting_id AND c.state NOT IN ('dismissed', 'overturned'))""",
    "a drained stream": """
        SELECT 1 FROM proctoring_decisions d LEFT JOIN watches w ON w.sitting_id = d.sitting_id WHERE d.id = NEW.proctoring_decision_id
        AND (w.drained_at IS NOT NULL OR (w.sitting_id IS NULL AND d.outcome = 'enough_seen'))""",
    "enough of the sitting seen": """
        SELECT 1 FROM proctoring_decisions d JOIN sittings t ON t.id = d.sitting_id JOIN exams e ON e.id = t.exam_id
        WHERE d.id = NEW.proctoring_decision_id AND (d.outcome = 'enough_seen' OR d.observable_share >= {min_observable_share})""",
    "no open grievance": """
        SELECT 1 WHERE NOT EXISTS (
        SELECT 1 FROM grievances g WHERE g.sitting_id = NEW.sitting_id AND g.state NOT IN ('resolved', 'withdrawn'))""",
    "a published batch that contains exactly that score report": """
        SELECT 1 FROM result_batches b JOIN batch_entries n ON n.batch_id = b.id
        WHERE b.id = NEW.batch_id AND b.state = 'published' AND b.published_at IS NOT NULL
        AND n.sitting_id = NEW.sitting_id AND n.score_report_id = NEW.score_report_id""",
    "the signatures of two different officers": """
        SELECT 1 WHERE 2 <= (SELECT COUNT(DISTINCT a.officer_id) FROM batch_approvals a WHERE a.batch_id = NEW.batch_id)""",
}
"""What must be there, by the words of the refusal; each is a query that must find something."""

_MIN_OBSERVABLE_SHARE = {
    "sqlite": "CAST(json_extract(e.policy, '$.min_observable_share') AS REAL)",
    "postgresql": "CAST(e.policy ->> 'min_observable_share' AS DOUBLE PRECISION)",
}

APPEND_ONLY = (
    "answers",
    "certificates",
    "certificate_changes",
    "seals",
    "score_reports",
    "adjudications",
    "proctoring_decisions",
    "batch_approvals",
    "checkpoints",
    "exam_events",
    "grievance_history",
)
"""Tables whose rows are never changed and never deleted."""

APPEND_ONLY_PARTS = ("item_parts", "part_contents")
"""The same, for the tables of migration 0002."""

APPEND_ONLY_LATE = ("seals", "late_answers", "late_decisions")
"""The same, for those that migration 0003 makes, or makes anew."""

SEAL_NEEDS: Mapping[str, str] = {
    "a seal needs the next number": """
        SELECT 1 WHERE NEW.number = 1 + (SELECT COUNT(*) FROM seals s WHERE s.sitting_id = NEW.sitting_id)""",
    "a seal needs the one that it supersedes": """
        SELECT 1 WHERE NEW.number = 1 OR EXISTS (SELECT 1 FROM seals s WHERE s.sitting_id = NEW.sitting_id
        AND s.number = NEW.number - 1 AND s.sha256 = NEW.supersedes AND s.ledger_sha256 = NEW.ledger_sha256)""",
    "a later seal needs exactly the late answers that were accepted": """
        SELECT 1 WHERE NEW.late_answers = (SELECT COUNT(*) FROM late_answers l JOIN late_decisions d ON d.late_answer_id = l.id
        WHERE l.sitting_id = NEW.sitting_id AND d.verdict = 'accept') AND (NEW.number = 1) = (NEW.late_answers = 0)""",
    "no seal supersedes one whose score is published": """
        SELECT 1 WHERE NEW.number = 1 OR NOT EXISTS (SELECT 1 FROM batch_entries n JOIN result_batches b ON b.id = n.batch_id
        WHERE n.sitting_id = NEW.sitting_id AND b.state = 'published')""",
}
"""The same as CERTIFICATE_NEEDS for seals, by the words of the refusal."""

HEARD_FIRST: Mapping[str, tuple[str, str]] = {
    "a candidate is asked once the exam is over and somebody upheld the case": (
        "INSERT ON hearings",
        """SELECT 1 FROM sittings t JOIN adjudications a ON a.sitting_id = t.id WHERE t.id = NEW.sitting_id
        AND t.candidate_id = NEW.candidate_id AND t.state IN ('submitted', 'voided')
        AND a.incident_id = NEW.incident_id AND a.ordinal = 1 AND a.verdict = 'uphold'""",
    ),
    "a second person upholds nothing before the candidate was heard": (
        "INSERT ON adjudications",
        """SELECT 1 WHERE NEW.ordinal = 1 OR NEW.verdict <> 'uphold' OR EXISTS (SELECT 1 FROM hearings h
        WHERE h.incident_id = NEW.incident_id AND (h.replied_at IS NOT NULL OR h.waived_at IS NOT NULL OR h.due_at <= NEW.at))""",
    ),
    "a case is overturned by an upheld appeal, and by nobody who judged it": (
        "INSERT ON overturnings",
        """SELECT 1 FROM grievances g WHERE g.id = NEW.grievance_id AND g.about = 'flag' AND g.subject_id = NEW.incident_id
        AND g.sitting_id = NEW.sitting_id AND g.outcome = 'upheld' AND g.resolved_by = NEW.person_id
        AND NOT EXISTS (SELECT 1 FROM adjudications a WHERE a.incident_id = NEW.incident_id AND a.person_id = NEW.person_id)""",
    ),
    "only what people upheld is overturned, once somebody signed for it": (
        "UPDATE OF state ON cases",
        """SELECT 1 WHERE NEW.state <> 'overturned' OR (OLD.state = 'upheld'
        AND EXISTS (SELECT 1 FROM overturnings o WHERE o.incident_id = NEW.incident_id))""",
    ),
}
"""What migration 0015 holds people to, by the words of the refusal: at which change, and the query that must find something."""

_RECORD_COLUMNS = "id, candidate_id, competency_id, level, certificate_id, valid_from, valid_to, recorded_at"
_ENTRY_COLUMNS = "id, kind, subject, actor_id, at, payload, sha256"
CHANGED_ONCE: Mapping[str, tuple[str, str]] = {
    "competency_records": (_RECORD_COLUMNS, "superseded_at"),
    "audit_entries": (_ENTRY_COLUMNS, "leaf_index"),
}
"""Tables whose rows are never deleted and change in one column only, once: the columns that stay, and the one that is filled in."""

_OWN_CERTIFICATE = "SELECT 1 FROM certificates c WHERE c.id = NEW.certificate_id AND c.candidate_id = NEW.candidate_id"

_SEALED = "SELECT 1 FROM seals s WHERE s.sitting_id = NEW.sitting_id"


def _needs(dialect: str) -> Mapping[str, str]:
    share = _MIN_OBSERVABLE_SHARE[dialect]
    return {name: query.replace("{min_observable_share}", share).strip() for name, query in CERTIFICATE_NEEDS.items()}


def _sqlite() -> tuple[str, ...]:
    checks = "\n".join(
        f"SELECT RAISE(ABORT, 'a certificate needs {name}') WHERE NOT EXISTS ({query});" for name, query in _needs("sqlite").items()
    )
    foreign = f"SELECT RAISE(ABORT, 'a competency record needs its holder''s certificate') WHERE NOT EXISTS ({_OWN_CERTIFICATE});"
    late = f"SELECT RAISE(ABORT, 'a sealed ledger takes no answer') WHERE EXISTS ({_SEALED});"
    statements = [
        f"CREATE TRIGGER certificates_need BEFORE INSERT ON certificates BEGIN {checks} END",
        f"CREATE TRIGGER competency_records_need BEFORE INSERT ON competency_records BEGIN {foreign} END",
        f"CREATE TRIGGER answers_need BEFORE INSERT ON answers BEGIN {late} END",
    ]
    return (*statements, *(refusal("sqlite", *refused) for refused in _refusals()))


def _postgresql() -> tuple[str, ...]:
    checks = "\n".join(
        f"IF NOT EXISTS ({query}) THEN RAISE EXCEPTION 'a certificate needs {name}' USING ERRCODE = 'check_violation'; END IF;"
        for name, query in _needs("postgresql").items()
    )
    foreign = (
        f"IF NOT EXISTS ({_OWN_CERTIFICATE}) THEN "
        "RAISE EXCEPTION 'a competency record needs its holder''s certificate' USING ERRCODE = 'check_violation'; END IF;"
    )
    late = f"IF EXISTS ({_SEALED}) THEN RAISE EXCEPTION 'a sealed ledger takes no answer' USING ERRCODE = 'check_violation'; END IF;"
    stays = "RAISE EXCEPTION 'what is written in % stays', TG_TABLE_NAME USING ERRCODE = 'check_violation';"
    insert = "FOR EACH ROW EXECUTE FUNCTION"
    statements = [
        _function("certificate_needs", f"{checks} RETURN NEW;"),
        _function("competency_record_needs", f"{foreign} RETURN NEW;"),
        _function("answer_needs", f"{late} RETURN NEW;"),
        _function("what_is_written_stays", stays),
        f"CREATE TRIGGER certificates_need BEFORE INSERT ON certificates {insert} certificate_needs()",
        f"CREATE TRIGGER competency_records_need BEFORE INSERT ON competency_records {insert} competency_record_needs()",
        f"CREATE TRIGGER answers_need BEFORE INSERT ON answers {insert} answer_needs()",
    ]
    return (*statements, *(refusal("postgresql", *refused) for refused in _refusals()))


def numbered_seals(dialect: str) -> tuple[str, ...]:
    """Return what migration 0003 executes: the certificate's trigger again, as it looks at the newest seal, and what a seal needs.

    The triggers that look at the first kind of `seals` must be gone before (`before_numbered_seals`), and its table be made.
    """
    sealed = _sealing(dialect)
    if dialect == "sqlite":
        checks = "\n".join(f"SELECT RAISE(ABORT, '{words}') WHERE NOT EXISTS ({query.strip()});" for words, query in SEAL_NEEDS.items())
        return (*sealed, f"CREATE TRIGGER seals_need BEFORE INSERT ON seals BEGIN {checks} END", *append_only(dialect, APPEND_ONLY_LATE))
    checks = "\n".join(
        f"IF NOT EXISTS ({query.strip()}) THEN RAISE EXCEPTION '{words}' USING ERRCODE = 'check_violation'; END IF;"
        for words, query in SEAL_NEEDS.items()
    )
    need = _function("seal_needs", f"{checks} RETURN NEW;")
    trigger = "CREATE TRIGGER seals_need BEFORE INSERT ON seals FOR EACH ROW EXECUTE FUNCTION seal_needs()"
    return (*sealed, need, trigger, *append_only(dialect, APPEND_ONLY_LATE))


def heard_first(dialect: str) -> tuple[str, ...]:
    """Return what migration 0015 executes: the certificate's trigger again, which knows overturned cases, and what hearings need."""
    names = ("CREATE FUNCTION certificate_needs", "CREATE TRIGGER certificates_need ")
    certificate = (each for each in TRIGGERS[dialect] if each.startswith(names))
    asked = "incident_id, sitting_id, organisation_id, candidate_id, opened_at, due_at"
    once = (("replied_at", "reply, replied_at"), ("waived_at", "waived_at"))
    return (
        *certificate,
        *(line for words, (event, query) in HEARD_FIRST.items() for line in demand(dialect, "heard_first", words, event, query)),
        refusal(dialect, "hearings_no_delete", "DELETE ON hearings", "hearings"),
        refusal(dialect, "hearings_no_content", f"UPDATE OF {asked} ON hearings{{each}}", "hearings"),
        *(
            refusal(dialect, f"hearings_{name}_once", f"UPDATE OF {columns} ON hearings{{each}} WHEN (OLD.{name} IS NOT NULL)", "hearings")
            for name, columns in once
        ),
        *append_only(dialect, ("overturnings",)),
    )


def before_hearings(dialect: str) -> tuple[str, ...]:
    """Return what takes the certificate's trigger away, so that it can be made anew."""
    if dialect == "sqlite":
        return ("DROP TRIGGER certificates_need",)
    return "DROP TRIGGER certificates_need ON certificates", "DROP FUNCTION certificate_needs()"


def demand(dialect: str, why: str, words: str, event: str, query: str) -> tuple[str, ...]:
    """Return the trigger that refuses a change of one table unless a query finds something."""
    name, query = f"{event.rsplit(' ', 1)[1]}_{why}", query.strip()
    if dialect == "sqlite":
        return (f"CREATE TRIGGER {name} BEFORE {event} BEGIN SELECT RAISE(ABORT, '{words}') WHERE NOT EXISTS ({query}); END",)
    body = f"IF NOT EXISTS ({query}) THEN RAISE EXCEPTION '{words}' USING ERRCODE = 'check_violation'; END IF; RETURN NEW;"
    return _function(name, body), f"CREATE TRIGGER {name} BEFORE {event} FOR EACH ROW EXECUTE FUNCTION {name}()"


def _sealing(dialect: str) -> tuple[str, ...]:
    """Return the statements of TRIGGERS that look at seals."""
    names = ("FUNCTION certificate_needs", "FUNCTION answer_needs", "TRIGGER certificates_need", "TRIGGER answers_need")
    return tuple(each for each in TRIGGERS[dialect] if each.startswith(tuple(f"CREATE {name}" for name in names)))


def before_numbered_seals(dialect: str) -> tuple[str, ...]:
    """Return what takes the triggers away that look at `seals`, so that the table can be made anew."""
    if dialect == "sqlite":
        return "DROP TRIGGER certificates_need", "DROP TRIGGER answers_need"
    return (
        "DROP TRIGGER certificates_need ON certificates",
        "DROP TRIGGER answers_need ON answers",
        "DROP FUNCTION certificate_needs()",
        "DROP FUNCTION answer_needs()",
    )


def append_only(dialect: str, tables: Sequence[str]) -> tuple[str, ...]:
    """Return the triggers that keep the rows of later tables as they were written."""
    changes = product(tables, ("UPDATE", "DELETE"))
    return tuple(refusal(dialect, f"{table}_no_{verb.lower()}", f"{verb} ON {table}", table) for table, verb in changes)


def refusal(dialect: str, name: str, event: str, table: str) -> str:
    """Return the trigger that refuses a change; `event` has the place of FOR EACH ROW, which only PostgreSQL wants."""
    if dialect == "sqlite":
        refuse = f"BEGIN SELECT RAISE(ABORT, 'what is written in {table} stays'); END"
        return f"CREATE TRIGGER {name} BEFORE {event.replace('{each}', '')} {refuse}"
    return f"CREATE TRIGGER {name} BEFORE {event.replace('{each}', ' FOR EACH ROW')} EXECUTE FUNCTION what_is_written_stays()"


def _function(name: str, body: str) -> str:
    return f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"


def _refusals() -> list[tuple[str, str, str]]:
    """Return (trigger, event with the place of FOR EACH ROW, table) for every change that is refused."""
    refused = [(table, "UPDATE", "UPDATE", "") for table in APPEND_ONLY]
    refused += [(table, "DELETE", "DELETE", "") for table in (*APPEND_ONLY, *CHANGED_ONCE)]
    refused += [(table, "CONTENT", f"UPDATE OF {columns}", "") for table, (columns, _) in CHANGED_ONCE.items()]
    refused += [(table, "TWICE", f"UPDATE OF {once}", f" WHEN (OLD.{once} IS NOT NULL)") for table, (_, once) in CHANGED_ONCE.items()]
    return [(f"{table}_no_{word.lower()}", f"{event} ON {table}{{each}}{when}", table) for table, word, event, when in refused]


TRIGGERS: Mapping[str, tuple[str, ...]] = {"sqlite": _sqlite(), "postgresql": _postgresql()}
"""The statements to execute, by dialect, once all tables exist."""
