"""`assessment-engine rosters import` on a real data folder: dry run, import with passwords, refusal."""

import json
import os
import stat
from pathlib import Path

import pytest

from assessment_engine.cli import main
from assessment_engine.runtime import build_engine
from assessment_engine.services.people import sign_in
from assessment_engine.settings import Settings
from assessment_engine.storage.migrations import migrate
from tests.builders import a_form, an_exam, an_organisation


@pytest.fixture
def session_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    for name, value in {"DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": f"sqlite:///{tmp_path}/engine.sqlite"}.items():
        monkeypatch.setenv(name, value)
    settings = Settings.from_environ(os.environ)
    engine = build_engine(settings)
    migrate(engine.store.engine)
    organisation_id = an_organisation(engine)
    return an_exam(engine, organisation_id, a_form(engine, organisation_id)[0])[1]


def test_a_roster_is_checked_taken_and_refused_the_second_time(session_id: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    roster, passwords = tmp_path / "roster.csv", tmp_path / "passwords.csv"
    roster.write_text("login;name\nasha;Asha Rao\n")
    command = ["rosters", "import", str(roster), "--session", session_id]

    assert main([*command, "--dry-run"]) == 0
    assert "1 candidates could be registered; nothing was changed" in capsys.readouterr().out
    assert main([*command, "--passwords", str(passwords), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["imported"] == 1
    assert stat.S_IMODE(passwords.stat().st_mode) == 0o600
    assert main([*command, "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["code"], report["problems"][0]["code"], report["problems"][0]["line"]) == ("roster_refused", "place_held", 2)

    password = passwords.read_text("utf-8-sig").splitlines()[1].split(",")[2]
    assert sign_in(build_engine(Settings.from_environ(os.environ)), "asha", password).person.name == "Asha Rao"


def test_a_roster_that_is_not_there_is_wrong_usage(session_id: str, tmp_path: Path) -> None:
    assert main(["rosters", "import", str(tmp_path / "none.csv"), "--session", session_id]) == 2
