"""`forms assemble`: a form and its counts, or what is missing, from a blueprint and a pool in files."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from assessment_engine.cli import main

COLUMNS = ("id", "competency", "level", "topic", "kind", "difficulty", "seconds", "words", "enemies", "licence_ends", "approved")


def a_pool_file(folder: Path, size: int = 60) -> Path:
    path = folder / "pool.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for number in range(size):
            code, level = ("RTI", "FIN", "CON")[number % 3], 1 + number // 3 % 2
            lapsed = "2026-01-31" if number % 10 == 9 else ""
            rows.writerow((f"Q{number:02}", code, level, f"T{number % 4}", "choice", "easy", 60, 40, f"pair-{number // 6}", lapsed, "yes"))
    return path


def a_blueprint_file(folder: Path, *strata: dict[str, Any], **section: Any) -> Path:
    path = folder / "blueprint.json"
    path.write_text(json.dumps({"title": "Paper", "sections": [{"id": "A", "strata": strata, **section}]}))
    return path


def assembled(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code = main(["forms", "assemble", *arguments, "--json"])
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, said


def test_a_form_and_its_counts_come_from_a_blueprint(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    strata = {"competency": "RTI", "count": 3}, {"competency": "FIN", "level": 2, "weight": 1}, {"competency": "CON", "weight": 2}
    files = str(a_blueprint_file(tmp_path, *strata, count=9)), "--pool", str(a_pool_file(tmp_path))

    code, made = assembled(capsys, *files, "--seed", "2026", "--on", "2026-12-01")

    assert code == 0
    assert made["met"] is True
    assert made["counts"]["questions"] == 9
    assert made["counts"]["by"]["competency"] == {"CON": 4, "FIN": 2, "RTI": 3}
    assert made["counts"]["seconds"] == 540
    assert made["pool"]["left_out"] == {"lapsed": 6}
    assert len({int(name[1:]) // 6 for name in made["form"]["sections"][0]["items"]}) == 9
    assert assembled(capsys, *files, "--seed", "2026", "--on", "2026-12-01")[1] == made
    assert assembled(capsys, *files, "--on", "2026-12-01")[1]["form"]["sha256"] != made["form"]["sha256"]


def test_what_is_missing_is_said_and_nothing_is_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blueprint = a_blueprint_file(tmp_path, {"competency": "RTI", "count": 3}, {"competency": "GONE", "count": 2})

    code, made = assembled(capsys, str(blueprint), "--pool", str(a_pool_file(tmp_path)))

    assert code == 1
    assert (made["met"], made["form"], made["counts"]) == (False, None, None)
    assert made["problem"]["code"] == "blueprint_cannot_be_met"
    assert [row["missing"] for row in made["rows"]] == [0, 2]


def test_in_words_each_row_says_asked_and_available(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blueprint = a_blueprint_file(tmp_path, {"competency": "RTI", "count": 30})

    code = main(["forms", "assemble", str(blueprint), "--pool", str(a_pool_file(tmp_path)), "--on", "2020-01-01"])

    assert code == 1
    assert "A.1  30 of 20, 10 MISSING (too_few)  competency RTI" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["{", "[]", '{"sections": 4}', "\xff"])
def test_a_file_that_is_no_blueprint_is_refused(tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "blueprint.json"
    path.write_bytes(text.encode("latin-1"))

    assert main(["forms", "assemble", str(path), "--pool", str(a_pool_file(tmp_path)), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] in ("invalid", "unreadable_file")
