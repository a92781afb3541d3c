"""A device that makes and shows passkeys: real keys and real signatures, without a screen."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40  # WebAuthn, 6.1: the flags of the authenticator data
ES256, P256 = -7, 1  # COSE


@dataclass
class Authenticator:
    """`verifies`: it looks at its owner's finger or number."""

    origin: str
    host: str
    verifies: bool = True
    counter: int = 0
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def makes(self, options: str) -> str:
        """What a browser hands to the page after `navigator.credentials.create`."""
        asked = json.loads(options)
        at_rest = self._data(WITH_KEY) + bytes(16) + len(self.credential_id).to_bytes(2, "big")
        made = {
            "fmt": "none",
            "attStmt": {},
            "authData": at_rest + self.credential_id + cbor2.dumps(self._public_key()),
        }
        return self._said(
            {
                "clientDataJSON": text(self._client("webauthn.create", asked["challenge"])),
                "attestationObject": text(cbor2.dumps(made)),
            }
        )

    def shows(self, options: str) -> str:
        """The same after `navigator.credentials.get`."""
        self.counter += 1
        client = self._client("webauthn.get", json.loads(options)["challenge"])
        data = self._data()
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._said(
            {
                "clientDataJSON": text(client),
                "authenticatorData": text(data),
                "signature": text(signature),
                "userHandle": None,
            }
        )

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _data(self, flags: int = 0) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big")

    def _public_key(self) -> dict[int, int | bytes]:
        point = self.key.public_key().public_numbers()
        return {1: 2, 3: ES256, -1: P256, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}

    def _said(self, response: dict[str, str | None]) -> str:
        known_by = text(self.credential_id)
        return json.dumps({"id": known_by, "rawId": known_by, "type": "public-key", "response": response})


def text(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")
