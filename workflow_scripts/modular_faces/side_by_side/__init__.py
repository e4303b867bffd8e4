"""The backends of a study side by side: frames, charts, tables, pictures and their page."""
