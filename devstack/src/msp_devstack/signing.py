"""An RSA key that signs tokens, kept in a file that only its owner can read."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

_PRIVATE_MODES = stat.S_IRWXG | stat.S_IRWXO


class SigningKey:
    """Signs RS256 tokens; its id is the key's thumbprint.

    A fixed id would make a verifier that caches keys try the old key on the
    new one's tokens.

    Source: https://www.rfc-editor.org/rfc/rfc7638
    """

    def __init__(self, private: rsa.RSAPrivateKey) -> None:
        self._private = private
        jwk = jwt.algorithms.RSAAlgorithm.to_jwk(private.public_key(), as_dict=True)
        required = json.dumps({"e": jwk["e"], "kty": "RSA", "n": jwk["n"]}, separators=(",", ":"))
        self.kid = base64url(hashlib.sha256(required.encode()).digest())
        self._public = {"kty": "RSA", "use": "sig", "alg": "RS256", "n": jwk["n"], "e": jwk["e"]}

    @classmethod
    def generate(cls) -> SigningKey:
        """A new key that nothing keeps."""
        return cls(rsa.generate_private_key(public_exponent=65537, key_size=2048))

    @classmethod
    def load_or_create(cls, path: Path) -> SigningKey:
        """The key in `path`, made at first need, readable by its owner only.

        Raises:
            PermissionError: Others may read the file.
        """
        if not path.exists():
            _write_new_key(path)
        if path.stat().st_mode & _PRIVATE_MODES:
            raise PermissionError(f"{path} can be read by others: run `chmod 600 {path}` or delete it")
        private = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(private, rsa.RSAPrivateKey):
            raise TypeError(f"{path} holds no RSA key: delete it and start again")
        return cls(private)

    @property
    def public_jwk(self) -> dict[str, str]:
        """The public half, as a JWKS document lists it."""
        return {**self._public, "kid": self.kid}

    def sign(self, claims: Mapping[str, Any]) -> str:
        """A signed token with these claims."""
        return jwt.encode(dict(claims), self._private, algorithm="RS256", headers={"kid": self.kid})

    def verify(self, token: str, *, audience: str) -> dict[str, Any]:
        """The claims of a token that this key signed.

        Raises:
            jwt.InvalidTokenError: Not ours, expired, or for somebody else.
        """
        claims: dict[str, Any] = jwt.decode(
            token, self._private.public_key(), algorithms=["RS256"], audience=audience
        )
        return claims


def base64url(data: bytes) -> str:
    """Base64 for URLs, without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _write_new_key(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    pem = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
    try:
        # Of two processes that start at once the first to link wins; the other reads its key.
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
