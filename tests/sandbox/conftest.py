"""Sandboxes in this process start from explainers that were compiled once; those in a process of their own compile."""

import shutil

import pytest

from bot.storage.database import Database


@pytest.fixture(autouse=True)
def compiled_once(compiled, monkeypatch):
    def opened(settings):
        return Database(shutil.copy(compiled, settings.database))

    monkeypatch.setattr("bot.sandbox.world.open_database", opened)
