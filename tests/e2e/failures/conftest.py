"""Which cluster do the tests of failures ask, and which node may they harm?"""

import os
from collections.abc import Iterator

import pytest

from tests.e2e.failures.nodes import Kubelet, kubelet_of_the_second_node
from tests.stack.addresses import OVERRIDES, Stack
from tests.stack.up import add_node


@pytest.fixture(scope="module", autouse=True)
def kubeconfig(stack: Stack) -> Iterator[None]:
    """The stack's, whatever the machine's own names."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KUBECONFIG", stack.kubeconfig)
        yield


@pytest.fixture(scope="module")
def node(stack: Stack) -> Iterator[str]:
    """The second node, as it is when nobody has done anything to it."""
    if os.environ.get(OVERRIDES["cluster"]):
        pytest.skip("killing a node of a cluster that isn't the stack's own would be rude")
    yield add_node()
    add_node()


@pytest.fixture
def kubelet(node: str) -> Iterator[Kubelet]:
    """It runs again afterwards, whatever became of it."""
    found = kubelet_of_the_second_node()
    yield found
    found.go_on()
