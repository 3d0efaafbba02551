"""Authenticated encryption of what members wrote, with a key that is kept apart from the database."""

import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import StoreError

KEY_BYTES = 32
_NONCE_BYTES = 12


class Cipher:
    """AES-256-GCM. What is sealed for one place does not open at another."""

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)

    def seal(self, data: bytes, place: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, data, place)

    def open(self, sealed: bytes, place: bytes) -> bytes | None:
        """What was sealed; None if it was sealed with another key or for another place."""
        try:
            return self._aead.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place)
        except InvalidTag:
            return None


def key_beside(database: Path) -> bytes:
    """The key in the file beside the database, which only its owner may read; made where there is none.

    Raises:
        StoreError: the file cannot be used.
    """
    path = database.with_name(f"{database.name}.key")
    try:
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            key = path.read_bytes()
        else:
            key = os.urandom(KEY_BYTES)
            with os.fdopen(descriptor, "wb") as file:
                file.write(key)
    except OSError as error:
        raise StoreError(f"{path}: the encryption key cannot be read or made ({error})") from error
    if len(key) != KEY_BYTES:
        raise StoreError(f"{path}: not an encryption key; restore it from a backup, or remove it to begin anew")
    return key
