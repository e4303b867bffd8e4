"""Read features_core.csv with pandas.

python docs/snippets/read_core.py results/sample/features_core.csv
"""

import sys

import pandas as pd

faces = pd.read_csv(sys.argv[1], dtype={"image_id": str, "path": str, "label": str, "sha256": str})

print("rows", len(faces))
print("columns", faces.shape[1])
print("success share", f"{faces.success.mean():.4g}")
if not faces.success.all():
    print(faces.failure_reason[~faces.success].value_counts().to_string())

good = faces[faces.success]
landmarks = good[[f"{axis}_{i}" for axis in "xy" for i in range(68)]]
colour = good.filter(regex=r"^color_.*_\d+_face_oval$")
print("landmarks", *landmarks.shape)
print("colour bins of the face", *colour.shape)
