"""What each backend is and how to add it, and the findings of the comparison in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pandas as pd

from modular_faces.bridge import ALL
from modular_faces.failures.report_parts import p_in_words, share_in_words
from modular_faces.failures.report_words import interval_in_words
from modular_faces.inference.intervals import Interval
from modular_faces.side_by_side.frames import BackendTables, pair_name


@dataclass(frozen=True)
class Instrument:
    """A backend as a reader needs to know it.

    Attributes
    ----------
    what, terms, trust, add : str
        What it is, who may use it for what, when a face of it is trusted, how to add it.
    """

    what: str
    terms: str
    trust: str
    add: str


BACKENDS: Final[dict[str, Instrument]] = {
    "mesh": Instrument(
        what="Google's face detector and 478-point mesh, embedded",
        terms="Apache-2.0",
        trust="its landmark quality is high enough",
        add="installed with the workflow",
    ),
    "openface": Instrument(
        what="Cambridge OpenFace 2.2",
        terms="academic or non-profit, non-commercial research",
        trust="OpenFace's confidence is high enough",
        add="the program or its container (docs/openface.md)",
    ),
    "dlib": Instrument(
        what="HOG face detector and 68 landmarks by regression trees",
        terms="library: Boost; landmarks: non-commercial (iBUG 300-W)",
        trust="its detector sees a face: it has no measure of its landmarks",
        add="package dlib-bin, and dlib.predictor",
    ),
    "rekognition": Instrument(
        what="Amazon's DetectFaces: 30 landmarks, 20 of them among the 68",
        terms="your contract with Amazon; pictures leave your machine",
        trust="Amazon is sure that there is a face: there is no measure of its landmarks",
        add="package boto3, your own login, rekognition.consent",
    ),
    "precomputed": Instrument(
        what="outputs that exist already, of any of these",
        terms="those of what made them",
        trust="their confidence is high enough, or there is none",
        add="precomputed.sources",
    ),
}

HOW_TO_ADD: Final = """\
study:
  variants: [original, grey_border]
  backends: [mesh, dlib]               # and openface, rekognition, precomputed
dlib: {predictor: /usr/share/dlib/shape_predictor_68_face_landmarks.dat}
precomputed:                           # outputs you have already: OpenFace's CSVs, Rekognition's JSON
  sources:
    mine: {path: /my/outputs}
"""

ONE_BACKEND: Final = (
    "This study has one backend, so there is nothing to compare it with. The section on backends says how to add "
    "another one."
)
NO_PAIR: Final = (
    "No two backends looked at the same variant, so there is nothing to compare: name one variant under "
    "study.variants that all of them read."
)
NO_LABELS: Final = "The dataset has no labels, so there is nothing to show label by label."
NO_PICTURES: Final = (
    "Pictures are left out of this page, which may be shared. With `share: false` in the config it shows those on "
    "which two backends disagree most, side by side."
)
NO_DISAGREEMENT: Final = "No two backends have a picture to disagree on."
NO_TIMES: Final = "There are no benchmark files of the study, so nothing is known of its times."
TIMES: Final = (
    "Times depend on the machine and on what else it did, and differ from run to run. Of outputs that exist already it "
    "is the time of reading them, not of making them."
)
TRUST: Final = "Trusted does not mean the same for all."


def common_findings(tables: BackendTables) -> Iterator[str]:
    """Say what all instruments agree on."""
    rows = tables.common[tables.common["label"] == ALL].set_index("measure")
    if rows.empty or not rows["n"].max():
        return
    everyone, nobody = rows.loc["trusted_by_all"], rows.loc["trusted_by_none"]
    yield (
        f"Of {int(everyone['n']):,} pictures that all {len(tables.instruments)} instruments looked at, all of them "
        f"trust {_with_interval(everyone)}, none of them trusts {_with_interval(nobody)}."
    )


def pair_findings(tables: BackendTables) -> Iterator[str]:
    """Say of each pair what both find, and how far apart their landmarks are."""
    for a, b in tables.pairs:
        words = f"{pair_name(a, b)}: {_verdicts_in_words(tables, a, b)}"
        yield f"{words}. {_distance_in_words(tables, a, b)}"


def _of(table: pd.DataFrame, a: str, b: str) -> pd.DataFrame:
    return table[(table["a"] == a) & (table["b"] == b) & (table["label"] == ALL)]


def _verdicts_in_words(tables: BackendTables, a: str, b: str) -> str:
    verdicts = _of(tables.verdicts, a, b).set_index("measure")
    tests = _of(tables.tests, a, b).set_index("level")
    if "trusted" not in tests.index:
        return "no picture that both looked at"
    both, test = verdicts.loc["trusted_by_both"], tests.loc["trusted"]
    low, high = (100 * float(test[name]) for name in ("low", "high"))
    return (
        f"of {int(test['n']):,} pictures both trust {int(test['both']):,} ({share_in_words(both['value'])}), only "
        f"the first {int(test['a_only'])}, only the second {int(test['b_only'])}, neither {int(test['neither'])}. "
        f"Share the second trusts minus share the first trusts: {100 * float(test['difference']):+.1f} percentage "
        f"points ({low:+.1f} to {high:+.1f}; McNemar's exact test, Holm-corrected {p_in_words(float(test['p_holm']))})"
    )


def _distance_in_words(tables: BackendTables, a: str, b: str) -> str:
    apart = _of(tables.apart, a, b).set_index("part")
    if "face" not in apart.index:
        return "Too few pictures with landmarks from both to say how far apart these lie."
    face = apart.loc["face"]
    parts = apart.drop(index="face")["value"]
    known = not pd.isna(face["low"])
    limits = f"; {face['low']:.1f} to {face['high']:.1f}" if known else ", too few for an interval"
    words = (
        f"Where both trust a face, their landmarks lie {face['value']:.1f} % of the eye distance apart (median of "
        f"{int(face['n']):,} pictures{limits})"
    )
    if parts.empty:
        return f"{words}."
    near, far = parts.idxmin(), parts.idxmax()
    return (
        f"{words}, nearest at the {near} ({parts[near]:.1f}), farthest at the {far} "
        f"({parts[far]:.1f})."
    )


def _with_interval(row: pd.Series) -> str:
    return interval_in_words(Interval(*(float(row[name]) for name in ("value", "low", "high"))))
