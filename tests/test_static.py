"""Static files under hashed names."""

from __future__ import annotations

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
