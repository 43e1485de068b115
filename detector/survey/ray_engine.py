"""Searches on a Ray cluster: the plan is the same, and actors with the model search its units.

    this process                                   each worker (an actor, on any node)
    hands out groups, at most WINDOW in hand  ->   reads, runs the model, writes parts where the journal is
    yields what is done, hands out more       <-   what is done

Imagery must have the same paths on every node, and every node must be able to write the parts. The files of the model
are sent with the actors. If a worker dies, the units in its hands that have a part are done. The others are searched
again, one group at a time, so that an image that kills workers is found and fails.
"""

import contextlib
import importlib.util
import os
import queue
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from detector import models
from detector.errors import InputError, MissingLibraryError, ModelError
from detector.models.precision import FLOAT32, Precision, SeveralPrecisions
from detector.search import cores, storage
from detector.search.batches import FittedClassifier
from detector.search.gate import Gate
from detector.search.parts import Journal
from detector.search.timing import Profile
from detector.survey.cluster import Cluster
from detector.survey.engine import Engine
from detector.survey.guarded_reader import Reading, failure_key
from detector.survey.opening import fitted
from detector.survey.planning import Plan
from detector.survey.ray_cluster import joined
from detector.survey.searching import CALLS_AT_ONCE, CPU_READERS, Group, Search, Searched, search

# A worker has a group for each reading thread in hand, and in addition at least so many groups and so many tiles, so
# that it never waits for this process. It reports when half is done, so that small photos are reported together.
SPARE_GROUPS = 4
SPARE_TILES = 32
# How long a worker with something to report waits for more; and how often this process checks whether to end.
_REPORT_S = 1.0
_LOOK_S = 0.25
# The cores of a worker with a GPU, by default. More cores would hardly decode faster than the model works.
_MOST_CORES_A_GPU = 8
# How often workers may die over one group while they have only that group in hand.
_DEATHS = 2


@dataclass(frozen=True)
class ModelOnNode:
    """A model in the form that is sent to nodes.

    Attributes:
        path: The file that names it.
        files: The name and the content of each of its files.
        sha256: Their digest.
        trust: Whether to run code that a file contains.
    """

    path: Path
    files: tuple[tuple[str, bytes], ...]
    sha256: str
    trust: bool

    @classmethod
    def of(cls, path: Path, model: models.Loaded, trust: bool) -> "ModelOnNode":
        """The model that `path` names, which is loaded here."""
        path = Path(os.path.abspath(path))  # a worker has another current folder
        contents = tuple((file.name, file.read_bytes()) for file in model.files)
        return cls(path, contents, models.sha256_of(*model.files), trust)

    @contextlib.contextmanager
    def here(self) -> Iterator[Path]:
        """The file that names it on this machine, until it is loaded.

        If its files are not here, they are written to a folder of their own, which is removed again.
        """
        beside = [self.path.with_name(name) for name, _ in self.files]
        if all(file.is_file() for file in beside) and models.sha256_of(*beside) == self.sha256:
            yield self.path
            return
        # Windows does not remove files that are mapped into memory.
        with tempfile.TemporaryDirectory(prefix="herdmap-model-", ignore_cleanup_errors=True) as folder:
            for name, content in self.files:
                (Path(folder) / name).write_bytes(content)
            yield Path(folder) / self.path.name


@dataclass(frozen=True)
class Orders:
    """What every worker of a run is told once."""

    model: ModelOnNode
    gate: tuple[ModelOnNode, float] | None
    how: Search
    parts: str
    device: str
    cores: int
    time_limit_s: float
    precision: Precision = FLOAT32


class Worker:
    """One actor: a search that continues as long as it gets work."""

    def __init__(self) -> None:
        self._groups: queue.SimpleQueue[Group | None] = queue.SimpleQueue()
        self._found: queue.SimpleQueue[Searched | BaseException] = queue.SimpleQueue()
        self._stopped = threading.Event()
        self._profile = Profile()
        self._models: list[models.Loaded] = []

    def begin(self, orders: Orders) -> str:
        """Load the model and start the search. Returns the device. Raises ModelError and other errors of loading."""
        # Before anything is loaded, because threads inherit it: a worker uses only the cores that it asked for.
        cores.keep(orders.cores)
        device, threads = orders.device, orders.cores
        with orders.model.here() as path:
            opened = models.open_model(path, device, threads, orders.model.trust, CALLS_AT_ONCE)
        if isinstance(opened, SeveralPrecisions):
            opened.use(orders.precision)
        model = fitted(opened, self._profile, orders.time_limit_s)
        gate = None
        if orders.gate is not None:
            ahead, threshold = orders.gate
            with ahead.here() as path:
                classifier = models.load_classifier(path, device, threads, ahead.trust, CALLS_AT_ONCE)
            gate = Gate(FittedClassifier(classifier, self._profile, "gate"), threshold)
        self._models = [model, *([gate.classifier] if gate else [])]
        threading.Thread(target=self._work, args=(orders, model, gate), daemon=True).start()
        return model.device

    def step(self, groups: list[Group], last: bool, enough: int) -> list[Searched]:
        """Take more work, and report what is done: `enough` units, or as many as are done within a second.

        last: there is no more work for now, so finish what is in hand. Raises the error of the search, if it failed.
        """
        for group in groups:
            self._groups.put(group)
        if last:
            self._groups.put(None)
        found: list[Searched] = []
        until = time.monotonic() + _REPORT_S
        with contextlib.suppress(queue.Empty):
            while len(found) < enough:
                found.append(self._checked(self._found.get(timeout=max(0.0, until - time.monotonic()))))
            while True:
                found.append(self._checked(self._found.get_nowait()))
        return found

    def end(self) -> tuple[dict[str, float], tuple[str, ...]]:
        """Stop. Returns how long each stage took, and what the user should know about the model."""
        self._stopped.set()
        return self._profile.seconds, tuple(text for model in self._models for text in model.remarks)

    @staticmethod
    def _checked(found: Searched | BaseException) -> Searched:
        if isinstance(found, BaseException):
            raise found
        return found

    def _work(self, orders: Orders, model: Any, gate: Gate | None) -> None:
        journal, cancelled = Journal(storage.folder(orders.parts)), self._stopped.is_set
        try:
            with Reading(journal, orders.time_limit_s, cancelled=cancelled, profile=self._profile) as reading:
                while not self._stopped.is_set():
                    # A search ends when it is told that there is no more. If a worker dies, there may be more later.
                    fed = iter(self._groups.get, None)
                    for found in search(orders.how, fed, model, gate, journal, reading, cancelled, self._profile):
                        self._found.put(found)
        except BaseException as error:
            self._found.put(error)


@dataclass
class _Hand:
    """A worker as this process sees it: what it has in hand, by the keys of units, and whether it was told `last`."""

    actor: Any
    in_hand: dict[str, "_Task"] = field(default_factory=dict)
    begun: bool = False
    told_last: bool = False

    def tasks(self) -> list["_Task"]:
        return list(dict.fromkeys(self.in_hand.values()))


@dataclass(eq=False)
class _Task:
    """A group that is handed out. deaths: how many workers died with it in hand; after one, it is handed out alone."""

    group: Group
    deaths: int = 0

    @cached_property
    def tiles(self) -> int:
        return sum(unit.tiles for unit in self.group[1])


@contextlib.contextmanager
def ray_engine(
    cluster: Cluster,
    work: Plan,
    model: ModelOnNode,
    gate: ModelOnNode | None,
    device: str,
    profile: Profile,
    say: Callable[[str], None],
) -> Iterator[Engine]:
    """The engine on a cluster, which is joined or started for the time of the block.

    say: gets what the user should know. Raises MissingLibraryError without ray, InputError if the cluster does not
    exist.
    """
    if importlib.util.find_spec("ray") is None:
        raise MissingLibraryError(
            "searching on a Ray cluster needs ray, which is not installed: pip install 'herdmap[ray]'", about="cluster"
        )
    with joined(cluster, say) as ray:

        def engine(how: Search, groups: Iterable[Group], cancelled: Callable[[], bool]) -> Iterator[Searched]:
            told = None if gate is None or work.gate is None else (gate, work.gate.threshold)
            limit_s = work.settings.time_limit_s
            orders = Orders(model, told, how, work.parts_place, device, cluster.cpus or 1, limit_s, work.precision)
            run = _Run(ray, cluster, orders, work.journal, say)
            try:
                for found in run.search(groups, cancelled):
                    profile.tiles += found.tiles if found.error is None else 0
                    yield found
            finally:
                run.end(profile)

        yield engine


class _Run:
    """One search on a cluster, as this process controls it."""

    def __init__(
        self, ray: Any, cluster: Cluster, orders: Orders, journal: Journal, say: Callable[[str], None]
    ) -> None:
        self._ray = ray
        self._journal = journal
        self._how = orders.how
        self._say = say
        resources = ray.cluster_resources()
        gpus = cluster.gpus
        if gpus is None:
            gpus = 1.0 if resources.get("GPU", 0) >= 1 and orders.device != "cpu" else 0.0
        cpus = cluster.cpus or _cores_a_worker(gpus, [node["Resources"] for node in ray.nodes() if node["Alive"]])
        room = resources.get("CPU", 0) / cpus
        if gpus > 0:
            room = min(room, resources.get("GPU", 0) / gpus)
        self._most = cluster.workers or max(1, int(room + 1e-9))
        if room < 1:
            raise InputError(
                f"a worker needs {cpus} cores and {gpus:g} GPUs, but the cluster has {resources.get('CPU', 0):g} and "
                f"{resources.get('GPU', 0):g} in all; ask for less, or start more nodes"
            )
        # A model on the CPU uses the cores itself. A model on a GPU leaves them to the threads that decode.
        readers = orders.how.readers or (cpus if gpus > 0 else min(cpus, CPU_READERS))
        self._orders = ray.put(replace(orders, how=replace(orders.how, readers=readers), cores=cpus))
        self._window = readers + SPARE_GROUPS
        # A lost worker is replaced here, not by Ray, because Ray does not know what it had in hand.
        self._kind = ray.remote(num_cpus=cpus, num_gpus=gpus, max_restarts=0)(Worker)
        self._hands: list[_Hand] = []
        self._calls: dict[Any, _Hand] = {}
        self._stillborn = 0
        self._lost: deque[_Task] = deque()

    def search(self, groups: Iterable[Group], cancelled: Callable[[], bool]) -> Iterator[Searched]:
        """Search all groups, and yield each unit when it is done. Ends early if cancelled."""
        # The other units of the image are left out, because workers do not need them.
        tasks = (_Task((replace(image, units=()), units)) for image, units in groups)
        first = next(tasks, None)
        if first is None:
            return
        self._lost.append(first)
        for _ in range(self._most):
            self._hire()
        more = True
        while self._calls:
            if cancelled():
                return
            done, _ = self._ray.wait(list(self._calls), num_returns=1, timeout=_LOOK_S)
            for call in done:
                hand = self._calls.pop(call)
                try:
                    answer = self._ray.get(call)
                except self._ray.exceptions.RayActorError:
                    yield from self._bury(hand)
                    continue
                except self._ray.exceptions.RayTaskError as error:
                    raise error.cause if isinstance(error.cause, Exception) else ModelError(str(error)) from error
                hand.begun = True
                for found in answer if isinstance(answer, list) else ():
                    if hand.in_hand.pop(found.key, None) is not None:
                        yield found
                more = self._feed(hand, tasks, more)

    def _hire(self) -> None:
        hand = _Hand(self._kind.remote())
        self._hands.append(hand)
        self._calls[hand.actor.begin.remote(self._orders)] = hand

    def _feed(self, hand: _Hand, tasks: Iterator[_Task], more: bool) -> bool:
        """Give a worker as much work as it may have. Returns whether there may be tasks left after that."""
        given: list[_Task] = []
        tasks_in_hand = hand.tasks()
        alone = any(task.deaths for task in tasks_in_hand)
        tiles = sum(task.tiles for task in tasks_in_hand)
        while not alone and (len(tasks_in_hand) + len(given) < self._window or tiles < SPARE_TILES):
            # A group over which a worker died is handed out alone, to a worker that has nothing else.
            if self._lost and (not self._lost[0].deaths or not (hand.in_hand or given)):
                task: _Task | None = self._lost.popleft()
            else:
                task = next(tasks, None) if more else None
                more = more and task is not None
            if task is None:
                break
            given.append(task)
            tiles += task.tiles
            alone = task.deaths > 0
        for task in given:
            hand.in_hand.update((unit.key, task) for unit in task.group[1])
        if given:
            hand.told_last = False
        # A worker reports the last results only when it knows that they are the last.
        last = bool(hand.in_hand) and not hand.told_last and (alone or not more)
        hand.told_last = hand.told_last or last
        if hand.in_hand or self._lost or more or self._others_work():
            enough = max(1, len(hand.in_hand) // 2)
            call = hand.actor.step.remote([task.group for task in given], last, enough)
            self._calls[call] = hand
        return more

    def _others_work(self) -> bool:
        """Whether other workers have work in hand, which comes back if they die."""
        return any(hand.in_hand for hand in self._calls.values())

    def _bury(self, hand: _Hand) -> Iterator[Searched]:
        """A worker died: report its finished units, hand out the rest again, and start another worker."""
        self._hands.remove(hand)
        self._stillborn = 0 if hand.begun else self._stillborn + 1
        if self._stillborn > self._most + _DEATHS:
            raise ModelError(
                "the workers of the cluster die before they begin; look for the reason in Ray's logs on their nodes"
            )
        tasks = hand.tasks()
        for task in tasks:
            task.deaths += 1
            image, units = task.group
            left = []
            for unit in (unit for unit in units if unit.key in hand.in_hand):
                part = self._journal.read(unit.key)
                if part is None:
                    left.append(unit)
                    continue
                counts = part.detections.scores >= self._how.thresholds[part.detections.labels]
                yield Searched(unit.image, unit.key, part.tiles, int(counts.sum()))
            if left and len(tasks) == 1 and task.deaths > _DEATHS:
                why = (
                    f"{task.deaths} workers died while they searched it; the file is damaged, copy it again from its "
                    "source"
                )
                assert image.info is not None
                name = failure_key(image.relative, image.info.file_size, image.info.mtime_ns)
                self._journal.write_failure(name, why)
                for unit in left:
                    yield Searched(unit.image, unit.key, unit.tiles, 0, why)
            elif left:
                task.group = (image, left)
                self._lost.append(task)
        self._say("a worker of the cluster died; the photos that it was searching are searched again")
        self._hire()

    def end(self, profile: Profile) -> None:
        """Let the workers go, and take over the times that they measured, as an average."""
        ends = [hand.actor.end.remote() for hand in self._hands if hand.begun]
        done, _ = self._ray.wait(ends, num_returns=len(ends), timeout=10) if ends else ([], [])
        remarks: dict[str, None] = {}
        for call in done:
            with contextlib.suppress(Exception):
                seconds, said = self._ray.get(call)
                remarks.update(dict.fromkeys(said))
                profile.take_over(seconds, 1 / len(done))
        for text in remarks:
            self._say(text)
        for hand in self._hands:
            with contextlib.suppress(Exception):
                self._ray.kill(hand.actor)


def _cores_a_worker(gpus: float, nodes: Iterable[Mapping[str, float]]) -> int:
    """How many cores a worker with so many GPUs gets: its share of the cores of the node where this share is smallest.

    nodes: the 'CPU' and the 'GPU' of each.
    """
    shares = [node.get("CPU", 0) * gpus / node["GPU"] for node in nodes if node.get("GPU", 0) >= max(gpus, 1e-9)]
    return max(1, min(_MOST_CORES_A_GPU, int(min(shares, default=0) + 1e-9)))
