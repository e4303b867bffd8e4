"""The workflow on a listing of so many pictures that do not exist: what `scale.py` measures."""

import modular_faces.plan as plan_module
from modular_faces.layouts import Layout
from modular_faces.scan import Entry, Scan

NUMBER = int(config.pop("number_of_pictures"))


class SimulatedLayout:
    """Pictures `000/000000.jpg` and on, of 2 kB each."""

    name = "folder"
    sources = ()

    def entries(self):
        """As a scan of the folder gives them."""
        names = (f"{k // 1000:05d}/{k:08d}.jpg" for k in range(NUMBER))
        entries = [Entry(name, name, 2000, 1_700_000_000) for name in names]
        return Scan(entries, {}, [])

    def labels(self, entries):
        """No labels."""


plan_module.open_layout = lambda **options: SimulatedLayout()
plan_module.mean_pixels = lambda paths: 10_000.0


include: "../Snakefile"
