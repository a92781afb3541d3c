"""The one way to what a letter says: each child's letters under a key of their own, wrapped by a master key.

Destroying a child's key erases every letter from and to that child, in backups too.
"""

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bluepals.domain.letters import Letter, ScannedLetter, TypedLetter
from bluepals.store.database import Connection

KEY_BYTES = 32
NONCE_BYTES = 12


class ContentUnreadable(Exception):
    """A letter can't be opened: its key is gone or the master key that wraps it is not among the settings."""


class ContentErased(ContentUnreadable):
    """Somebody has asked for it to be erased: that is as it should be."""


class Keyring:
    """The master keys, newest first: the newest wraps, every one unwraps."""

    def __init__(self, masters: Mapping[str, bytes]) -> None:
        self._masters = dict(masters)
        self._newest = next(iter(self._masters))

    @classmethod
    def parse(cls, text: str) -> "Keyring":
        """`id:base64,id:base64`, newest first. Raises ValueError with a sentence for whoever set it."""
        masters: dict[str, bytes] = {}
        for entry in filter(None, (part.strip() for part in text.split(","))):
            name, _, encoded = entry.partition(":")
            key = _decoded(encoded)
            if not name or len(key) != KEY_BYTES:
                raise ValueError(
                    f"Each master key is id:base64 of {KEY_BYTES} bytes; the one named {name!r} is not."
                )
            masters[name] = key
        if not masters:
            raise ValueError("There is no master key. Make one with: openssl rand -base64 32")
        return cls(masters)

    def wrap(self, key: bytes, owner: str) -> tuple[str, bytes]:
        nonce = os.urandom(NONCE_BYTES)
        sealed = AESGCM(self._masters[self._newest]).encrypt(nonce, key, f"{self._newest}/{owner}".encode())
        return self._newest, nonce + sealed

    def unwrap(self, master: str, wrapped: bytes, owner: str) -> bytes:
        if master not in self._masters:
            raise ContentUnreadable(
                f"The master key {master!r} is needed and is not set. Add it to BLUEPALS_MASTER_KEYS after the newest."
            )
        try:
            return AESGCM(self._masters[master]).decrypt(
                wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], f"{master}/{owner}".encode()
            )
        except InvalidTag:
            raise ContentUnreadable(
                f"The master key {master!r} is not the one that wrapped this key."
            ) from None


def _decoded(encoded: str) -> bytes:
    """Nothing when it is not base64."""
    try:
        return base64.b64decode(encoded, validate=True)
    except binascii.Error:
        return b""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A letter's content as it is stored; the hash is over both, as the database computes it too."""

    stored: bytes
    translation: bytes | None
    hash: bytes
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class ContentKey:
    """A child's key, or the program's for its stock letters."""

    key: bytes

    def seal(self, letter: Letter, letter_id: UUID, translation: str | None = None) -> Sealed:
        stored = self._encrypted(letter.content, letter_id.bytes)
        fingerprint = hmac.digest(self.key, letter.content, "sha256")
        if translation is None:
            return Sealed(stored, None, _sha256(stored), fingerprint)
        translated = self._encrypted(translation.encode(), _of_translation(letter_id))
        both = hmac.digest(self.key, fingerprint + translation.encode(), "sha256")
        return Sealed(stored, translated, _sha256(_sha256(stored) + _sha256(translated)), both)

    def _encrypted(self, content: bytes, belongs_to: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self.key).encrypt(nonce, content, belongs_to)

    def open(self, kind: str, stored: bytes | None, letter_id: UUID) -> Letter:
        if stored is None:
            raise ContentErased("This letter has been erased.")
        content = self._decrypted(stored, letter_id.bytes)
        return TypedLetter(content.decode()) if kind == "text" else ScannedLetter(content)

    def open_translation(self, translation: bytes, letter_id: UUID) -> str:
        return self._decrypted(translation, _of_translation(letter_id)).decode()

    def _decrypted(self, sealed: bytes, belongs_to: bytes) -> bytes:
        try:
            return AESGCM(self.key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], belongs_to)
        except InvalidTag:
            raise ContentUnreadable(
                "This letter's bytes are not the ones that were sealed for it: audit the program."
            ) from None


def _of_translation(letter_id: UUID) -> bytes:
    """What a translation is bound to, so that it can't be passed off as the letter."""
    return letter_id.bytes + b"translation"


def _sha256(of: bytes) -> bytes:
    return hashlib.sha256(of).digest()


@dataclass(frozen=True, slots=True)
class StackKey:
    """A scanned stack's own, while nobody knows whose its pages are."""

    key: bytes

    @classmethod
    def made(cls, keyring: Keyring, stack_id: UUID) -> tuple["StackKey", str, bytes]:
        """With the name of the master key that wraps it, and what is stored of it."""
        key = os.urandom(KEY_BYTES)
        return cls(key), *keyring.wrap(key, str(stack_id))

    @classmethod
    def of(cls, keyring: Keyring, stack_id: UUID, master: str, wrapped: bytes) -> "StackKey":
        return cls(keyring.unwrap(master, wrapped, str(stack_id)))

    def seal(self, jpeg: bytes, page_id: UUID) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self.key).encrypt(nonce, jpeg, page_id.bytes)

    def open(self, stored: bytes, page_id: UUID) -> bytes:
        try:
            return AESGCM(self.key).decrypt(stored[:NONCE_BYTES], stored[NONCE_BYTES:], page_id.bytes)
        except InvalidTag:
            raise ContentUnreadable(
                "This page's bytes are not the ones that were sealed for it: audit the program."
            ) from None


async def key_to_write(
    connection: Connection, keyring: Keyring, program: str, student_id: UUID | None
) -> ContentKey:
    """The key of this child's letters (None: of the program's stock letters), made when there is none yet."""
    if (known := await _find(connection, keyring, program, student_id)) is not None:
        return known
    master, wrapped = keyring.wrap(os.urandom(KEY_BYTES), _owner(program, student_id))
    await connection.execute(
        "INSERT INTO content_key (program_id, student_id, master_key_id, wrapped) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT DO NOTHING",
        program,
        student_id,
        master,
        wrapped,
    )
    return await key_to_read(connection, keyring, program, student_id)


async def key_to_read(
    connection: Connection, keyring: Keyring, program: str, student_id: UUID | None
) -> ContentKey:
    """The same key, never a new one: where it has been destroyed, nothing can be read any more."""
    if (known := await _find(connection, keyring, program, student_id)) is None:
        raise ContentErased("This letter has been erased: its key is gone.")
    return known


async def _find(
    connection: Connection, keyring: Keyring, program: str, student_id: UUID | None
) -> ContentKey | None:
    row = await connection.fetchrow(
        "SELECT master_key_id, wrapped FROM content_key"
        " WHERE program_id = $1 AND student_id IS NOT DISTINCT FROM $2",
        program,
        student_id,
    )
    if row is None:
        return None
    return ContentKey(keyring.unwrap(row["master_key_id"], row["wrapped"], _owner(program, student_id)))


def _owner(program: str, student_id: UUID | None) -> str:
    return str(student_id or program)
