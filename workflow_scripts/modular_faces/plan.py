"""The plan of a run: which pictures, in which shards, written where.

The main process scans the folder of pictures and writes the lists of the shards, which are named by their
content and stay. Which of them count, it publishes once it holds the lock; processes of single jobs read that
and touch no picture.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from pathlib import Path

from modular_faces.appended import new_ones_behind
from modular_faces.config import Config
from modular_faces.config_loading import ConfigError, check_paths
from modular_faces.images import mean_pixels
from modular_faces.layouts import open_layout, sources_digest
from modular_faces.listing import (
    SHARDS,
    ListingSummary,
    check_root,
    hash_ranges,
    plan_shards,
    read_listing_json,
    sample_entries,
    write_listing_json,
    write_shards,
)
from modular_faces.scan import Entry, file_path
from modular_faces.stage_options import layout_options, stage_options
from modular_faces.tables import whole_file

LISTING = "listing"
SOURCES = "precomputed.json"
"""Folder of the listing in the results, and in it the file on sources of outputs that exist already."""


@dataclass(frozen=True)
class Plan:
    """What the rules need to know of a run.

    Attributes
    ----------
    results : str
        Folder of the results of the dataset.
    listing : ListingSummary
        The pictures, and the lists of the shards that count.
    study_runs : tuple of (str, str)
        Backend and variant of every part of the study.
    source_digests : mapping of str to str
        What lies at the path of each source of outputs that exist already, in short.
    """

    results: str
    listing: ListingSummary
    study_runs: tuple[tuple[str, str], ...]
    source_digests: Mapping[str, str]

    @property
    def root(self) -> str:
        """Absolute path of the pictures."""
        return self.listing.root

    @property
    def label_digest(self) -> str:
        """Digest of the tables of labels and ratings."""
        return self.listing.label_digest

    @property
    def left_out(self) -> dict[str, int]:
        """Numbers of files that are no part of the dataset, by kind."""
        return self.listing.left_out

    @property
    def count(self) -> int:
        """Pictures."""
        return self.listing.count

    @cached_property
    def shards(self) -> tuple[str, ...]:
        """Names of the shards, `0000` and on."""
        return tuple(name.partition("-")[0] for name in self.listing.shards)

    @cached_property
    def listings(self) -> tuple[str, ...]:
        """Path of the list of each shard's pictures; the name holds the digest of its content."""
        folder = Path(self.results) / LISTING / "shards"
        return tuple(str(folder / name) for name in self.listing.shards)

    def shard_listing(self, shard: str) -> str:
        """Path of the list of a shard's pictures."""
        return self.listings[int(shard)]

    def publish(self) -> None:
        """Make this the plan that processes of single jobs read.

        To be called by a run that has locked the folder. A dry run, or a second run that is refused, must not
        put a newer listing under the jobs of a run that is going on.
        """
        folder = Path(self.results) / LISTING
        write_listing_json(folder, self.listing)
        if self.source_digests:
            _write_changed(folder / SOURCES, json.dumps(dict(self.source_digests)))


def plan_run(config: Config, *, main_process: bool) -> Plan:
    """Plan a run.

    Parameters
    ----------
    config : Config
    main_process : bool
        Whether to look at the pictures; else the plan that the main process published is read.

    Returns
    -------
    Plan

    Raises
    ------
    ConfigError, LayoutError
        One line, before any job starts.
    """
    results = Path(config.results) / config.dataset.name
    folder = results / LISTING
    return Plan(
        results=str(results),
        listing=make_listing(config, folder) if main_process else read_listing_json(folder),
        study_runs=tuple(config.study_runs()),
        source_digests=source_digests(config, folder, main_process=main_process),
    )


def source_digests(config: Config, folder: Path, *, main_process: bool) -> dict[str, str]:
    """Digest the sources of outputs that exist already; only the main process looks at their files."""
    sources = config.precomputed.sources
    if not sources:
        return {}
    if not main_process:
        known: dict[str, str] = json.loads((folder / SOURCES).read_text(encoding="utf-8"))
        return known
    return {name: _source_digest(Path(source.path)) for name, source in sources.items()}


def _write_changed(path: Path, text: str) -> None:
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        with whole_file(path) as temporary:
            temporary.write_text(text, encoding="utf-8")


def _source_digest(path: Path) -> str:
    """Digest names, sizes and times of change of the files at a path."""
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    digest = blake2b(digest_size=8)
    for file in files:
        status = file.stat()
        digest.update(f"{file}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def make_listing(config: Config, folder: Path) -> ListingSummary:
    """Scan the pictures of the dataset, check their labels and write the lists of the shards.

    Labels are read anew only when the listing or a label file changed since the last run. Nothing is published
    before they are found good, so that bad labels are refused at every start.

    Parameters
    ----------
    config : Config
    folder : Path
        Of the listing.
    """
    check_paths(config)
    if config.merge.rename:
        check_new_names(config)
    root = Path(config.dataset.root).resolve()
    check_results_outside(config, root)
    try:
        before = check_root(folder, dataset=config.dataset.name, root=str(root))
    except ValueError as error:
        raise ConfigError(str(error)) from None
    layout = open_layout(**layout_options(config))
    scan = layout.entries()
    number = None if config.shards == "auto" else config.shards
    chosen = None if before is None else before.chosen_shards
    if number is None and chosen is None:
        paths = [file_path(root, entry.path) for entry in sample_entries(scan.entries)]
        chosen = plan_shards(len(scan.entries), mean_pixels=mean_pixels(paths))
    n_shards = number or chosen or 1
    listing = write_shards(
        folder,
        shard_lists(config, scan.entries, n_shards, before, folder / SHARDS),
        n_shards,
        dataset=config.dataset.name,
        root=str(root),
        left_out=scan.left_out,
        label_digest=sources_digest(layout.sources),
        chosen_shards=chosen,
    )
    if listing != before:
        layout.labels(scan.entries)
    return listing


def shard_lists(
    config: Config,
    entries: Iterable[Entry],
    n_shards: int,
    before: ListingSummary | None,
    folder: Path,
) -> list[list[Entry]]:
    """Give the pictures of each shard; with `dataset.append` new ones go behind those of the listing before."""
    ranges = hash_ranges(entries, n_shards)
    if not config.dataset.append or before is None or before.n_shards != n_shards:
        return ranges
    try:
        return new_ones_behind(ranges, before, folder)
    except ValueError as error:
        raise ConfigError(str(error)) from None


def check_new_names(config: Config) -> None:
    """Refuse new names of columns that cannot be given, before any job starts.

    Columns of labels and ratings are known only when the table is made; they are checked then.
    """
    from modular_faces.color import color_names
    from modular_faces.merge import FIXED_COLUMNS, check_rename
    from modular_faces.texture_columns import all_texture_regions, texture_names

    color, texture = stage_options(config, "color"), stage_options(config, "texture")
    names = [
        *FIXED_COLUMNS,
        *color_names(spaces=color["spaces"], regions=color["regions"]),
        *texture_names(
            regions=all_texture_regions(texture["regions"], texture["canonical_regions"]),
            distances=texture["distances"],
            statistics=texture["statistics"],
        ),
    ]
    known = ("color_", "haralick_", "x_", "y_", *FIXED_COLUMNS)
    rename = config.merge.rename
    from_the_dataset = [name for name in rename if not name.startswith(known)]
    try:
        check_rename(rename, [*names, *from_the_dataset])
    except ValueError as error:
        raise ConfigError(str(error)) from None


def check_results_outside(config: Config, root: Path) -> None:
    """Refuse results inside the folder of the pictures, where they would be taken for pictures."""
    if Path(config.results).resolve().is_relative_to(root):
        raise ConfigError(
            f"config key 'results' is '{config.results}', inside dataset.root ({root}); "
            "put results elsewhere, or give the folder of the pictures alone"
        )
