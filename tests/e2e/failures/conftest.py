"""Which cluster do the tests of failures ask?"""

from collections.abc import Iterator

import pytest

from tests.stack.addresses import Stack


@pytest.fixture(scope="module", autouse=True)
def kubeconfig(stack: Stack) -> Iterator[None]:
    """The stack's, whatever the machine's own names."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KUBECONFIG", stack.kubeconfig)
        yield
