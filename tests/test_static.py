"""Static files: which are served, and under hashed names."""

from __future__ import annotations

from pathlib import Path

from django.contrib.staticfiles.finders import get_finder
from pytest_django.fixtures import Settings

from config.storage import StaticStorage


def test_a_module_imports_others_under_their_hashed_names(tmp_path):
    files = {
        "js/main.js": 'import { a } from "./parts/a.js";\nimport {\n  b,\n} from "./parts/b.js";\n',
        "js/parts/a.js": 'export { b as a } from "./b.js";\n',
        "js/parts/b.js": "export const b = 1;\n",
        "vendor/other.js": 'import x from "./not-there.js";\n',
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    storage = StaticStorage(location=str(tmp_path), base_url="/static/")

    processed = list(storage.post_process({name: (storage, name) for name in files}))

    assert not [outcome for _, _, outcome in processed if isinstance(outcome, Exception)]
    hashed = {name: storage.hashed_files[name] for name in files}
    main = (tmp_path / hashed["js/main.js"]).read_text(encoding="utf-8")
    for name in ("js/parts/a.js", "js/parts/b.js"):
        assert f'from "./parts/{hashed[name].rpartition("/")[2]}"' in main
    # What others ship is left as it is.
    assert (tmp_path / hashed["vendor/other.js"]).read_text() == files["vendor/other.js"]


def test_only_listed_files_of_packages_are_served(settings: Settings, tmp_path: Path) -> None:
    for name in ("listed.js", "other.js"):
        (tmp_path / name).write_text(f"// {name}")
    settings.NPM_ROOT = tmp_path
    settings.NPM_FILES = {"vendor/a.js": "listed.js", "vendor/gone.js": "gone.js"}
    finder = type(get_finder("config.npm.NpmFinder"))()
    assert finder.find("vendor/a.js") == str(tmp_path / "listed.js")
    assert finder.find("vendor/a.js", find_all=True) == [str(tmp_path / "listed.js")]
    assert finder.find("vendor/other.js") is None
    assert finder.find("vendor/gone.js") is None
    assert [message.id for message in finder.check()] == ["config.W001"]
    files = dict(finder.list([]))
    assert sorted(files) == ["vendor/a.js", "vendor/gone.js"]
    with files["vendor/a.js"].open("vendor/a.js") as file:
        assert file.read() == b"// listed.js"
    assert dict(finder.list(["*.js"])) == {}


def test_no_source_maps_and_no_brotli() -> None:
    assert "sourceMappingURL" not in str(StaticStorage.patterns)
    assert "url(" in str(StaticStorage.patterns).replace("\\", "")
    assert StaticStorage().create_compressor(quiet=True).use_brotli is False
