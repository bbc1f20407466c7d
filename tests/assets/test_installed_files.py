"""The files as fetched on this machine: the conversions still answer as proven, and the contexts say what the standards say."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from assessment_engine.assets.fetch import verified_path
from assessment_engine.assets.manifest import MANIFEST, Asset
from assessment_engine.assets.prove import prove
from assessment_engine.settings import Settings

ASSETS = Settings.from_environ(os.environ).assets_dir
CONTEXTS = Path(os.environ.get("ASSESSMENT_TESTDATA", Path(__file__).parents[3] / "shared" / "testdata")) / "cred" / "contexts"

needs_testdata = pytest.mark.skipif(not CONTEXTS.is_dir(), reason="the shared test data is not here")


@pytest.mark.parametrize("asset", MANIFEST, ids=lambda asset: asset.role)
def test_every_installed_file_is_unchanged_and_works_here(asset: Asset) -> None:
    prove(asset.role, asset.conversion, verified_path(ASSETS, asset.role))


@needs_testdata
@pytest.mark.parametrize(
    ("role", "published"),
    [("context_credentials_v2", "credentials-v2.jsonld"), ("context_open_badges_extensions", "ob-v3p0-extensions.json")],
)
def test_a_context_is_the_standards_own(role: str, published: str) -> None:
    assert _context(verified_path(ASSETS, role)) == _context(CONTEXTS / published)


@needs_testdata
def test_the_open_badges_context_lacks_two_terms_that_we_do_not_write() -> None:
    # The npm package left these out; a foreign credential that signs over them must be verified with the context it names.
    packaged, published = _context(verified_path(ASSETS, "context_open_badges")), _context(CONTEXTS / "ob-v3p0-3.0.3.json")

    assert published.keys() - packaged.keys() == {"endorsementJwt", "jti"}
    assert {term: published[term] for term in packaged} == packaged


def _context(path: Path) -> dict[str, Any]:
    context: dict[str, Any] = json.loads(path.read_bytes())["@context"]
    return context
