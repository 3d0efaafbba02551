"""The chief of ``/faq``."""

import pytest

from tests.cogs.faq.calls import add_member


@pytest.fixture
def chief(world):
    """An admin to whom Discord shows the commands."""
    return add_member(world, "chief", manage_guild=True, manage_messages=True)
