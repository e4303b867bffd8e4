"""What the bridge wrote, read for charts, tables and sentences."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from modular_faces.bridge import ALL
from modular_faces.bridge_summary import EVERY, LEVELS, PARTS
from modular_faces.csv_frames import read_cells

TEXT: Final = ("a", "b", "label", "measure", "unit", "level", "family", "instrument")
"""Columns that are words, whatever is in them."""


@dataclass(frozen=True)
class BackendTables:
    """Everything the page says in numbers.

    Attributes
    ----------
    shares : pandas.DataFrame
        backend, variant, instrument, label, level, n, value, low, high: shares found and trusted.
    common : pandas.DataFrame
        label, measure, n, value, low, high: what all instruments and what none trusts.
    verdicts : pandas.DataFrame
        a, b, pair, label, measure, n, value, low, high: shares of pictures that both, one or neither trusts.
    apart : pandas.DataFrame
        a, b, pair, label, part (`face` for all landmarks), n, value, low, high: median distance of landmarks.
    tests : pandas.DataFrame
        Of `modular_faces.bridge_tests.paired_tests`, with pair.
    agreement : pandas.DataFrame
        Of `modular_faces.bridge.agreement_csv`, with pair.
    seconds : pandas.DataFrame
        backend, variant, instrument, pictures, seconds_per_picture.
    """

    shares: pd.DataFrame
    common: pd.DataFrame
    verdicts: pd.DataFrame
    apart: pd.DataFrame
    tests: pd.DataFrame
    agreement: pd.DataFrame
    seconds: pd.DataFrame

    @property
    def instruments(self) -> list[str]:
        """Names of the instruments, in the order of the study."""
        return list(dict.fromkeys(self.shares["instrument"]))

    @property
    def backends(self) -> list[str]:
        """Names of the backends, in the order of the study."""
        return list(dict.fromkeys(self.shares["backend"]))

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Names of the instruments of each pair that was compared."""
        return list(dict.fromkeys(zip(self.verdicts["a"], self.verdicts["b"], strict=True)))

    @property
    def labels(self) -> list[str]:
        """Labels of the dataset; none where it has none."""
        return [name for name in dict.fromkeys(self.shares["label"]) if name != ALL]


def pair_name(a: str, b: str) -> str:
    """Name a pair of instruments.

    Examples
    --------
    >>> pair_name("mesh original", "dlib original")
    'mesh original and dlib original'
    """
    return f"{a} and {b}"


def read_backend_tables(
    *, summary: Path, agreement: Path, tests: Path, seconds: Path
) -> BackendTables:
    """Read backends.csv, bridge.csv, backends_tests.csv and the times.

    Parameters
    ----------
    summary, agreement, tests, seconds : Path
    """
    whole = _read(summary)
    alone = whole[(whole["b"] == "") & (whole["a"] != EVERY) & whole["measure"].isin(LEVELS)]
    together = _with_pair(whole[whole["b"] != ""])
    distances = together[together["measure"].str.startswith("nme")]
    part = distances["measure"].str.removeprefix("nme").str.removeprefix("_").replace("", "face")
    return BackendTables(
        shares=_with_backend(alone.rename(columns={"a": "instrument", "measure": "level"})),
        common=whole[whole["a"] == EVERY],
        verdicts=together[together["measure"].str.startswith("trusted_by")],
        apart=distances.assign(part=part),
        tests=_with_pair(_read(tests)),
        agreement=_with_pair(_read(agreement)),
        seconds=_with_backend(_read(seconds)),
    )


def parts_of_face() -> list[str]:
    """Parts of the face in the order they are shown."""
    return ["face", *PARTS]


def _read(path: Path) -> pd.DataFrame:
    """Read a table; a label such as `None` or `1` stays the word it is."""
    words = dict.fromkeys(TEXT, str)
    table = read_cells(path, dtype=words, keep_default_na=False, na_values={})
    numbers = [name for name in table.columns if name not in TEXT]
    return table.assign(**{name: pd.to_numeric(table[name]) for name in numbers})


def _with_pair(table: pd.DataFrame) -> pd.DataFrame:
    names = [pair_name(a, b) for a, b in zip(table["a"], table["b"], strict=True)]
    return table.assign(pair=pd.Series(names, index=table.index, dtype=object))


def _with_backend(table: pd.DataFrame) -> pd.DataFrame:
    parts = [name.partition(" ") for name in table["instrument"]]
    return table.assign(
        backend=pd.Series([part[0] for part in parts], index=table.index, dtype=object),
        variant=pd.Series([part[2] for part in parts], index=table.index, dtype=object),
    )
