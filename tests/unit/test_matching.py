"""Names in somebody's outputs, brought to pictures."""

from modular_faces.matching import match_names

PATHS = [(path, path) for path in ("train/1/a.jpg", "test/1/a.jpg", "test/2/b.png", "c.d.jpg")]


def test_paths_file_names_and_stems_mean_pictures() -> None:
    names = ["/data/raf/train/1/a.jpg", "b", "x\\2\\b2.png", "c.d", "test\\1\\a"]
    matches = match_names(names, PATHS)
    assert matches.pictures == {
        "/data/raf/train/1/a.jpg": "train/1/a.jpg",
        "b": "test/2/b.png",
        "c.d": "c.d.jpg",
        "test\\1\\a": "test/1/a.jpg",
    }
    assert matches.unmatched == ("x\\2\\b2.png",)


def test_a_name_of_several_pictures_is_not_used() -> None:
    matches = match_names(["a", "1/a.jpg"], PATHS)
    assert matches.pictures == {}
    assert matches.ambiguous == dict.fromkeys(["a", "1/a.jpg"], ("train/1/a.jpg", "test/1/a.jpg"))


def test_the_suffix_decides_between_pictures_of_one_stem() -> None:
    paths = [("a.jpg", "a.jpg"), ("a.png", "a.png")]
    assert match_names(["a.png"], paths).pictures == {"a.png": "a.png"}
    assert match_names(["a"], paths).ambiguous == {"a": ("a.jpg", "a.png")}


def test_of_names_of_one_picture_the_first_counts() -> None:
    matches = match_names(["run1/b", "run2/b", "run1/b"], PATHS)
    assert matches.pictures == {"run1/b": "test/2/b.png"}
    assert matches.repeated == {"test/2/b.png": ("run1/b", "run2/b")}
