"""`evidence verify` as people read it: a verdict, every finding with its place, and which keys to compare."""

import json
from pathlib import Path

import pytest

from assessment_engine.cli import main
from assessment_engine.evidence import package as written
from assessment_engine.services.keys import public_keys
from tests.builders import an_engine
from tests.certification.story import Story
from tests.services.test_evidence_packages import a_recorded_story, made


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return a_recorded_story(an_engine(tmp_path))


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(["evidence", "verify", *arguments])
    return code, capsys.readouterr().out


def test_a_whole_package_is_called_so_with_its_notes_and_keys(story: Story, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "home.zip"
    home.write_bytes(made(story).data)

    code, text = said(capsys, str(home))
    assert code == 0
    assert "whole: nothing was changed, left out or put in" in text
    assert "redacted: frames/0000000020-redacted.jpg: frame 20: redacted: 1 faces of others are hidden" in text
    assert f"compare the keys {story.engine.signer.evidence.key_id} and {story.engine.signer.log.key_id}" in text


def test_with_the_published_keys_nothing_is_left_to_compare(story: Story, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home, trust = tmp_path / "home.zip", tmp_path / "keys.json"
    home.write_bytes(made(story).data)
    keys = [{"key_id": one.key_id, "ed25519_hex": one.ed25519_hex} for one in public_keys(story.engine)]
    trust.write_text(json.dumps({"keys": keys}))

    code, text = said(capsys, str(home), "--trust", str(trust))
    assert code == 0
    assert "compare the keys" not in text

    trust.write_text(json.dumps({"keys": keys[:1]}))
    code, text = said(capsys, str(home), "--trust", str(trust))
    assert code == 1
    assert "the log key is not one that the examination body publishes" in text


def test_a_broken_one_says_where(story: Story, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = written.unpacked_files(made(story).data)
    manifest = json.loads(files[written.MANIFEST])
    files["chain/00000.bin"] = files["chain/00000.bin"][:-61]
    rest = {name: data for name, data in files.items() if name not in (written.MANIFEST, written.SIGNATURE)}
    home = tmp_path / "home.zip"
    home.write_bytes(written.packed_files(manifest, rest, story.engine.signer.evidence))

    code, text = said(capsys, str(home))
    assert code == 1
    assert "edited: chain/00000.bin: this file was changed after the package was made" in text
    assert "missing_frames: chain/00000.bin: 1 of 60 frames between frames 0 and 59 are missing" in text
    assert "BROKEN" in text


def test_what_is_no_package_is_refused_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "home.zip"
    home.write_text("hello")

    assert main(["evidence", "verify", str(home)]) == 1
    assert "unreadable_file: this is no package of evidence" in capsys.readouterr().err
    assert main(["evidence", "verify", str(tmp_path / "nothing.zip")]) == 1
