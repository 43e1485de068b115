"""Weights from outside: read without running what is in them, and refused with what they ask for."""

# ruff: noqa: E402  (nothing of the project's that needs torch may be imported before torch is known to be there)

import io
import os
import pickle
import zipfile
from collections import OrderedDict
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper

torch = pytest.importorskip("torch", reason="the torch extra is not installed: pip install 'herdmap[torch]'")

from detector import models
from detector.errors import ModelError
from detector.models.checkpoint import load_checkpoint, load_weights, pickle_globals, save_weights


class Malicious:
    """Unpickled, it creates a file."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.mark),)


def malicious_files(folder: Path, mark: Path) -> list[Path]:
    """The same in every shape that a checkpoint has."""
    held = {"model": {"weight": torch.zeros(2)}, "extra": Malicious(mark)}
    paths = [folder / name for name in ("zip.pth", "legacy.pth", "plain.pkl", "protocol0.pkl", "lying.safetensors")]
    torch.save(held, paths[0])
    torch.save(held, paths[1], _use_new_zipfile_serialization=False)
    paths[2].write_bytes(pickle.dumps({"weight": np.zeros(2), "extra": Malicious(mark)}))
    paths[3].write_bytes(pickle.dumps(Malicious(mark), protocol=0))
    paths[4].write_bytes(pickle.dumps(Malicious(mark)))
    return paths


@pytest.mark.parametrize("kind", range(5))
def test_a_malicious_pickle_is_refused_and_does_nothing(tmp_path: Path, kind: int) -> None:
    mark = tmp_path / "mark"
    path = malicious_files(tmp_path, mark)[kind]
    expected = "mkdir.*if you trust it" if path.suffix != ".safetensors" else "not a safetensors file"
    with pytest.raises(ModelError, match=expected) as refused:
        load_weights(path)
    assert not mark.exists()
    assert "\n" not in str(refused.value)


def test_the_tests_pickles_are_malicious(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    for path in malicious_files(tmp_path, mark)[:4]:
        load_checkpoint(path, trust=True)
        assert mark.is_dir(), path
        mark.rmdir()


@pytest.mark.parametrize("protocol", [0, 2, 4, 5])
def test_what_a_pickle_asks_for_is_read_from_its_opcodes(tmp_path: Path, protocol: int) -> None:
    path = tmp_path / "m.pkl"
    held = [OrderedDict(a=1), io.BytesIO, "io", "BytesIO", Fraction, io.BytesIO]
    path.write_bytes(pickle.dumps(held, protocol))
    assert set(pickle_globals(path)) == {"collections.OrderedDict", "_io.BytesIO", "fractions.Fraction"}


@pytest.mark.parametrize(
    "wrap",
    [
        lambda w: w,
        lambda w: {"model": w, "step": 3},
        lambda w: {"state_dict": {f"module.{k}": v for k, v in w.items()}},
    ],
    ids=["bare", "with a run's state", "parallel"],
)
@pytest.mark.parametrize("legacy", [False, True])
def test_a_state_dict_is_found(tmp_path: Path, wrap: Any, legacy: bool) -> None:
    weights = {"a.weight": torch.arange(6.0).reshape(2, 3), "a.bias": torch.ones(2, dtype=torch.float16)}
    path = tmp_path / "m.pth"
    torch.save(wrap(weights), path, _use_new_zipfile_serialization=not legacy)
    found = load_weights(path)
    assert list(found) == list(weights)
    assert all(torch.equal(found[name], weights[name]) for name in weights)


def test_a_whole_module_is_read_where_it_is_trusted(tmp_path: Path) -> None:
    path = tmp_path / "m.pth"
    module = torch.nn.Sequential(torch.nn.Linear(2, 3))
    torch.save({"model": module, "epoch": 3}, path)
    with pytest.raises(ModelError, match=r"torch\.nn\.modules\.container\.Sequential.*if you trust it") as caught:
        load_weights(path)
    assert caught.value.about == "trust"
    assert list(load_weights(path, trust=True)) == ["0.weight", "0.bias"]
    torch.save(module, path)
    assert torch.equal(load_weights(path, trust=True)["0.weight"], module[0].weight)


def test_a_torch_that_can_be_got_around_reads_no_pickle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.save({"a": torch.ones(2)}, tmp_path / "m.pth")
    save_weights({"a": torch.ones(2)}, tmp_path / "m.safetensors")
    monkeypatch.setattr(torch, "__version__", "2.5.1+cpu")
    with pytest.raises(ModelError, match=r"update torch to 2\.6 or later, use safetensors"):
        load_weights(tmp_path / "m.pth")
    assert load_weights(tmp_path / "m.safetensors")["a"].tolist() == [1, 1]


def test_a_plain_pickle_of_arrays_needs_no_trust(tmp_path: Path) -> None:
    """As Detectron2's model zoo has them."""
    path = tmp_path / "model_final.pkl"
    arrays = {"w": np.arange(6, dtype=np.float32).reshape(2, 3), "n": np.array(3)}
    path.write_bytes(pickle.dumps({"model": arrays, "__author__": "somebody", "lr": np.float64(0.1)}))
    assert load_weights(path)["w"].tolist() == [[0, 1, 2], [3, 4, 5]]


def test_safetensors_are_written_and_read(tmp_path: Path) -> None:
    shared = torch.arange(4.0)
    weights = {"a": shared, "b": shared, "c": torch.zeros(2, 3).t()}
    save_weights(weights, tmp_path / "m.safetensors")
    found = load_weights(tmp_path / "m.safetensors")
    assert all(torch.equal(found[name], weights[name]) for name in weights)
    assert [p.name for p in tmp_path.iterdir()] == ["m.safetensors"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not a checkpoint"),
        (b"hello", "not a checkpoint"),
        (pickle.dumps([1, 2]), "a list: expected a state dict"),
        (pickle.dumps({"a": "text"}), "'a' is a str"),
        (pickle.dumps({"a": np.array([None])}), "'a' is a ndarray"),
    ],
)
def test_what_is_no_checkpoint_is_said(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "m.pth"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=words):
        load_weights(path)


def test_a_checkpoint_that_would_not_fit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "m.pth"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("m/data.pkl", "w") as file:
        for _ in range(65):
            file.write(bytes(1 << 20))
    assert path.stat().st_size < 1 << 20
    with pytest.raises(ModelError, match="pickles of 68157440 bytes"):
        load_weights(path)


def with_external(path: Path, location: str) -> Path:
    """A file by the contract one of whose weights lies at `location`."""
    weight = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[1], data_location=TensorProto.EXTERNAL)
    for key, value in (("location", location), ("offset", "0"), ("length", "4")):
        weight.external_data.add(key=key, value=value)
    # In a branch, to see that all of the file is looked at.
    value = helper.make_tensor_value_info("w", TensorProto.FLOAT, [1])
    branch = helper.make_graph([], "branch", [], [value], [weight])
    node = helper.make_node("If", ["yes"], ["scores"], then_branch=branch, else_branch=branch)
    images = helper.make_tensor_value_info("images", TensorProto.BOOL, [])
    scores = helper.make_tensor_value_info("scores", TensorProto.FLOAT, [1])
    node.input[0] = "images"
    path.write_bytes(helper.make_model(helper.make_graph([node], "g", [images], [scores])).SerializeToString())
    return path


@pytest.mark.parametrize(
    "location", ["../secret", "/etc/hostname", "a/../../secret", "C:\\secret", "", ".", "link/secret"]
)
def test_an_onnx_file_takes_no_weights_from_outside_its_folder(tmp_path: Path, location: str) -> None:
    (tmp_path / "secret").write_bytes(bytes(4))
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "link").symlink_to(tmp_path)
    with pytest.raises(ModelError, match="outside its own folder"):
        models.load(with_external(folder / "m.onnx", location))


def test_weights_beside_an_onnx_file_are_part_of_the_model(tmp_path: Path) -> None:
    from detector.models.external_data import external_files

    path = with_external(tmp_path / "m.onnx", "weights/m.data")
    with pytest.raises(ModelError, match=r"'weights/m\.data', which does not exist"):
        external_files(path)
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / "m.data").write_bytes(bytes(4))
    assert external_files(path) == (tmp_path / "weights" / "m.data",)
    assert external_files(models.resolve("sheep")) == ()
    assert onnx.load(str(path), load_external_data=False).graph.node[0].op_type == "If"


@pytest.mark.parametrize(
    "content", [b"", b"\x3a", b"\x3a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", b"\x3a\x02\x2a" * 9]
)
def test_a_damaged_onnx_file_is_said(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(content)
    with pytest.raises(ModelError, match="not an ONNX model"):
        models.load(path)


@given(st.binary(max_size=300), st.sampled_from([b"", b"\x80\x04", b"\x80\x02", b"PK\x03\x04"]))
def test_any_bytes_are_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes, head: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.pth"
    path.write_bytes(head + content)
    with pytest.raises(ModelError):
        load_weights(path)
    pickle_globals(path)


@given(st.integers(0, 2**32), st.integers(1, 60))
def test_a_file_damaged_anywhere_is_refused_or_names_files_beside_it(
    tmp_path_factory: pytest.TempPathFactory, seed: int, bytes_changed: int
) -> None:
    from detector.models.external_data import external_files

    path = tmp_path_factory.getbasetemp() / "damaged.onnx"
    content = bytearray(with_external(path, "weights.bin").read_bytes())
    (path.parent / "weights.bin").write_bytes(bytes(4))
    rng = np.random.default_rng(seed)
    for at in rng.integers(0, len(content), bytes_changed):
        content[at] = rng.integers(0, 256)
    path.write_bytes(content)
    try:
        found = external_files(path)
    except ModelError:
        return
    assert all(file.is_file() and file.parent == path.parent for file in found)
