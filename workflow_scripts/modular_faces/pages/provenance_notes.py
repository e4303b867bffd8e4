"""What a page says about what made it: nothing that differs between two runs of the same thing."""

from __future__ import annotations

import altair as alt

from modular_faces import __version__
from modular_faces.provenance import library_versions


def provenance_notes(*, dataset: str, pictures: int, config_digest: str) -> list[tuple[str, str]]:
    """Give dataset, versions and the digest of the config.

    Parameters
    ----------
    dataset : str
    pictures : int
    config_digest : str
        Of everything in the config that changes a result.
    """
    libraries = ", ".join(f"{name} {version}" for name, version in library_versions().items())
    return [
        ("Dataset", dataset),
        ("Pictures", f"{pictures:,}"),
        ("modular-faces", __version__),
        ("Config", config_digest),
        ("Charts", f"Altair {alt.__version__}, Vega-Lite {alt.SCHEMA_VERSION.removeprefix('v')}"),
        ("Libraries", libraries),
    ]
