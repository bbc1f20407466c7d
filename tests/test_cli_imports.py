"""`items import` and `items export` as somebody at the console uses them: what they print, and their exit codes."""

import json
import zipfile
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from assessment_engine.cli import main
from assessment_engine.cli.item_imports import OTHERS
from item_bank.formats import FORMATS as BY_NAME
from tests.services.packages import PICTURE, a_broken_item, an_item, an_old_item, zipped


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    monkeypatch.setenv("DATA_DIR", str(folder))
    monkeypatch.delenv("DEMO", raising=False)
    return folder


@pytest.fixture
def package(tmp_path: Path) -> Path:
    path = tmp_path / "package.zip"
    files = {"items/one.xml": an_item(body='<p><img src="a.png" alt="A dot"/></p>'), "items/a.png": PICTURE, "old.xml": an_old_item()}
    path.write_bytes(zipped(files))
    return path


def reported(capsys: pytest.CaptureFixture[str], *command: str | Path) -> tuple[int, dict[str, Any]]:
    code = main([*map(str, command), "--json"])
    return code, json.loads(capsys.readouterr().out)


def add_officer(monkeypatch: pytest.MonkeyPatch, organisation: str = "Agency", login: str = "kavita") -> None:
    import io

    main(["migrate"])
    monkeypatch.setattr("sys.stdin", io.StringIO("a long password\n"))
    main(["user", "add", login, "--name", "Kavita", "--organisation", organisation, "--role", "cell_officer"])


def test_a_check_needs_no_database(package: Path, data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, report = reported(capsys, "items", "import", package, "--dry-run")

    assert code == 0
    assert (report["imported"], report["refused"]) == (0, False)
    assert sorted(item["identifier"] for item in report["items"]) == ["old", "one"]
    assert all(set(problem) >= {"file", "line", "element", "code", "message", "clause", "advice"} for problem in report["problems"])
    assert not data_dir.exists()


def test_the_report_says_what_refuses_first_and_why_at_the_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    many = {f"{n}.xml": a_broken_item(f"item-{n}") for n in range(20)}
    (tmp_path / "p.zip").write_bytes(zipped(many))

    code = main(["items", "import", str(tmp_path / "p.zip"), "--dry-run"])
    lines = capsys.readouterr().out.splitlines()

    assert code == 1
    first_note = next(number for number, line in enumerate(lines) if "notes, which refuse nothing" in line)
    assert [line for line in lines[first_note:] if "wrong:" in line] == []
    assert "  wrong: line 1, blink: " in "\n".join(lines[:first_note])
    assert lines[first_note + 1].startswith("  20 × ")
    assert lines[first_note + 2].endswith("and 17 more")
    assert lines[-1].startswith("refused: 20 things are wrong in 20 files (20 × unknown_element); nothing was changed")
    assert "--lenient" in lines[-1]


def test_a_few_notes_are_listed_one_by_one(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["items", "import", str(package), "--dry-run"])
    out = capsys.readouterr().out

    assert "note: there is no imsmanifest.xml" in out
    assert out.endswith("2 items could be imported; nothing was changed\n")


def test_the_sample_questions_are_accepted_strictly(capsys: pytest.CaptureFixture[str]) -> None:
    samples = files("assessment_engine") / "demo" / "interactions"

    code, report = reported(capsys, "items", "import", str(samples), "--dry-run")

    assert (code, report["refused"]) == (0, False)
    assert len(report["items"]) == 25
    assert all(item["languages"] == ["en", "hi"] for item in report["items"])
    assert [problem for problem in report["problems"] if problem["severity"] == "invalid"] == []


def test_a_package_comes_in_and_goes_out_again(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    add_officer(monkeypatch)
    capsys.readouterr()

    code, report = reported(capsys, "items", "import", package, "--bank", "Mine")
    assert (code, report["imported"]) == (0, 2)
    again, second = reported(capsys, "items", "import", package, "--bank", "Mine")
    assert (again, [item["version"] for item in second["items"]]) == (0, [2, 2])

    for form, namespace in (("qti3", b"imsqtiasi_v3p0"), ("qti21", b"imsqti_v2p1")):
        out = tmp_path / f"{form}.zip"
        code, exported = reported(capsys, "items", "export", "--bank", "Mine", "--format", form, "--out", out)
        assert (code, exported["exported"]) == (0, 2)
        with zipfile.ZipFile(out) as written:
            names = written.namelist()
            items = [written.read(name) for name in names if name.startswith("items/")]
            assert [written.read(name) for name in names if name.endswith(".png")] == [PICTURE]
        assert len(items) == 2
        assert all(namespace in xml for xml in items)
        code, checked = reported(capsys, "items", "import", out, "--dry-run")
        assert (code, len(checked["items"])) == (0, 2), checked["problems"]


def test_one_item_goes_out_by_its_identifier(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    add_officer(monkeypatch)
    main(["items", "import", str(package)])
    capsys.readouterr()

    assert reported(capsys, "items", "export", "one", "--out", tmp_path / "one.zip")[1]["exported"] == 1
    assert main(["items", "export", "nothing", "--out", str(tmp_path / "two.zip")]) == 1
    assert not (tmp_path / "two.zip").exists()


def test_a_refusal_is_one_and_names_the_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "broken.xml"
    broken.write_bytes(a_broken_item())

    code, report = reported(capsys, "items", "import", broken, "--dry-run")
    lenient, kept = reported(capsys, "items", "import", broken, "--dry-run", "--lenient")
    words = main(["items", "import", str(broken), "--dry-run"])

    assert (code, report["refused"], lenient, kept["refused"], words) == (1, True, 0, False, 1)
    wrong = next(problem for problem in report["problems"] if problem["element"] == "blink")
    assert (wrong["file"], wrong["line"], wrong["severity"]) == ("broken.xml", 1, "invalid")
    assert "blink" in capsys.readouterr().out


def test_a_loose_file_without_its_picture_is_noted_not_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    alone = tmp_path / "one.xml"
    alone.write_bytes(an_item(body='<p><img src="../pictures/a.png" alt="A dot"/></p>'))

    code, report = reported(capsys, "items", "import", alone, "--dry-run")

    assert (code, report["items"][0]["needs"]) == (0, ["missing_file"])
    assert [problem["severity"] for problem in report["problems"]] == ["note"]


def test_a_folder_is_a_package(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "items"
    folder.mkdir()
    (folder / "one.xml").write_bytes(an_item())
    (folder / "two.xml").write_bytes(an_item("two"))

    assert len(reported(capsys, "items", "import", folder, "--dry-run")[1]["items"]) == 2


def test_a_path_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    assert main(["items", "import", str(tmp_path / "none.zip"), "--dry-run"]) == 2


def test_a_file_that_is_not_of_the_format_that_was_said_is_refused(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, report = reported(capsys, "items", "import", package, "--format", "gift", "--dry-run")

    assert (code, report["refused"], report["problems"][0]["code"]) == (1, True, "wrong_encoding")


def test_the_console_knows_every_format_that_there_is() -> None:
    assert set(OTHERS) == set(BY_NAME)


@pytest.mark.parametrize("form", OTHERS)
def test_a_bank_goes_out_in_another_format_and_comes_in_again(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    add_officer(monkeypatch)
    source, out = tmp_path / "bank.gift", tmp_path / f"bank{BY_NAME[form].ending}"
    source.write_text("// [id:one]\n::One::Two and two? {~3 =4 ~5}\n\n// [id:two]\n::Two::Evens? {~%50%2 ~%50%4 ~%-100%5}\n")
    capsys.readouterr()

    came = reported(capsys, "items", "import", source, "--bank", "Mine", "--lang", "en")
    went = reported(capsys, "items", "export", "--bank", "Mine", "--format", form, "--out", out)
    again = reported(capsys, "items", "import", out, "--format", form, "--dry-run")

    assert (came[0], came[1]["imported"]) == (0, 2)
    left = ["two"] if form in ("aiken", "quml") else []  # which know no partial marks, or no least sum
    assert (went[0], went[1]["exported"], went[1]["left_out"]) == (0, 2 - len(left), left)
    assert (again[0], len(again[1]["items"])) == (0, 2 - len(left)), again[1]["problems"]


def test_where_several_organisations_are_one_is_named(
    package: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    add_officer(monkeypatch, "Agency")
    add_officer(monkeypatch, "Another agency", "joseph")

    assert main(["items", "import", str(package)]) == 1
    assert "which organisation" in capsys.readouterr().err
    assert main(["items", "import", str(package), "--organisation", "Another agency"]) == 0
