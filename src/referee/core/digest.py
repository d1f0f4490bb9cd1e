"""Canonical bytes of any record, and their hash: what makes two packs, tasks or rollouts the same."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

_ENCODER = msgspec.json.Encoder(order="sorted")


def canonical(value: Any) -> bytes:
    """The value as JSON with sorted keys and no spaces (RFC 8785 in spirit: one text for one value)."""
    return _ENCODER.encode(value)


def digest(value: Any) -> str:
    """SHA-256 of the canonical bytes, 64 hexadecimal digits."""
    return hashlib.sha256(canonical(value)).hexdigest()
