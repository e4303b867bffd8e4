r"""What each possible attempt of the cascade finds, costs and wrongly accepts, alone and as an addition.

    python docs/measurements/landmarks/candidates.py --data ../shared/data --renders build/renders \
        --out build/candidates.npz

Every attempt is made on every picture: the crops and hard levels of stress of the people of the group
`test` (every second crop, every fourth picture under stress), and every second patch without a face. Kept
are quality, detector score, error (NME; ION up to 30 degrees of yaw, box beyond) and time, so that
thresholds and orders can be compared afterwards. A face counts as found when its `landmark_quality` reaches
.5, as in the workflow, and as bad when it is found and its error is above 8 %; people whose known
points are doubtful are left out. The possible attempts are those of `attempts.py`. Time is that of the
processor in this process. With ``--only`` some attempts are made;
with ``--read FILE ...`` the tables are made from earlier runs.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from attempts import ATTEMPTS, attempt
from collect import Item, non_face_items, omi_items, render_items
from numpy.typing import NDArray
from readings import doubtful_people

from modular_faces.face_model import FaceModel

Array = NDArray[np.float64]

BAD = 0.08
TRUST = 0.5
HARD = {
    "roll": (-60, -45, -30, 30, 45, 60),
    "blur sigma": (3,),
    "pixels": (24,),
    "shrunk to and back": (24,),
    "gamma": (0.25, 3),
    "noise sigma": (40,),
    "lower covered": (0.5,),
    "upper covered": (0.5,),
    "left covered": (0.5,),
    "jaw cut": (0.4,),
    "brow cut": (0.8,),
    "yaw": (-75, -60, 60, 75),
    "pitch": (-40, 40),
}


CASCADES: dict[str, tuple[tuple[str, ...], float]] = {
    "one attempt: no border": (("no border",), 0.3),
    "one attempt: grey .5": (("grey .5",), 0.3),
    "grey .5, frame": (("grey .5", "frame"), 0.3),
    "first version: grey .5, no border, grey .3, frame": (
        ("grey .5", "no border", "grey .3", "frame"),
        0.3,
    ),
    "the same, detector at .15": (("grey .5", "no border", "grey .3", "frame"), 0.15),
    "the same, detector at .5": (("grey .5", "no border", "grey .3", "frame"), 0.5),
    "the same + turned +-30, +-60": (
        (
            "grey .5", "no border", "grey .3",
            "turned -30", "turned 30", "turned -60", "turned 60", "frame",
        ),
        0.3,
    ),
    "the same + frame +-45": (
        ("grey .5", "no border", "grey .3", "frame", "frame -45", "frame 45"),
        0.3,
    ),
    "grey .5, no border, grey .3, no frame": (("grey .5", "no border", "grey .3"), 0.3),
    "grey .5, grey 1.0, frame": (("grey .5", "grey 1.0", "frame"), 0.3),
    "grey .5, grey 1.0, turned +-30, frame": (
        ("grey .5", "grey 1.0", "turned -30", "turned 30", "frame"),
        0.3,
    ),
    "first version, mesh read twice in the first attempt": (
        ("grey .5, mesh read twice", "no border", "grey .3", "frame"),
        0.3,
    ),
    "first version + grey .5 with mesh read twice": (
        ("grey .5", "no border", "grey .3", "grey .5, mesh read twice", "frame"),
        0.3,
    ),
    "first version + Haar": (("grey .5", "no border", "grey .3", "Haar, grey .5", "frame"), 0.3),
    "first version + dlib": (("grey .5", "no border", "grey .3", "dlib, grey .5", "frame"), 0.3),
}  # fmt: skip


def items(model: FaceModel, data: Path | None, renders: Path) -> Iterator[tuple[str, Item]]:
    """Pictures with the name of their set."""
    for item in list(non_face_items(data, "test"))[::2]:
        yield "non-faces", item
    hard = list(render_items(renders, "test"))
    if data is not None:
        doubtful = doubtful_people(model, data)
        people = [item for item in omi_items(data, "test") if item.person not in doubtful]
        for kind in ("raf100", "xtight100"):
            yield from ((kind, item) for item in [i for i in people if i.kind == kind][::2])
        hard += people
    for item in [item for item in hard if item.level in HARD.get(item.kind, ())][::4]:
        yield "rolled" if item.kind == "roll" else "other stress", item


def table(runs: Sequence[dict[str, NDArray[np.generic]]]) -> list[str]:
    """Lines of both tables: attempts alone, then the cascades whose attempts were all made."""
    names = [str(name) for run in runs for name in run["attempts"]]
    sets = np.asarray(runs[0]["set"])
    readings = np.concatenate([np.asarray(run["readings"], np.float64) for run in runs], axis=1)
    kinds = ("raf100", "xtight100", "rolled", "other stress")
    head = "| {} | " + " | ".join(f"{kind} found %, bad %" for kind in kinds)
    head += " | raf100: median, 90 % | non-faces accepted | ms on raf100 |"
    lines = [head.format("attempt alone"), "|---" * (len(kinds) + 4) + "|"]
    for name in names:
        lines.append(_line(name, (name,), 0.3, readings, sets, kinds, names))
    lines += ["", head.format("cascade"), "|---" * (len(kinds) + 4) + "|"]
    for name, (attempts, threshold) in CASCADES.items():
        if not set(attempts) <= set(names):
            continue
        lines.append(_line(name, attempts, threshold, readings, sets, kinds, names))
    return lines


def _line(
    name: str,
    attempts: tuple[str, ...],
    threshold: float,
    readings: Array,
    sets: NDArray[np.generic],
    kinds: tuple[str, ...],
    names: list[str],
) -> str:
    found = np.zeros(len(readings), bool)
    error = np.full(len(readings), np.nan)
    seconds = np.zeros(len(readings))
    for one in attempts:
        quality, score, distance, taken = readings[:, names.index(one)].T
        seconds += np.where(found, 0, taken)
        now = ~found & (score >= threshold) & (quality >= TRUST)
        error[now] = distance[now]
        found |= now
    cells = [name]
    for kind in kinds:
        here = sets == kind
        bad = (error[here] > BAD).mean()
        cells.append(f"{100 * found[here].mean():.1f}, {100 * bad:.1f}")
    at_rest = 100 * error[(sets == "raf100") & found]
    cells.append("{:.2f}, {:.2f}".format(*np.percentile(at_rest, [50, 90])) if at_rest.size else "")
    empty = sets == "non-faces"
    cells.append(f"{found[empty].sum()} of {empty.sum()} ({100 * found[empty].mean():.2f} %)")
    cells.append(f"{1000 * seconds[sets == 'raf100'].mean():.1f}")
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    """Make the attempts, or read them, and print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path)
    parser.add_argument("--renders", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--only", nargs="+", choices=ATTEMPTS, default=list(ATTEMPTS))
    parser.add_argument("--read", type=Path, nargs="+", metavar="FILE")
    options = parser.parse_args()
    if options.read is None:
        cv2.setNumThreads(1)
        model = FaceModel.load(None)
        sets, readings = [], []
        chosen = [ATTEMPTS[name] for name in options.only]
        for name, item in items(model, options.data, options.renders):
            sets.append(name)
            readings.append([attempt(model, item, how) for how in chosen])
        np.savez(
            options.out,
            set=np.array(sets),
            attempts=np.array(options.only),
            readings=np.array(readings),
        )
    runs = [dict(np.load(path)) for path in options.read or [options.out]]
    print("\n".join(table(runs)))


if __name__ == "__main__":
    main()
