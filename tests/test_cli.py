"""The console script: what it prints, and its exit codes: 0 for success, 1 for a negative finding, 2 for wrong usage."""

import io
import json
from pathlib import Path

import pytest

from assessment_engine.cli import main
from proctoring.vision.demo_footage import Script, write_y4m
from tests.delivery.test_receipt_file import a_file


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    monkeypatch.setenv("DATA_DIR", str(folder))
    monkeypatch.delenv("DEMO", raising=False)
    return folder


def test_wrong_usage_is_two() -> None:
    with pytest.raises(SystemExit) as left:
        main(["nonsense"])

    assert left.value.code == 2


def test_migrate_makes_the_database(data_dir: Path) -> None:
    assert main(["migrate"]) == 0
    assert (data_dir / "engine.sqlite").is_file()


def test_a_person_is_added_with_a_password_from_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    main(["migrate"])
    monkeypatch.setattr("sys.stdin", io.StringIO("a long password\n"))

    code = main(["user", "add", "tara", "--name", "Tara Singh", "--organisation", "An Agency", "--role", "cell_officer", "--json"])

    assert code == 0
    assert json.loads(capsys.readouterr().out)["login"] == "tara"


def test_a_login_that_is_taken_is_refused_with_its_code(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    main(["migrate"])
    command = ["user", "add", "tara", "--name", "Tara Singh", "--organisation", "An Agency", "--role", "candidate", "--json"]
    for expected in (0, 1):
        monkeypatch.setattr("sys.stdin", io.StringIO("a long password\n"))
        assert main(command) == expected

    assert '"code": "conflict"' in capsys.readouterr().out


def test_load_is_seeded_in_demonstrations_only(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    main(["migrate"])
    assert main(["seed-load", "2"]) == 1

    monkeypatch.setenv("DEMO", "1")
    capsys.readouterr()

    assert main(["seed-load", "2"]) == 0
    seeded = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [sorted(each) for each in seeded] == [["items", "sitting", "token"]] * 2
    assert {len(each["items"]) for each in seeded} == {23}


def test_the_log_of_a_new_deployment_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    main(["migrate"])

    assert main(["audit", "verify", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["whole"] is True


def test_receipts_are_verified_without_a_server(tmp_path: Path) -> None:
    genuine, forged = tmp_path / "genuine.json", tmp_path / "forged.json"
    genuine.write_text(json.dumps(a_file()))
    forged.write_text(json.dumps(a_file()).replace('"itv_1"', '"itv_2"'))

    assert main(["receipts", "verify", str(genuine)]) == 0
    assert main(["receipts", "verify", str(forged)]) == 1


def test_what_is_no_credential_is_a_negative_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nonsense = tmp_path / "nonsense.txt"
    nonsense.write_text("hello")

    assert main(["credential", "verify", str(nonsense), "--json"]) == 1
    assert '"code": "unreadable_file"' in capsys.readouterr().out


def test_the_assets_are_listed_with_their_licences(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["assets", "list", "--json"]) == 0

    rows = json.loads(capsys.readouterr().out)["assets"]
    assert all(row["licence"] and row["source"] for row in rows)
    assert "face_mesh" in {row["role"] for row in rows}


def test_a_recording_is_analysed_in_the_published_format(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recording = tmp_path / "candidate.y4m"
    write_y4m(recording, Script(length_s=26.0, leaves_s=8.0, back_s=22.0), fps=2)

    assert main(["proctor", "analyse", str(recording), "--enrol", "0", "7", "--json"]) == 0

    report = json.loads(capsys.readouterr().out)
    assert {"incidents", "frames", "analysed", "cpu_ms_per_frame", "unobservable_s", "models"} <= set(report)
    assert [(each["kind"], each["tier"]) for each in report["incidents"]] == [("nobody", "alert")]
    assert set(report["incidents"][0]) >= {"kind", "start_s", "end_s", "raised_s", "severity", "tier", "confidence"}
