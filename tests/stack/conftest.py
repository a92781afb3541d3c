from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stack.folders import open_folder


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder


@pytest.fixture(scope="package")
def used_before() -> Iterator[Path]:
    """One for all: PostgreSQL takes seconds to make its files, and a moment to start over them."""
    with open_folder() as folder:
        yield folder
