"""Logging to standard error: one line an event, never a message's text, never a secret."""

import logging
from collections.abc import Iterable


class _Masking(logging.Formatter):
    """Takes secrets out of finished lines, tracebacks included."""

    def __init__(self, secrets: Iterable[str | None]) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
        self._secrets = [secret for secret in secrets if secret]

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        for secret in self._secrets:
            line = line.replace(secret, "***")
        return line


def set_up(level: str, secrets: Iterable[str | None] = ()) -> None:
    """Send all logs to standard error. discord.py stays at INFO or above: its DEBUG lines hold whole messages."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Masking(secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("discord", "aiohttp"):
        logging.getLogger(name).setLevel(max(logging.INFO, logging.getLogger().level))
