"""Groups sightings into animals, looking at all sightings together.

Pairs of sightings are joined, the best pairs first (`chained`). In a dense herd this leaves some animals in two pieces.
If one sighting is joined to a neighbour, the neighbour's own sighting has no place there. The pieces cannot be joined,
because both have a sighting in the same photo. No single pair shows this mistake. Many sightings together show it,
because their mean place is known better, and because some photos show the place without the animal. So the animals that
fewer photos have than show their place are taken apart on trial (`settled`). Their sightings and those around them are
assigned again to the other animals, photo by photo. The new assignment is kept if it explains all sightings better. The
comparison is a penalised likelihood: squared standard errors of place, size and class, and a cost for each photo that
shows an animal's place without having the animal.
"""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.overlaps.nearby import Floats, Ints
from geo.overlaps.one_to_one import one_to_one

# When an animal is taken apart: how many animals around it take part, within how many standard errors; and how many
# rounds there are.
_NEIGHBOURS, _REACH, _ROUNDS = 10, 12.0, 6
_PASSES = 3
# The share of looks that miss an animal is the average share, within these bounds.
_MISSED = (0.02, 0.4)


def chained(n: int, photo: Ints, first: Ints, second: Ints, cost: Floats) -> Ints:
    """(N,) the animal of each sighting. Pairs are joined best first, unless a photo would then have an animal twice."""
    order = np.lexsort((np.maximum(first, second), np.minimum(first, second), cost))
    root = list(range(n))
    photo_of: list[int] = photo.tolist()
    photos_in: dict[int, set[int]] = {}
    for a, b in zip(first[order].tolist(), second[order].tolist(), strict=True):
        while root[a] != a:
            root[a] = a = root[root[a]]
        while root[b] != b:
            root[b] = b = root[root[b]]
        if a == b:
            continue
        a_photos = photos_in.get(a) or {photo_of[a]}
        b_photos = photos_in.get(b) or {photo_of[b]}
        if not a_photos.isdisjoint(b_photos):
            continue
        if len(a_photos) < len(b_photos):
            a, b, a_photos, b_photos = b, a, b_photos, a_photos
        a_photos |= b_photos
        photos_in[a] = a_photos
        photos_in.pop(b, None)
        root[b] = a
    label = np.array(root, np.int64)
    while not np.array_equal(label, label[label]):
        label = label[label]
    return label


def settled(
    animal: Ints, photo: Ints, xy: Floats, sigma: Floats, label: Ints, log_size: Floats, other: float, looks: Ints
) -> Ints:
    """(N,) the animal of each sighting; animals in pieces are put together.

    Args:
        animal: (N,) the animals from `chained`.
        photo: (N,) the photo.
        xy: (N, 2) the registered place, metres.
        sigma: (N,) the standard error of a place against others of the same animal, along each axis.
        label: (N,) the class.
        log_size: (N,) the log of the size, in standard errors; NaN if unknown.
        other: The cost of another class.
        looks: (N,) how many photos see the place of the sighting, its own included.
    """
    if not len(animal):
        return animal
    scene = _Scene(photo, xy, 1 / sigma**2, label, log_size, other, np.maximum(looks, 1).astype(np.float64))
    group = np.unique(animal, return_inverse=True)[1]
    for _ in range(_PASSES):
        changed, group = _one_pass(scene, group)
        if not changed:
            break
    # If nothing changed, the numbers stay as they were given.
    firsts = np.unique(group, return_index=True)[1]
    return np.asarray(firsts[group], np.int64)


class _Scene:
    """The sightings, and the costs of assigning them to animals."""

    def __init__(
        self, photo: Ints, xy: Floats, weight: Floats, label: Ints, size: Floats, other: float, looks: Floats
    ) -> None:
        self.photo, self.xy, self.weight, self.label, self.size = photo, xy, weight, label, size
        self.other, self.looks = other, looks
        self.miss = 0.0

    def measure_missed(self, group: Ints) -> None:
        """Compute the cost of each photo that misses an animal, from how many photos do."""
        n = np.bincount(group)
        looks = np.maximum(np.bincount(group, weights=self.looks) / n, n)
        missed = 1 - n.sum() / looks.sum()
        self.miss = -2 * float(np.log(np.clip(missed, *_MISSED)))

    def means(self, rows: Ints, of: Ints, n: int) -> tuple[Floats, Floats, Ints, Floats, Floats]:
        """For n animals: place (n, 2), size (n,), most common class (n,), weight of the place (n,), and looks (n,)."""
        w = self.weight[rows]
        total = np.maximum(np.bincount(of, weights=w, minlength=n), 1e-12)
        place = np.column_stack([np.bincount(of, weights=w * self.xy[rows, k], minlength=n) / total for k in range(2)])
        known = np.isfinite(self.size[rows])
        count = np.bincount(of, weights=known, minlength=n)
        with np.errstate(invalid="ignore"):
            size = np.bincount(of, weights=np.nan_to_num(self.size[rows]), minlength=n) / np.where(count, count, np.nan)
        kinds, kind = np.unique(self.label[rows], return_inverse=True)
        votes = np.bincount(of * len(kinds) + kind, minlength=n * len(kinds)).reshape(n, -1)
        looks = np.bincount(of, weights=self.looks[rows], minlength=n) / np.maximum(np.bincount(of, minlength=n), 1)
        return place, size, kinds[votes.argmax(axis=1)], total, looks

    def cost(self, rows: Ints, of: Ints) -> float:
        """The cost of assigning `rows` to the animals `of` (numbers from 0)."""
        n = int(of.max()) + 1
        place, size, kind, _, looks = self.means(rows, of, n)
        far = ((self.xy[rows] - place[of]) ** 2).sum(axis=1) * self.weight[rows]
        far += np.nan_to_num((self.size[rows] - size[of]) ** 2) + self.other * (self.label[rows] != kind[of])
        missed = np.maximum(looks - np.bincount(of, minlength=n), 0.0)
        return float(far.sum() + self.miss * missed.sum())

    def dealt(self, rows: Ints, of: Ints, n: int) -> Ints:
        """`rows` assigned again to n animals. The sightings of these animals are those with `of` from 0 to n - 1.

        A row that fits none becomes an animal by itself, numbered from n.
        """
        now = of
        most = self.miss * np.maximum(self.looks[rows], 2.0)  # the cost of one more animal, which all other photos miss
        place, size, kind, total, _ = self.means(rows[now < n], now[now < n], n)
        for _ in range(_ROUNDS):
            w = self.weight[rows]
            far = ((self.xy[rows][:, None] - place) ** 2).sum(axis=2) / (1 / w[:, None] + 1 / total)
            far += np.nan_to_num((self.size[rows][:, None] - size) ** 2)
            far += self.other * (self.label[rows][:, None] != kind)
            gain = most[:, None] - far
            i, k = np.nonzero(gain > 0)
            kept = one_to_one(i, self.photo[rows[i]] * n + k, gain[i, k])
            new = np.full(len(rows), n, np.int64)
            new[i[kept]] = k[kept]
            if np.array_equal(new, now) or not kept.any():
                now = new
                break
            now = new
            some = np.bincount(now[now < n], minlength=n) > 0
            found = self.means(rows[now < n], now[now < n], n)
            place[some], size[some], kind[some], total[some] = (column[some] for column in found[:4])
        alone = np.flatnonzero(now == n)
        now = now.copy()
        now[alone] = n + np.arange(len(alone))
        return now


def _one_pass(scene: _Scene, group: Ints) -> tuple[bool, Ints]:
    """Whether any animal was taken apart, and the animal of each sighting."""
    scene.measure_missed(group)
    animals = int(group.max()) + 1
    n = np.bincount(group, minlength=animals)
    place, _, _, total, looks = scene.means(np.arange(len(group)), group, animals)
    short = np.flatnonzero(n < looks - 0.5)
    if not len(short):
        return False, group
    short = short[np.lexsort((short, (n / looks)[short]))]
    reach = _REACH * np.sqrt(n / total)  # standard errors of one sighting
    points = shapely.points(place)
    at, beside = shapely.STRtree(points).query(points[short], predicate="dwithin", distance=reach[short])
    members: list[Sequence[int]] = [part.tolist() for part in _parts(group, animals)]
    group, changed = group.copy(), False
    order = np.lexsort((beside, ((place[short[at]] - place[beside]) ** 2).sum(axis=1), at))
    near = np.split(beside[order], np.searchsorted(at[order], np.arange(1, len(short))))
    for c, around in zip(short.tolist(), near, strict=True):
        kept = [k for k in around.tolist() if k != c and members[k]][:_NEIGHBOURS]
        if not members[c] or not kept:
            continue
        slots = [*kept, c]
        rows = np.concatenate([np.array(members[k], np.int64) for k in slots])
        of = np.repeat(np.arange(len(slots)), [len(members[k]) for k in slots])
        dealt = np.unique(scene.dealt(rows, of, len(kept)), return_inverse=True)[1]
        if dealt.max() >= len(kept) or scene.cost(rows, dealt) >= scene.cost(rows, of) - 1e-9:
            continue
        changed = True
        for slot, k in enumerate(slots):
            members[k] = rows[dealt == slot].tolist()
            group[members[k]] = k
    return changed, np.unique(group, return_inverse=True)[1]


def _parts(group: Ints, groups: int) -> list[NDArray[np.int64]]:
    order = np.argsort(group, kind="stable")
    return np.split(order, np.searchsorted(group[order], np.arange(1, groups)))
