"""The manifest's own order: every file pinned, every role and place its own."""

import re
from dataclasses import replace
from pathlib import PurePosixPath

from assessment_engine.assets.convert import CONVERTERS
from assessment_engine.assets.manifest import MANIFEST, MODELS, Conversion
from assessment_engine.assets.prove import NEEDED_LETTERS, PROOFS


def test_everything_is_pinned_by_sha256() -> None:
    hashes = [asset.package.sha256 for asset in MANIFEST] + [member.sha256 for asset in MANIFEST for member in asset.members]

    assert all(re.fullmatch("[0-9a-f]{64}", value) for value in hashes)


def test_no_two_assets_share_a_role_or_a_place() -> None:
    assert len({asset.role for asset in MANIFEST}) == len({asset.file for asset in MANIFEST}) == len(MANIFEST)


def test_every_file_stays_inside_its_folder() -> None:
    paths = [PurePosixPath(asset.file) for asset in MANIFEST]

    assert all(not path.is_absolute() and ".." not in path.parts and len(path.parts) == 2 for path in paths)


def test_every_model_has_a_proof_and_every_conversion_a_converter() -> None:
    assert {asset.role for asset in MODELS} == set(PROOFS)
    assert set(CONVERTERS) == set(Conversion)
    assert set(NEEDED_LETTERS) == {Conversion.WEB_FONT_LATIN, Conversion.WEB_FONT_DEVANAGARI}


def test_a_recipe_changes_with_whatever_decides_the_file() -> None:
    objects = next(asset for asset in MANIFEST if asset.role == "objects")
    others = [
        replace(objects, package=replace(objects.package, sha256="0" * 64)),
        replace(objects, members=objects.members[:1]),
        replace(objects, conversion=Conversion.NONE),
        replace(objects, file="objects/other.onnx"),
    ]

    assert objects.recipe not in {other.recipe for other in others}


def test_only_an_unconverted_file_has_a_pinned_hash() -> None:
    pinned = {asset.role for asset in MODELS if asset.pinned_sha256 is not None}

    assert pinned == {"face_mesh", "iris", "face_near", "face_far", "face_reference", "voice"}
