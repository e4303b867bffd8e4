"""Progress with time left while the workflow runs: the logger plugin `modular-faces` of Snakemake.

Snakemake finds the package by its name and takes `LogHandler` from it; `snakemake --logger modular-faces`
or `logger: modular-faces` in a profile switches it on.
"""

from snakemake_logger_plugin_modular_faces.handler import LogHandler

__all__ = ["LogHandler"]
