"""Where the shipped scenario files are, found without reading them."""

from __future__ import annotations

from sandbox.language import shipped


def test_an_id_is_the_name_of_a_file_in_the_folder_of_its_kind() -> None:
    assert shipped.ids() == tuple(shipped.files())
    for id, file in shipped.files().items():
        assert (file.stem, file.suffix, file.parent.parent) == (id, ".yaml", shipped.folder())
    kinds = [file.parent.name for file in shipped.files().values()]
    assert list(dict.fromkeys(kinds)) == ["flows", "attacks", "ways"]
