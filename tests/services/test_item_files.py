import json
import subprocess
import sys
from pathlib import Path

import pytest

from assessment_engine.cli import main
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.errors import UnreadableFile, WrongResponse
from assessment_engine.services.item_files import bind_file, page_of, render_file, score_file
from tests.item_bank.items import choice, qti, response

PICTURE = '<p><img src="images/map.png" alt="Map"/><img src="gone.png" alt="Gone"/><img src="http://example.org/x.png" alt="Far"/></p>'


@pytest.fixture
def item(tmp_path: Path) -> Path:
    path = tmp_path / "items" / "one.xml"
    (path.parent / "images").mkdir(parents=True)
    (path.parent / "images" / "map.png").write_bytes(b"\x89PNG")
    path.write_bytes(qti(responses=response("identifier", "A"), body=PICTURE + choice("A", "B")))
    return path


def responses(tmp_path: Path, raw: Json) -> str:
    path = tmp_path / "responses.json"
    path.write_text(json.dumps(raw))
    return str(path)


def test_a_file_is_scored_with_every_outcome(item: Path) -> None:
    outcomes = score_file(item, {"RESPONSE": "A"})

    assert outcomes["SCORE"] == 1.0


def test_a_response_that_does_not_fit_is_refused(item: Path) -> None:
    with pytest.raises(WrongResponse):
        score_file(item, {"RESPONSE": "Z"})


def test_a_response_that_does_not_fit_scores_nothing_leniently(item: Path) -> None:
    assert score_file(item, {"RESPONSE": "Z"}, lenient=True)["SCORE"] == 0.0


def test_a_file_is_bound_and_its_shortcomings_are_named(item: Path) -> None:
    item.write_bytes(qti(responses=response("identifier", "A"), body=choice("A", "B", extra='min-choices="1"')))

    assert bind_file(item, {"RESPONSE": "A"}) == {"responses": {"RESPONSE": "A"}, "shortcomings": []}
    assert bind_file(item, {}) == {"responses": {"RESPONSE": None}, "shortcomings": ["RESPONSE"]}


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"none\.xml"):
        render_file(tmp_path / "none.xml")


def test_a_file_is_rendered_in_its_own_language(item: Path) -> None:
    assert 'lang="en"' in render_file(item)


def test_media_are_addressed_from_where_the_page_is_written(item: Path, tmp_path: Path) -> None:
    assert 'src="images/map.png"' in render_file(item)
    html = render_file(item, beside=tmp_path)
    assert 'src="items/images/map.png"' in html
    assert 'src="items/gone.png"' in html
    assert "example.org" not in html


def test_a_stimulus_stands_beside_its_item(item: Path) -> None:
    stimulus = '<qti-assessment-stimulus xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="s" title="S" xml:lang="en">'
    body = "<qti-stimulus-body><p>Shared words</p></qti-stimulus-body></qti-assessment-stimulus>"
    (item.parent / "shared.xml").write_text(stimulus + body)
    references = "".join(f'<qti-assessment-stimulus-ref identifier="{name}" href="{name}.xml"/>' for name in ("shared", "gone"))
    item.write_bytes(qti(responses=response("identifier", "A"), outcomes=references, body=choice("A", "B"), processing=""))

    assert "Shared words" in render_file(item)


def test_a_whole_page_names_its_language_and_title(item: Path) -> None:
    page = page_of(item, "<p>x</p>", "hi")

    assert page.startswith("<!doctype html>")
    assert '<html lang="hi">' in page
    assert "<title>Title</title>" in page


def test_the_command_scores_a_file(item: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["items", "score", str(item), "--responses", responses(tmp_path, {"RESPONSE": "A"}), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["SCORE"] == 1.0


def test_the_command_refuses_a_misfit_with_its_code(item: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["items", "score", str(item), "--responses", responses(tmp_path, {"RESPONSE": "Z"}), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["details"] == {"response": "RESPONSE", "problem": "no_such_choice"}


def test_the_command_says_what_it_needs(item: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["items", "score", str(item)]) == 2
    assert main(["items", "bind", str(item)]) == 2
    assert main(["items", "score", str(item), "--responses", str(tmp_path / "none.json")]) == 1
    (tmp_path / "broken.json").write_text("{")
    assert main(["items", "score", str(item), "--responses", str(tmp_path / "broken.json")]) == 1


def test_the_command_binds_a_file(item: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["items", "bind", str(item), "--responses", responses(tmp_path, "B")]) == 0
    assert capsys.readouterr().out == 'RESPONSE = "B"\n'


def test_the_command_renders_to_the_screen_and_to_a_file(item: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["items", "render", str(item), "--lang", "hi"]) == 0
    assert 'class="qti-item"' in capsys.readouterr().out
    assert main(["items", "render", str(item), "--out", str(tmp_path / "page.html")]) == 0
    assert 'src="items/images/map.png"' in (tmp_path / "page.html").read_text()
    assert main(["items", "render", str(item), "--out", str(tmp_path / "none" / "page.html")]) == 1


def test_responses_come_from_standard_input_too(item: Path) -> None:
    command = [sys.executable, "-m", "assessment_engine", "items", "score", str(item), "--responses", "-", "--json"]

    done = subprocess.run(command, input='{"RESPONSE": "B"}', capture_output=True, text=True, check=True)

    assert json.loads(done.stdout)["SCORE"] == 0.0
