"""Sheets to write on, for a school or one of its classes."""

from pathlib import Path

from tests.commands.starter_line import StarterLine


def test_sheets_are_for_a_school_or_one_of_its_classes(
    starter: StarterLine, paired: str, tmp_path: Path
) -> None:
    file = tmp_path / "sheets.pdf"
    for words in (("--school", "north"), ("--school", "north", "--class", "5A")):
        assert starter.says("sheets", paired, "--out", file, *words) == f"Written: {file}\n"
        assert file.read_bytes().startswith(b"%PDF")
        file.unlink()
    nobody = starter.is_refused("sheets", paired, "--out", file, "--school", "nowhere")
    assert nobody.startswith("No child of school nowhere has a letter to write now.")
    assert not file.exists()
