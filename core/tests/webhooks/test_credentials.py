"""Keys and signatures: what they look like, and what is taken for one."""

from __future__ import annotations

import hmac
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError
from standardwebhooks.webhooks import Webhook

from msp_core.models import utc_now
from msp_core.webhooks.credentials import Issued, hash_key, is_body_signed, is_key, issue
from msp_core.webhooks.models import Authentication, Proof, WebhookDraft
from msp_http.logging import redact_event


def test_a_key_has_256_random_bits_and_its_hash_is_all_that_is_stored() -> None:
    made = [issue(Authentication.API_KEY, utc_now()) for _ in range(50)]
    assert len({one.text for one in made}) == 50
    for one in made:
        assert re.fullmatch(r"mspk_[0-9a-f]{64}", one.text)
        assert one.credential.key_hash == hash_key(one.text)
        assert one.text[5:] not in one.credential.model_dump_json()
        assert one.text not in repr(one)


def test_a_signing_secret_is_as_standard_webhooks_wants_it() -> None:
    issued = issue(Authentication.SIGNATURE, utc_now())
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", issued.text)
    assert issued.credential.key_hash is None


def test_every_comparison_is_made_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[str, str]] = []

    def compare(left: str, right: str) -> bool:
        compared.append((left, right))
        return left == right

    monkeypatch.setattr(hmac, "compare_digest", compare)
    now = utc_now()
    issued = [issue(Authentication.API_KEY, now) for _ in range(2)]
    both = [one.credential for one in issued]
    assert is_key(issued[0].text, both)
    assert len(compared) == 2, "a hit does not end it early"
    for known, key in (([], issued[0].text), (both, None), (both, "x"), ([], None)):
        compared.clear()
        assert not is_key(key, known)
        assert len(compared) == max(1, len(known)), "nothing to compare takes as long"
        assert {len(text) for pair in compared for text in pair} == {64}


def test_a_stored_hash_and_a_credential_without_one_open_nothing() -> None:
    issued = issue(Authentication.API_KEY, utc_now())
    signed = issue(Authentication.SIGNATURE, utc_now())
    assert not is_key(issued.credential.key_hash, [issued.credential])
    for key in (None, "", "0" * 64, signed.text):
        assert not is_key(key, [signed.credential])


def test_the_example_of_the_specification_holds() -> None:
    # Source: the test vector of the reference libraries of Standard Webhooks.
    secret, event_id = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"
    moment = datetime.fromtimestamp(1614265330, UTC)
    signature = Webhook(secret).sign(event_id, moment, '{"test": 2432232314}')
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_example_of_github_holds() -> None:
    # Source: https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries
    proof = Proof(
        body=b"Hello, World!",
        body_signature="sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
    )
    assert is_body_signed(proof, "It's a Secret to Everybody")
    assert not is_body_signed(proof, "It's a secret to Everybody")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("203.0.113.7", "203.0.113.7/32"),
        ("203.0.113.7/24", "203.0.113.0/24"),
        (" 2001:DB8::1/32 ", "2001:db8::/32"),
    ],
)
def test_addresses_are_kept_as_networks(given: str, kept: str) -> None:
    draft = WebhookDraft.model_validate({"name": "n", "workflowName": "w", "allowedAddresses": [given]})
    assert draft.allowed_addresses == (kept,)


@pytest.mark.parametrize("given", ["", "example.com", "203.0.113.0/33", "203.0.113.1-9"])
def test_what_is_no_address_is_refused(given: str) -> None:
    with pytest.raises(ValidationError, match="must be addresses"):
        WebhookDraft.model_validate({"name": "n", "workflowName": "w", "allowedAddresses": [given]})


@pytest.mark.parametrize("authentication", Authentication)
def test_keys_do_not_get_into_the_log(authentication: Authentication) -> None:
    issued: Issued = issue(authentication, utc_now())
    event: dict[str, Any] = {"event": f"sent {issued.text} along", "deep": [{"x": issued.text}]}
    assert issued.text not in str(redact_event(None, "", event))
