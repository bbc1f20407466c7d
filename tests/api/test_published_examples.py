"""The published answer interface says by examples what it means, and the examples are true."""

from pathlib import Path
from typing import Any

import pytest

from api.app import create_app
from api.routes import examples
from assessment_engine.delivery.responses import Receipt, an_offer, is_genuine, ledger_sha256
from assessment_engine.kernel.canonical import canonical_json
from assessment_engine.kernel.ids import ItemVersionId, PersonId, SittingId
from assessment_engine.kernel.signing import verify
from tests.builders import an_engine

ONE = "/api/v1/sittings/{sitting_id}"
PUBLISHED = [
    ("post", "/api/v1/login"),
    ("get", "/api/v1/keys"),
    ("get", ONE),
    ("post", f"{ONE}/start"),
    ("put", f"{ONE}/answers/{{item_id}}"),
    ("post", f"{ONE}/submit"),
    ("get", f"{ONE}/receipts"),
]


@pytest.fixture(scope="module")
def openapi(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return create_app(an_engine(tmp_path_factory.mktemp("openapi"))).openapi()


@pytest.mark.parametrize(("method", "path"), PUBLISHED)
def test_each_route_of_the_answer_interface_has_examples(openapi: dict[str, Any], method: str, path: str) -> None:
    route = openapi["paths"][path][method]
    answer = route["responses"]["200"]["content"]["application/json"]["schema"]
    asked = route.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")

    assert _examples(openapi, answer)
    assert asked is None or _examples(openapi, asked)
    assert all(one["schema"].get("examples") for one in route.get("parameters", []) if one["in"] == "path")


def _examples(openapi: dict[str, Any], schema: dict[str, Any]) -> list[Any]:
    named: dict[str, Any] = openapi["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    found: list[Any] = named.get("examples", [])
    return found


def test_the_example_receipt_and_seal_are_genuine_by_the_example_key() -> None:
    published: Any = examples.KEYS["keys"]
    key = bytes.fromhex(published[0]["ed25519_hex"])
    receipt = Receipt(**examples.RECEIPT)  # type: ignore[arg-type]
    offer = an_offer(SittingId(examples.SITTING), PersonId("per_1"), ItemVersionId(examples.ITEM), 7, examples.ANSWER["response"])
    signed = {name: value for name, value in examples.SEAL.items() if name != "signature"}

    assert is_genuine(receipt, key)
    assert receipt.response_sha256 == offer.response_sha256
    assert examples.SEAL["ledger_sha256"] == ledger_sha256([receipt])
    assert verify(key, canonical_json(signed), str(examples.SEAL["signature"]))


def test_no_deployment_uses_the_key_of_the_examples(tmp_path: Path) -> None:
    assert an_engine(tmp_path).signer.receipts.key_id != examples.KEY_ID
