"""Where a torch model runs: what a user may say, and what this computer has."""

# ruff: noqa: E402  (nothing of the project's that needs torch may be imported before torch is known to be there)

import pytest

torch = pytest.importorskip("torch", reason="the torch extra is not installed: pip install 'herdmap[torch]'")

from detector.errors import ModelError
from detector.models.device import choose, half_precision


@pytest.fixture
def gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer with two GPUs, as far as torch says; nothing is run on them."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)


@pytest.mark.parametrize(
    ("device", "chosen"),
    [("auto", "cuda:0"), ("cuda", "cuda:0"), ("cuda:", "cuda:0"), ("cuda:1", "cuda:1"), ("cpu", "cpu")],
)
@pytest.mark.usefixtures("gpus")
def test_a_device_that_is_there(device: str, chosen: str) -> None:
    assert str(choose(device, threads=1)) == chosen


@pytest.mark.parametrize("device", ["cuda:2", "cuda:99"])
@pytest.mark.usefixtures("gpus")
def test_a_gpu_too_many(device: str) -> None:
    with pytest.raises(ModelError, match=f"device '{device}': .* sees 2 CUDA devices; use the device cpu") as caught:
        choose(device, threads=1)
    assert caught.value.about == "device"


@pytest.mark.parametrize("device", ["", "gpu", "cuda:-1", "cuda:x", "cuda:٣", "CUDA", "mps"])
@pytest.mark.usefixtures("gpus")
def test_what_is_no_device(device: str) -> None:
    with pytest.raises(ModelError, match="expected auto, cpu, cuda or cuda:N"):
        choose(device, threads=1)


def test_without_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert str(choose("auto", threads=1)) == "cpu"
    with pytest.raises(ModelError, match="sees no CUDA device"):
        choose("cuda", threads=1)


def test_precisions() -> None:
    gpu, cpu = torch.device("cuda", 1), torch.device("cpu")
    assert not isinstance(half_precision(cpu), torch.autocast)
    assert not isinstance(half_precision(gpu, "float32"), torch.autocast)
    with half_precision(cpu, "bfloat16"):
        assert torch.mm(torch.ones(2, 2), torch.ones(2, 2)).dtype == torch.bfloat16
    with pytest.raises(ModelError, match="precision 'half': expected one of auto"):
        half_precision(cpu, "half")
