"""The command `modular_faces`: what a person asks for beside the workflow."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import yaml

from modular_faces import __version__


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns
    -------
    int
        Exit status; 1 with one line on standard error when the command cannot be done.
    """
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
    except (ValueError, OSError) as error:
        print(f"modular_faces: {_in_one_line(error)}", file=sys.stderr)
        return 1
    return status


def _in_one_line(error: ValueError | OSError) -> str:
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {(error.strerror or str(error)).lower()}"
    return str(error)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="modular_faces", description=__doc__)
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    compare = commands.add_parser(
        "compare-tables", help="say column by column how far two tables agree"
    )
    compare.add_argument("old", type=Path, help="CSV or Parquet")
    compare.add_argument("new", type=Path, help="CSV or Parquet")
    compare.add_argument(
        "--key",
        default="path",
        help="column that names the picture, or OLD=NEW where it differs (default: path)",
    )
    compare.add_argument("--out", type=Path, help="also write the agreement as CSV")
    compare.set_defaults(run=_compare)

    sheet = commands.add_parser("contact-sheet", help="draw what every variant does to pictures")
    sheet.add_argument("pictures", type=Path, nargs="+", help="picture files")
    sheet.add_argument("--config", type=Path, action="append", default=[], help="config files")
    sheet.add_argument("--variants", nargs="*", help="names of variants (default: all)")
    sheet.add_argument("--tile", type=int, default=160, help="side of a tile in px (default: 160)")
    sheet.add_argument("--out", type=Path, default=Path("contact_sheet.png"))
    sheet.set_defaults(run=_contact_sheet)

    draw = commands.add_parser(
        "draw", help="draw landmarks, regions and face angle on pictures of a run"
    )
    draw.add_argument("results", type=Path, help="for instance results/sample")
    draw.add_argument("--number", type=int, default=60, help="pictures, at random (default: 60)")
    draw.add_argument("--seed", type=int, default=0)
    draw.add_argument("--lost", action="store_true", help="only pictures without landmarks")
    draw.add_argument("--columns", type=int, default=10)
    draw.add_argument("--tile", type=int, default=180, help="side of a tile in px (default: 180)")
    draw.add_argument("--out", type=Path, help="picture to write (default: RESULTS/drawn.png)")
    draw.set_defaults(run=_draw)

    bridge = commands.add_parser(
        "bridge", help="say how far two instruments agree on the pictures both found"
    )
    bridge.add_argument("a", type=Path, help="features.parquet of one run")
    bridge.add_argument("b", type=Path, help="features.parquet of another run of the same pictures")
    bridge.add_argument(
        "--out", type=Path, default=Path("bridge.csv"), help="table; figures stand beside it"
    )
    bridge.set_defaults(run=_bridge)

    check = commands.add_parser(
        "check-openface", help="run your OpenFace on three sample pictures and say what it found"
    )
    check.add_argument("--config", type=Path, action="append", default=[], help="config files")
    check.set_defaults(run=_check_openface)

    one = commands.add_parser("extract", help="print the row of one picture")
    one.add_argument("picture", type=Path)
    one.set_defaults(run=_extract)

    folder = commands.add_parser(
        "folder-config", help="print what to give to --config for a folder of pictures"
    )
    folder.add_argument("folder", type=Path)
    folder.add_argument("--name", default="", help="name of the results (default: the folder's)")
    folder.set_defaults(run=_folder_config)

    summary = commands.add_parser("summary", help="say what came of a run")
    summary.add_argument(
        "results",
        type=Path,
        nargs="*",
        help="for instance results/sample (default: all in results/)",
    )
    summary.set_defaults(run=_summary)

    _add_checks_of_results(commands)
    lock = commands.add_parser(
        "clear-stale-lock", help="unlock the folder when the run that locked it is dead"
    )
    lock.set_defaults(run=_clear_stale_lock)

    reference = commands.add_parser(
        "write-config-reference", help="renew config/config.schema.json and config/README.md"
    )
    reference.add_argument("--folder", type=Path, default=Path("config"))
    reference.set_defaults(run=_write_config_reference)
    return parser


def _add_checks_of_results(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    verify = commands.add_parser(
        "verify", help="hash results and pictures again: is the folder intact, and what made it?"
    )
    verify.add_argument("results", type=Path, help="for instance results/sample")
    verify.add_argument("--root", type=Path, help="where the pictures are now, if they moved")
    verify.set_defaults(run=_verify)

    share = commands.add_parser(
        "share", help="copy what may be passed on (no picture, no name of one) as a data package"
    )
    share.add_argument("results", type=Path, help="for instance results/sample")
    share.add_argument("folder", type=Path, help="new folder")
    share.set_defaults(run=_share)


def _compare(options: argparse.Namespace) -> int:
    from modular_faces.compare import agreement_text, compare_tables, write_agreement

    key, _, new_key = options.key.partition("=")
    agreement = compare_tables(options.old, options.new, key=key, new_key=new_key or key)
    print(agreement_text(agreement))
    if options.out:
        write_agreement(agreement, options.out)
    return 0


def _contact_sheet(options: argparse.Namespace) -> int:
    from PIL import Image

    from modular_faces.config import SHIPPED_VARIANTS
    from modular_faces.contact_sheet import contact_sheet
    from modular_faces.files import UnreadableError
    from modular_faces.images import decode_picture
    from modular_faces.variants import check_steps

    variants = dict(SHIPPED_VARIANTS)
    for path in options.config:
        variants |= (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("variants", {})
    for name in options.variants or []:
        if name not in variants:
            raise ValueError(f"there is no variant '{name}'; known: {', '.join(variants)}")
    chosen = {name: variants[name] for name in options.variants or variants}
    for steps in chosen.values():
        check_steps(steps)
    pictures = {}
    for path in options.pictures:
        try:
            decoded = decode_picture(path.read_bytes(), max_pixels=50_000_000, min_side=1)
        except UnreadableError as error:
            raise ValueError(f"{path}: {error.problem}; leave it out") from None
        pictures[path.name] = decoded.pixels
    Image.fromarray(contact_sheet(pictures, chosen, tile=options.tile)).save(options.out)
    print(f"wrote {options.out}: {len(pictures)} pictures, {len(chosen)} variants")
    return 0


def _draw(options: argparse.Namespace) -> int:
    from modular_faces.overlay import choose, draw_sheet, drawn_results

    if not (options.results / "features.parquet").exists():
        raise ValueError(f"{options.results} holds no features.parquet; run the workflow first")
    out = options.out or options.results / "drawn.png"
    rows = choose(options.results, number=options.number, seed=options.seed, lost_only=options.lost)
    pictures = drawn_results(options.results, rows)
    draw_sheet(pictures, columns=options.columns, tile=options.tile).save(out)
    lost = sum(not row["success"] for row in rows)
    print(f"wrote {out}: {len(rows)} pictures, {lost} of them without landmarks")
    return 0


def _bridge(options: argparse.Namespace) -> int:
    from modular_faces.bridge import agreement_csv, bridge_text
    from modular_faces.bridge_figure import bridge_chart
    from modular_faces.bridge_runs import compare_runs
    from modular_faces.figures import save_figure

    a, b, rows = compare_runs(options.a, options.b)
    print(bridge_text(rows))
    options.out.write_text(agreement_csv(rows), encoding="utf-8")
    stem = options.out.with_suffix("")
    save_figure(bridge_chart(a, b, rows), stem)
    print(f"wrote {options.out}, {stem}.svg and {stem}.png")
    return 0


def _check_openface(options: argparse.Namespace) -> int:
    from modular_faces.config_loading import openface_section
    from modular_faces.openface_check import check_openface, sample_pictures

    raw = [yaml.safe_load(path.read_text(encoding="utf-8")) or {} for path in options.config]
    works, text = check_openface(openface_section(raw), sample_pictures())
    print(text)
    return 0 if works else 1


def _extract(options: argparse.Namespace) -> int:
    from modular_faces.extraction import extract

    for name, value in extract(options.picture).items():
        print(f"{name}\t{'' if value is None else value}")
    return 0


def _folder_config(options: argparse.Namespace) -> int:
    from modular_faces.config_loading import dataset_name

    root = options.folder.resolve()
    dataset = {"name": options.name or dataset_name(root.name), "root": str(root)}
    print(f"dataset={json.dumps(dataset, ensure_ascii=False)}")
    return 0


def _summary(options: argparse.Namespace) -> int:
    from modular_faces.summary_text import summary_text

    folders = options.results or sorted(
        path.parent for path in Path("results").rglob("summary.json")
    )
    if not folders:
        raise ValueError("there are no results in results/; run the workflow first")
    for folder in folders:
        text = summary_text(folder, seconds=None)
        if not text:
            raise ValueError(f"{folder} holds no summary.json; run the workflow first")
        print(text)
    return 0


def _verify(options: argparse.Namespace) -> int:
    from modular_faces.verify import verify

    problems, origin = verify(options.results, root=options.root)
    print("\n".join([*problems, f"{options.results}: {len(problems) or 'no'} problems", origin]))
    return 1 if problems else 0


def _share(options: argparse.Namespace) -> int:
    from modular_faces.sharing import share

    files = share(options.results, options.folder)
    print(f"wrote {options.folder}: {', '.join(files)}")
    return 0


def _clear_stale_lock(options: argparse.Namespace) -> int:
    from modular_faces.heads import clear_locks, lock_state

    folder = Path(".snakemake")
    state, head = lock_state(folder)
    if state == "stale" and head is not None:
        print(f"clearing the lock of a run that was killed (process {head.pid})", file=sys.stderr)
        clear_locks(folder)
    return 0


def _write_config_reference(options: argparse.Namespace) -> int:
    from modular_faces.config_reference import write_config_reference

    write_config_reference(options.folder)
    return 0
