"""Are quantities read as Kubernetes and web servers read them?"""

import pytest

from kubeship.config.quantities import cpus, in_bytes, kilobytes


@pytest.mark.parametrize(
    ("quantity", "value"), [("64Mi", 64 << 20), ("1.5Gi", 1.5 * (1 << 30)), ("500M", 5e8), ("2k", 2e3), ("7", 7)]
)
def test_memory_has_binary_and_decimal_units(quantity: str, value: float) -> None:
    assert in_bytes(quantity) == value


@pytest.mark.parametrize(("quantity", "value"), [("250m", 0.25), ("0.5", 0.5), ("2", 2)])
def test_cpu_is_counted_in_whole_ones(quantity: str, value: float) -> None:
    assert cpus(quantity) == value


@pytest.mark.parametrize(("size", "value"), [("512k", 512), ("10m", 10240)])
def test_requests_are_counted_in_kilobytes(size: str, value: int) -> None:
    assert kilobytes(size) == value
