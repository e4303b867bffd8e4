"""The sections of the configuration on the modular model."""

from __future__ import annotations

from modular_faces.config_aligned import Aligned
from modular_faces.config_models import Models
from modular_faces.config_values import Section


class Modular(Section):
    """How well named modules predict what people see; made by `snakemake modular`."""

    aligned: Aligned = Aligned()
    models: Models = Models()
