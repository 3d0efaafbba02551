"""A SimCord whose private parts have changed is told by name, at import, with the version to install."""

import pytest
import simcord
from simcord.backend import Backend

from bot.sandbox import simcord_internals
from bot.sandbox.simcord_internals import SUPPORTED, SimcordChangedError, _check


def test_the_installed_version_is_the_one_that_is_known():
    _check()


def test_another_version_is_refused_with_the_one_to_install(monkeypatch):
    monkeypatch.setattr(simcord_internals, "version", lambda name: "99.0")
    with pytest.raises(SimcordChangedError, match=rf"simcord 99\.0 has changed: version; install {SUPPORTED}"):
        _check()


def settle(self, *, limit=1):
    """Knows no ``idle``."""


def mark(self):
    """Reads no preview."""


def act(self, body):
    """Knows no context."""


@pytest.mark.parametrize(
    ("owner", "name", "changed", "told"),
    [
        (simcord.Env, "_settle_internal", settle, "Env._settle_internal"),
        (simcord.Env, "_settle_internal", None, "Env._settle_internal"),
        (simcord.Env, "_mark_mutation", mark, "Env._mark_mutation"),
        (simcord.Env, "_mark_mutation", None, "Env._mark_mutation"),
        (simcord.Preview, "_action", act, "Preview._action"),
        (simcord.Preview, "_action", None, "Preview._action"),
        (simcord.Preview, "_mark_action_dispatched", None, "Preview._mark_action_dispatched"),
    ],
)
def test_a_method_that_has_changed_or_is_gone_is_named(monkeypatch, owner, name, changed, told):
    monkeypatch.setattr(owner, name, changed)
    with pytest.raises(SimcordChangedError) as caught:
        _check()
    assert told in str(caught.value)
    assert SUPPORTED in str(caught.value)


@pytest.mark.parametrize("name", ["clock", "transcript", "bot_user", "cdn"])
def test_a_changed_attribute_is_named(monkeypatch, name):
    class Changed(Backend):
        def __init__(self) -> None:
            super().__init__()
            setattr(self, name, None)

    monkeypatch.setattr(simcord_internals, "Backend", Changed)
    with pytest.raises(SimcordChangedError, match=f"Backend.{name}"):
        _check()


def test_all_changes_are_told_at_once(monkeypatch):
    monkeypatch.setattr(simcord_internals, "version", lambda name: "99.0")
    monkeypatch.setattr(simcord.Preview, "_mark_action_dispatched", None)
    with pytest.raises(SimcordChangedError, match=r"version, Preview\._mark_action_dispatched"):
        _check()
