"""The plan of a run: which pictures, in which shards, written where.

The main process scans the folder of pictures and writes the listing; processes of single jobs read what
it wrote and touch no picture.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from modular_faces.config import Config
from modular_faces.config_loading import ConfigError, check_paths
from modular_faces.images import mean_pixels
from modular_faces.layouts import open_layout, sources_digest
from modular_faces.listing import (
    ListingSummary,
    check_root,
    plan_shards,
    read_listing_json,
    sample_entries,
    write_listing_json,
    write_shards,
)
from modular_faces.scan import file_path
from modular_faces.stage_options import layout_options, stage_options
from modular_faces.tables import whole_file


@dataclass(frozen=True)
class Plan:
    """What the rules need to know of a run.

    Attributes
    ----------
    results : str
        Folder of the results of the dataset.
    root : str
        Absolute path of the pictures.
    shards : tuple of str
        Names of the shards, `0000` and on.
    study_runs : tuple of (str, str)
        Backend and variant of every part of the study.
    source_digests : mapping of str to str
        What lies at the path of each source of outputs that exist already, in short.
    label_digest : str
        Digest of the tables of labels and ratings.
    listings : tuple of str
        Path of the list of each shard's pictures; the name holds the digest of its content.
    left_out : dict of str to int
        Numbers of files that are no part of the dataset, by kind.
    count : int
        Pictures.
    """

    results: str
    root: str
    shards: tuple[str, ...]
    study_runs: tuple[tuple[str, str], ...]
    source_digests: Mapping[str, str]
    label_digest: str
    listings: tuple[str, ...]
    left_out: dict[str, int]
    count: int

    def shard_listing(self, shard: str) -> str:
        """Path of the list of a shard's pictures."""
        return self.listings[int(shard)]


def plan_run(config: Config, *, main_process: bool) -> Plan:
    """Plan a run.

    Parameters
    ----------
    config : Config
    main_process : bool
        Whether to look at the pictures; else the listing of the main process is read.

    Returns
    -------
    Plan

    Raises
    ------
    ConfigError, LayoutError
        One line, before any job starts.
    """
    results = Path(config.results) / config.dataset.name
    folder = results / "listing"
    listing = make_listing(config, folder) if main_process else read_listing_json(folder)
    return Plan(
        results=str(results),
        root=listing.root,
        shards=tuple(name.partition("-")[0] for name in listing.shards),
        study_runs=tuple(config.study_runs()),
        source_digests=source_digests(config, folder, main_process=main_process),
        label_digest=listing.label_digest,
        listings=tuple(str(folder / "shards" / name) for name in listing.shards),
        left_out=listing.left_out,
        count=listing.count,
    )


def source_digests(config: Config, folder: Path, *, main_process: bool) -> dict[str, str]:
    """Digest the sources of outputs that exist already; only the main process looks at their files."""
    sources = config.precomputed.sources
    path = folder / "precomputed.json"
    if not sources:
        return {}
    if not main_process:
        known: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        return known
    digests = {name: _source_digest(Path(source.path)) for name, source in sources.items()}
    text = json.dumps(digests)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        with whole_file(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
    return digests


def _source_digest(path: Path) -> str:
    """Digest names, sizes and times of change of the files at a path."""
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    digest = blake2b(digest_size=8)
    for file in files:
        status = file.stat()
        digest.update(f"{file}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def make_listing(config: Config, folder: Path) -> ListingSummary:
    """Scan the pictures of the dataset, check their labels and write the listing.

    Labels are read anew only when the listing or a label file changed. The listing counts once they are
    found good, so that bad labels are refused at every start.

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
    listing = write_shards(
        folder,
        scan.entries,
        number or chosen or 1,
        dataset=config.dataset.name,
        root=str(root),
        left_out=scan.left_out,
        label_digest=sources_digest(layout.sources),
        chosen_shards=chosen,
    )
    if listing != before:
        layout.labels(scan.entries)
        write_listing_json(folder, listing)
    return listing


def check_new_names(config: Config) -> None:
    """Refuse new names of columns that cannot be given, before any job starts.

    Columns of labels and ratings are known only when the table is made; they are checked then.
    """
    from modular_faces.color import color_names
    from modular_faces.merge import FIXED_COLUMNS, check_rename
    from modular_faces.texture import all_texture_regions, texture_names

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
