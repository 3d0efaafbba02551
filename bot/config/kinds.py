"""The kinds of values that settings have: what menus offer, what files and storage hold, and what is refused.

``parse`` takes what a file or storage holds, or what somebody typed; it raises ``ValueError`` with the reason in words.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.duplicates.links import canonical, domain
from bot.model import QuietHours

Raw = str | int | float | bool | list[Any]

_HOURS = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*-\s*([01]?\d|2[0-3]):([0-5]\d)")
_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)+")
_MINUTE = timedelta(minutes=1)
_LAST_ID = 2**63 - 1
_LOWEST_SCORE = 0.01
_MOST_DOMAINS, _MOST_IDS = 100, 25  # a menu of Discord's holds 25


class Kind(Protocol):
    """A kind of value. ``typed`` says that menus cannot offer all of its values, so that a form asks for them too."""

    @property
    def unit(self) -> str:
        """The end of its name in files."""
        ...

    @property
    def typed(self) -> bool: ...

    @property
    def choices(self) -> tuple[Any, ...]: ...

    def parse(self, raw: object) -> Any:  # noqa: ANN401  # each kind has values of its own
        ...

    def dump(self, value: Any) -> Raw:  # noqa: ANN401  # same
        ...


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of a few names."""

    choices: tuple[StrEnum, ...]
    unit: ClassVar[str] = ""
    typed: ClassVar[bool] = False

    def parse(self, raw: object) -> StrEnum:
        for choice in self.choices:
            if raw == choice.value:
                return choice
        raise ValueError(f"{raw!r} is not one of {', '.join(self.choices)}")

    def dump(self, value: StrEnum) -> Raw:
        return value.value


@dataclass(frozen=True, slots=True)
class Switch:
    """On or off."""

    choices: ClassVar[tuple[bool, ...]] = (True, False)
    unit: ClassVar[str] = ""
    typed: ClassVar[bool] = False

    def parse(self, raw: object) -> bool:
        if not isinstance(raw, bool):
            raise ValueError(f"{raw!r} is neither true nor false")  # noqa: TRY004  # a wrong value, not a wrong call
        return raw

    def dump(self, value: bool) -> Raw:  # the protocol's signature
        return value


@dataclass(frozen=True, slots=True)
class Count:
    """A number of things. Nought means none of them, never all."""

    choices: tuple[int, ...]
    low: int
    high: int
    unit: ClassVar[str] = ""
    typed: ClassVar[bool] = False

    def parse(self, raw: object) -> int:
        if isinstance(raw, bool) or not isinstance(raw, int) or not self.low <= raw <= self.high:
            raise ValueError(f"{raw!r} is not a whole number from {self.low:,} to {self.high:,}")
        return raw

    def dump(self, value: int) -> Raw:
        return value


@dataclass(frozen=True, slots=True)
class Score:
    """A score of the matcher's, to the hundredth."""

    choices: tuple[float, ...]
    unit: ClassVar[str] = ""
    typed: ClassVar[bool] = True

    def parse(self, raw: object) -> float:
        try:
            score = float(raw) if isinstance(raw, str | int | float) and not isinstance(raw, bool) else None
        except (ValueError, OverflowError):
            score = None
        if score is None or not _LOWEST_SCORE <= score <= 1:
            raise ValueError(f"{raw!r} is not a score from {_LOWEST_SCORE} to 1.00")
        return round(score, 2)

    def dump(self, value: float) -> Raw:
        return value


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time; in minutes where it is written down."""

    choices: tuple[timedelta, ...]
    longest: timedelta
    shortest: timedelta = timedelta(0)
    unit: ClassVar[str] = "_minutes"
    typed: ClassVar[bool] = False

    def parse(self, raw: object) -> timedelta:
        low, high = self.shortest / _MINUTE, self.longest / _MINUTE
        if isinstance(raw, bool) or not isinstance(raw, int | float) or not low <= raw <= high:
            raise ValueError(f"{raw!r} is not a number of minutes from {low:,.0f} to {high:,.0f}")
        return timedelta(minutes=raw)

    def dump(self, value: timedelta) -> Raw:
        minutes = value / _MINUTE
        return int(minutes) if minutes.is_integer() else minutes


@dataclass(frozen=True, slots=True)
class Id:
    """One channel."""

    choices: ClassVar[tuple[int, ...]] = ()
    unit: ClassVar[str] = ""
    typed: ClassVar[bool] = False

    def parse(self, raw: object) -> int:
        return as_id(raw)

    def dump(self, value: int) -> Raw:
        return value


@dataclass(frozen=True, slots=True)
class Ids:
    """Some channels or roles."""

    of: str  # "channel" or "role"
    choices: ClassVar[tuple[int, ...]] = ()
    unit: ClassVar[str] = ""
    typed: ClassVar[bool] = False

    def parse(self, raw: object) -> frozenset[int]:
        found = frozenset(as_id(one) for one in _listed(raw))
        if len(found) > _MOST_IDS:
            raise ValueError(f"{len(found)} {self.of}s are more than {_MOST_IDS}")
        return found

    def dump(self, value: frozenset[int]) -> Raw:
        return sorted(value)


@dataclass(frozen=True, slots=True)
class Domains:
    """Some web sites, each with all that is below it; typed one a line."""

    choices: ClassVar[tuple[str, ...]] = ()
    unit: ClassVar[str] = ""
    typed: ClassVar[bool] = True

    def parse(self, raw: object) -> frozenset[str]:
        found = frozenset(_site(one) for one in (raw.split() if isinstance(raw, str) else _listed(raw)))
        if len(found) > _MOST_DOMAINS:
            raise ValueError(f"{len(found)} domains are more than {_MOST_DOMAINS}")
        return found

    def dump(self, value: frozenset[str]) -> Raw:
        return sorted(value)


@dataclass(frozen=True, slots=True)
class Hours:
    """Part of the day, such as 22:00-07:00."""

    choices: tuple[QuietHours, ...]
    unit: ClassVar[str] = ""
    typed: ClassVar[bool] = True

    def parse(self, raw: object) -> QuietHours:
        found = _HOURS.fullmatch(raw.strip()) if isinstance(raw, str) else None
        if found is None:
            raise ValueError(f"{raw!r} is not a part of the day such as 22:00-07:00")
        start, end = time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
        if start == end:
            raise ValueError(f"{raw!r} begins and ends at the same time")
        return QuietHours(start, end)

    def dump(self, value: QuietHours) -> Raw:
        return f"{value.start:%H:%M}-{value.end:%H:%M}"


@dataclass(frozen=True, slots=True)
class Zone:
    """A time zone by its name in the tz database."""

    choices: tuple[str, ...]
    unit: ClassVar[str] = ""
    typed: ClassVar[bool] = True

    def parse(self, raw: object) -> str:
        name = raw.strip() if isinstance(raw, str) else ""
        try:
            return ZoneInfo(name).key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"{raw!r} is not a time zone such as Europe/London") from None

    def dump(self, value: str) -> Raw:
        return value


def as_id(raw: object) -> int:
    """Discord's number of something; JSON writes them as texts, since they are longer than JavaScript's numbers.

    Raises:
        ValueError: it is none.
    """
    number = int(raw) if isinstance(raw, str) and raw.isdecimal() else raw
    if isinstance(number, bool) or not isinstance(number, int) or not 0 < number <= _LAST_ID:
        raise ValueError(f"{raw!r} is not the number of a channel or role")
    return number


def _listed(raw: object) -> Iterable[object]:
    if not isinstance(raw, list):
        raise ValueError(f"{raw!r} is not a list")  # noqa: TRY004  # a wrong value, not a wrong call
    return raw


def _site(raw: object) -> str:
    """The domain as canonical links have it, from a domain or from any address on it."""
    text = raw.strip().lower() if isinstance(raw, str) else ""
    site = domain(canonical(text if "://" in text else f"https://{text}"))
    if not _DOMAIN.fullmatch(site):
        raise ValueError(f"{raw!r} is not a domain such as example.org")
    return site
