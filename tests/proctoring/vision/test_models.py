"""Networks are verified; one that is missing switches its signal off where everybody sees it."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from assessment_engine.kernel.errors import HashMismatch, Invalid, ModelMissing, UnreadableFile
from proctoring.observations import Reason
from proctoring.vision.eyes import Eyes, Networks
from proctoring.vision.models import FACE_MESH, FACE_NEAR, IDENTITY, IRIS, OBJECTS, OWN, ROLES, VOICE, Models, load, load_folder
from tests.proctoring.vision.conftest import ASSETS


def files(*roles: str) -> dict[str, tuple[Path, str]]:
    return {role: (next((ASSETS / role).glob("*.[to]*")), "") for role in roles}


def test_every_role_has_its_hash(models: Models) -> None:
    assert set(models.sha256) == set(ROLES)
    assert all(len(digest) == 64 for digest in models.sha256.values())


def test_a_file_with_another_hash_is_never_loaded() -> None:
    given = files(FACE_MESH, FACE_NEAR)
    given[FACE_MESH] = (given[FACE_MESH][0], "0" * 64)

    with pytest.raises(HashMismatch, match="face_mesh"):
        load(given)


def test_a_missing_role_is_named(tmp_path: Path) -> None:
    for role in (FACE_MESH, FACE_NEAR):
        shutil.copytree(ASSETS / role, tmp_path / role)

    assert load_folder(tmp_path).missing == ("iris", "face_far", "identity", "objects", "voice")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Assets with the two networks that are needed, and no more."""
    for role in (FACE_MESH, FACE_NEAR):
        shutil.copytree(ASSETS / role, tmp_path / role)
    return tmp_path


def test_a_deployment_puts_its_own_file_in_a_role_by_path_and_hash(folder: Path) -> None:
    (theirs,) = (ASSETS / OBJECTS).glob("*.onnx")
    digest = hashlib.sha256(theirs.read_bytes()).hexdigest()
    (folder / OWN).write_text(json.dumps({OBJECTS: {"path": str(theirs), "sha256": digest}}))

    assert load_folder(folder).sha256[OBJECTS] == digest

    (folder / OWN).write_text(json.dumps({OBJECTS: {"path": str(theirs), "sha256": "0" * 64}}))
    with pytest.raises(HashMismatch):
        load_folder(folder)


@pytest.mark.parametrize("content", [b"", b"no network at all"])
@pytest.mark.parametrize(("role", "name"), [(OBJECTS, "own.onnx"), (IDENTITY, "own.onnx"), (IRIS, "own.tflite"), (VOICE, "own.onnx")])
def test_an_own_file_of_the_right_hash_that_is_no_network_is_refused_with_a_code(
    folder: Path, role: str, name: str, content: bytes
) -> None:
    (folder / name).write_bytes(content)
    (folder / OWN).write_text(json.dumps({role: {"path": name, "sha256": hashlib.sha256(content).hexdigest()}}))

    with pytest.raises(UnreadableFile, match=role) as refused:
        load_folder(folder)

    assert refused.value.code == "unreadable_file"


def test_an_own_file_that_is_not_there_is_missing(folder: Path) -> None:
    (folder / OWN).write_text(json.dumps({OBJECTS: {"path": "nowhere.onnx", "sha256": "0" * 64}}))

    assert OBJECTS in load_folder(folder).missing


@pytest.mark.parametrize(
    "listed", ["", "[]", '{"objects": "x.onnx"}', '{"eyes": {"path": "x", "sha256": "y"}}', '{"iris": {"path": "x", "sha256": ""}}']
)
def test_a_list_of_own_files_that_says_too_little_is_refused(folder: Path, listed: str) -> None:
    (folder / OWN).write_text(listed)

    with pytest.raises(UnreadableFile):
        load_folder(folder)


def test_without_a_face_network_there_is_no_watching(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        load_folder(tmp_path)


def test_without_the_object_network_nobody_is_ever_said_to_be_absent(scene) -> None:  # type: ignore[no-untyped-def]
    eyes = Eyes(Networks(load(files(FACE_MESH, FACE_NEAR))))
    eyes.look(scene(0), 0, 0)

    seen = eyes.look(scene(1, None), 1, 1)

    assert (seen.faces, seen.people, seen.reason) == (0, None, Reason.FACE_NOT_SEEN)
    assert (seen.gaze, seen.identity, seen.objects) == (None, None, None)


def test_another_network_in_the_place_of_the_voice_is_refused_by_its_inputs() -> None:
    given = {**files(FACE_MESH, FACE_NEAR), VOICE: files(IDENTITY)[IDENTITY]}

    with pytest.raises(Invalid, match="no voice network"):
        load(given)
