"""The errors that Copydesk raises on purpose; each message says what to do.

CopydeskError
├── ConfigurationError      the installation is wrong: do not restart, read the message
├── ExplainerError          explainer files are wrong: every problem, each as file:line
├── InputError              a file given on the command line is wrong
├── ModelError              the semantic model cannot be used: no automatic answers
├── StoreError              the database refuses
│   └── StoreBusyError      too many writes wait; try again later
├── DeliveryDelayedError    Discord could not be reached; the outbox tries again
├── DeliveryRefusedError    Discord will not do it (permission, gone); trying again is useless
├── ImageError              an image cannot be had or read: its post is judged without it
├── EditingError            an explainer cannot be changed so; the message says why
└── CaseError               a moderator's action cannot be done
    ├── UnknownCaseError
    └── AlreadyJudgedError
"""

from collections.abc import Sequence


class CopydeskError(Exception):
    """Base of everything that Copydesk raises on purpose."""


class ConfigurationError(CopydeskError):
    """The settings are unusable; carries all problems at once."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class ExplainerError(CopydeskError):
    """Explainer files cannot be compiled; carries all problems at once."""

    def __init__(self, problems: Sequence[object]) -> None:
        self.problems = tuple(str(problem) for problem in problems)
        super().__init__("\n".join(self.problems))


class InputError(CopydeskError):
    """A file named on the command line cannot be read as what it should be."""


class ModelError(CopydeskError):
    """The semantic model or its coefficients cannot be used; the message says why."""


class StoreError(CopydeskError):
    """The database cannot be opened or refuses an operation."""


class StoreBusyError(StoreError):
    """The queue of waiting writes is full."""


class DeliveryDelayedError(CopydeskError):
    """Discord was out of reach or overloaded: worth another try."""


class DeliveryRefusedError(CopydeskError):
    """Discord refused for good; the message is the reason in plain words."""


class ImageError(CopydeskError):
    """An image cannot be fetched or decoded; the message says why and holds no address."""


class EditingError(CopydeskError):
    """A change of an explainer cannot be done."""


class CaseError(CopydeskError):
    """A moderator's action on a case or a suggestion cannot be done."""


class UnknownCaseError(CaseError):
    """There is no such case on this server."""


class AlreadyJudgedError(CaseError):
    """Somebody else was first."""

    def __init__(self, judged_by: int | None, verdict: str) -> None:
        self.judged_by = judged_by
        self.verdict = verdict
        super().__init__(f"already judged: {verdict}")
