"""The examples of the published interface (/api/v1/openapi.json): one sitting as a client sees it. Data only.

Receipt and seal are really signed, by a key of no deployment (its seed is the bytes 0 to 31), and are about each other: whoever writes a
client can try a verifier on them before there is a server.
"""

from pydantic import JsonValue

SITTING = "sit_01kaqz8w5c9v2m4n6p8r0t2x4z"
ITEM = "itv_01kaqz8w5c3d5f7h9k1m3p5r7t"
KEY_ID = "receipts-56475aa75463"
FORM_SHA256 = "5c2f0d3b8a4e6f1097b3c5d7e9f10a2b4c6d8e0f1a3b5c7d9e1f2a4b6c8d0e2f"

LOGGED_IN: dict[str, JsonValue] = {
    "token": "H1mJ0pV3xq8nE6yWbR2sK5uT9aZcF4dGiL7oQwXeYv0",
    "expires_at": "2026-11-23T20:15:04.120Z",
    "name": "Asha Rao",
    "roles": ["candidate"],
}
KEYS: dict[str, JsonValue] = {
    "keys": [
        {
            "purpose": "receipts",
            "key_id": KEY_ID,
            "ed25519_hex": "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8",
            "since": "2026-11-01T04:00:00.000Z",
            "until": None,
        }
    ]
}
ANSWER: dict[str, JsonValue] = {"revision": 7, "response": {"RESPONSE": "B"}}
RECEIPT: dict[str, JsonValue] = {
    "sitting": SITTING,
    "item": ITEM,
    "revision": 7,
    "response_sha256": "4a620c798dc8d873ea296d086299622102daefa8bd79202ed34fbea7e2856047",
    "server_time": "2026-11-23T08:33:22.417Z",
    "key_id": KEY_ID,
    "signature": "wn98kNgpntQSmZGFlNmQOViAgTlPC1KJdPYIsVb_9YyeOxnSg_MLAUqNt-DDQZU1DlaMJolvMVkZFj_qp3o1Ag",
}
SEAL: dict[str, JsonValue] = {
    "type": "seal",
    "sitting": SITTING,
    "answers": 1,
    "ledger_sha256": "c710910374f93ca01021fca97cb203b5904c4401d77d17fbbbaf30f219bda18b",
    "form_sha256": FORM_SHA256,
    "sealed_at": "2026-11-23T09:12:45.903Z",
    "key_id": KEY_ID,
    "closed_by": "submit",
    "signature": "lat7FNwb-rGotQKPeqS-56w3VZ8vbF6d_WvdGSAM_6kJpFsiUb-8Q74NflQ35VWwjA07I4AEdSttmzCKSNGYCA",
}
RECEIPTS: dict[str, JsonValue] = {"receipts": [RECEIPT], "seal": SEAL}
STARTED: dict[str, JsonValue] = {
    "id": SITTING,
    "state": "in_progress",
    "server_time": "2026-11-23T08:30:00.412Z",
    "started": "2026-11-23T08:30:00.398Z",
    "deadline": "2026-11-23T09:30:00.398Z",
    "code": "K7QM-3XPD-92HF",
}
OPEN_SITTING: dict[str, JsonValue] = {
    "id": SITTING,
    "state": "in_progress",
    "language": "en",
    "exam": "Right to Information",
    "exam_hi": "सूचना का अधिकार",
    "form": {
        "id": "for_01kaqz8w5c7j9k1m3n5p7q9r1s",
        "sha256": FORM_SHA256,
        "title": "Paper A",
        "title_hi": "प्रश्नपत्र क",
        "sections": [{"id": "A", "title": "The Act", "title_hi": "अधिनियम", "items": [ITEM]}],
    },
    "revision": 7,
    "server_time": "2026-11-23T08:33:25.001Z",
    "started": "2026-11-23T08:30:00.398Z",
    "deadline": "2026-11-23T09:30:00.398Z",
    "grace_s": 5,
    "outage": "time_runs_on",
    "current_item": ITEM,
    "answers": {
        ITEM: {
            "revision": 7,
            "response": {"RESPONSE": "B"},
            "response_sha256": RECEIPT["response_sha256"],
            "server_time": RECEIPT["server_time"],
        }
    },
    "moves": False,
    "progress": {},
    "seal": None,
}
