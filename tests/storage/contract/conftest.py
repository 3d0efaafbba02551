"""The stores of each backend, fresh for each test."""

from pathlib import PurePath

import pytest

from bot.faq.parse import parse_explainer
from tests.storage.contract.backends import BACKENDS, TOPIC
from tests.support import EXPLAINER_FILE


@pytest.fixture(params=BACKENDS.values(), ids=BACKENDS)
def backend(request, tmp_path):
    backend = request.param(tmp_path)
    yield backend
    backend.close()


@pytest.fixture
def stores(backend):
    return backend.stores()


@pytest.fixture
def explainer():
    return parse_explainer(PurePath(f"{TOPIC}.md"), EXPLAINER_FILE)
