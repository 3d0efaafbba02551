"""A member as a number that names nobody without the installation's key, and that differs from place to place."""

from hashlib import blake2b

_BYTES = 16


def pseudonym(key: bytes, member_id: int, place: str) -> bytes:
    """What stands for a member in one place, such as a vote on one answer; other places do not link to it."""
    return blake2b(f"{place}:{member_id}".encode(), digest_size=_BYTES, key=key).digest()
