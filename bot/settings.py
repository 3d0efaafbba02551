"""The installation's settings: environment variables and ``.env`` in, one frozen value out, all errors at once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.errors import ConfigurationError

_LAST_PORT = 65_535
_SWITCH = {"on": True, "off": False}
_KEY = re.compile(r"[0-9A-Fa-f]{64}")
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
PORTAL = "https://discord.com/developers/applications"
NO_TOKEN = (
    f"DISCORD_TOKEN is not set. Create an application at {PORTAL}, copy its token under Bot, and put the line"
    " DISCORD_TOKEN=... into the file .env (see .env.example). `make sandbox` works without a token."
)


@dataclass(frozen=True, slots=True)
class Settings:
    """What an installation may choose; ``.env.example`` documents each."""

    token: str | None = field(default=None, repr=False)
    database: Path = Path("data/copydesk.db")
    explainers: Path | None = None  # None: those that came with the installation
    message_content: bool = True  # off: commands only, without Discord's privileged intent
    log_level: str = "INFO"
    health_port: int | None = None
    check_links: bool = False
    key: bytes | None = field(default=None, repr=False)  # None: that of the file beside the database

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read the settings; an empty value is an unset one.

        Raises:
            ConfigurationError: with every problem found.
        """
        values = {name: value.strip() for name, value in environment.items() if value.strip()}
        problems: list[str] = []
        level = values.get("COPYDESK_LOG_LEVEL", "INFO").upper()
        if level not in _LEVELS:
            problems.append(f"COPYDESK_LOG_LEVEL is {level!r}: use one of {', '.join(_LEVELS)}.")
        content = values.get("COPYDESK_MESSAGE_CONTENT", "on").lower()
        if content not in _SWITCH:
            problems.append(f"COPYDESK_MESSAGE_CONTENT is {content!r}: use on or off.")
        port = values.get("COPYDESK_HEALTH_PORT")
        if port is not None and not (port.isascii() and port.isdigit() and 1 <= int(port) <= _LAST_PORT):
            problems.append(f"COPYDESK_HEALTH_PORT is {port!r}: use a port number from 1 to 65535, or leave it out.")
            port = None
        key = values.get("COPYDESK_KEY")
        if key is not None and not _KEY.fullmatch(key):
            problems.append("COPYDESK_KEY is not 64 hexadecimal digits: make one with `openssl rand -hex 32`.")
            key = None
        folder = values.get("COPYDESK_EXPLAINERS")
        if folder is not None and not Path(folder).is_dir():
            problems.append(f"COPYDESK_EXPLAINERS is {folder!r}: there is no such folder.")
        check_links = _SWITCH.get(values.get("COPYDESK_CHECK_LINKS", "off").lower())
        if check_links is None:
            problems.append(f"COPYDESK_CHECK_LINKS is {values['COPYDESK_CHECK_LINKS']!r}: use on or off.")
        if problems:
            raise ConfigurationError(problems)
        return cls(
            token=values.get("DISCORD_TOKEN"),
            database=Path(values.get("COPYDESK_DATABASE", "data/copydesk.db")),
            explainers=Path(folder) if folder else None,
            message_content=_SWITCH[content],
            log_level=level,
            health_port=int(port) if port else None,
            check_links=bool(check_links),
            key=bytes.fromhex(key) if key else None,
        )
