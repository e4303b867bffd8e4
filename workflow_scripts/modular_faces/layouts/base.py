"""What every layout has in common: entries, labels, one-line errors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path

from modular_faces.layouts.sheet import Labels, LayoutError, Sheet
from modular_faces.scan import Entry, Scan, scan_pictures

__all__ = ["Labels", "Layout", "LayoutError", "Sheet", "sources_digest", "what_is_seen"]

_NAMES_SHOWN = 8


@dataclass(frozen=True)
class Layout:
    """A recognised layout.

    Attributes
    ----------
    name : str
        ``rafdb``, ``omi``, ``csv`` or ``folder``.
    root : Path
        Folder of the dataset.
    folders : tuple of str
        Where the pictures are, relative to `root`.
    list_sources : callable
        Gives the label files.
    readers : tuple of callables
        Each fills a `Sheet` from label files.
    list_entries : callable or None
        Gives the pictures where they are not simply those in `folders`.
    """

    name: str
    root: Path
    folders: tuple[str, ...]
    list_sources: Callable[[], Iterable[Path]]
    readers: tuple[Callable[[Sheet], None], ...]
    list_entries: Callable[[], Scan] | None = None

    @property
    def sources(self) -> list[Path]:
        """Label files, on which `labels` depends."""
        return list(self.list_sources())

    def entries(self) -> Scan:
        """Find the pictures that belong to the dataset.

        Raises
        ------
        LayoutError
            There is none.
        """
        scan = self.list_entries() if self.list_entries else scan_pictures(self.root, self.folders)
        if scan.closed:
            raise LayoutError(
                f"dataset.root: {len(scan.closed)} folder(s) of {self.root} cannot be read, and their pictures would "
                f"be missing: {', '.join(scan.closed[:_NAMES_SHOWN])}; ask for permission, or move them elsewhere"
            )
        if not scan.entries:
            others = ", ".join(f"{count} {kind}" for kind, count in scan.left_out.items())
            where = ", ".join(str(self.root / folder) for folder in self.folders)
            raise LayoutError(
                f"dataset.root: no picture in {where}; expected .jpg, .png and the like; "
                f"seen {others or 'no file at all'}; set dataset.root"
            )
        return scan

    def labels(self, entries: Sequence[Entry]) -> Labels:
        """Read what is known of some pictures.

        Parameters
        ----------
        entries : sequence of Entry
            All pictures of the dataset.

        Raises
        ------
        LayoutError
            Label files that contradict each other, cannot be read, or match no picture.
        """
        sheet = Sheet(entries)
        for read in self.readers:
            read(sheet)
        return sheet.labels()

    def adding(self, reader: Callable[[Sheet], None], source: Path) -> Layout:
        """Give the same layout with one more label file."""
        known = self.list_sources
        return replace(
            self,
            readers=(*self.readers, reader),
            list_sources=lambda: [*known(), source],
        )


def sources_digest(sources: Iterable[Path]) -> str:
    """Digest of label files by name, size and time of change, 16 hex digits.

    Contents are not read, because a release may come with a file per picture.
    """
    digest = blake2b(digest_size=8)
    for path in sources:
        status = path.stat()
        digest.update(
            f"{path.name}\0{status.st_size}\0{status.st_mtime_ns}\n".encode(
                errors="surrogateescape"
            )
        )
    return digest.hexdigest()


def what_is_seen(folder: Path) -> str:
    """First names in a folder, for error messages."""
    names = sorted(path.name for path in folder.iterdir())
    if not names:
        return "an empty folder"
    more = f" and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else ""
    return ", ".join(repr(name) for name in names[:_NAMES_SHOWN]) + more
