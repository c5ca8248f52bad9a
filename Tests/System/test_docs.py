"""The documents speak of what there is: files, make targets, variables. Needs nothing but the checkout."""
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("README*.md"), *ROOT.glob("docs/*.md")])
# Where a variable may be read or set.
CODE = ["Services", "Shared", "Tests", "deploy", "compose.yaml", "Makefile", ".ci"]
CODE_SUFFIXES = {".swift", ".py", ".sh", ".yaml", ".yml", ".sql", ".in", ".conf", ""}
TOP = {path.name for path in ROOT.iterdir()} - {".local", ".build", ".git"}

VARIABLE = re.compile(r"LINTEL_[A-Z0-9_]*[A-Z0-9](?![A-Z0-9_])")
# `config.string(forKey: "seed.staff.file")`, `ground.secret("smtp.password")`, `reader.required("database.url")`
SETTING = re.compile(r'(?:forKey: |\brequired\(|\bsecret\(|\bcount\()"([a-z]+(?:\.[a-z]+)+)"')
# Include guards of C headers, and words that only look like variables.
NO_VARIABLE = re.compile(r"_H$")


def text_of(document):
    return document.read_text(encoding="utf-8")


def code_files():
    for name in CODE:
        path = ROOT / name
        files = [path] if path.is_file() else path.rglob("*")
        for file in files:
            if file.is_file() and file.suffix in CODE_SUFFIXES and file != Path(__file__).resolve():
                yield file


@pytest.fixture(scope="module")
def variables():
    """What the code reads or sets: whole names, and patterns of names that are put together (LINTEL_{role}_EMAIL)."""
    whole, patterns = set(), set()
    for file in code_files():
        text = file.read_text(encoding="utf-8", errors="replace")
        whole |= {name for name in VARIABLE.findall(text) if not NO_VARIABLE.search(name)}
        patterns |= {beginning + ".+" for beginning in re.findall(r"LINTEL_[A-Z0-9_]+_(?=[\"'{])", text)}
        patterns |= {f"LINTEL_.+{end}" for end in re.findall(r"LINTEL_\{[^}]+\}(_[A-Z0-9_]+)", text)}
        if file.suffix == ".swift" and "Tests" not in file.parts:
            whole |= {"LINTEL_" + key.upper().replace(".", "_") for key in SETTING.findall(text)}
    return whole, patterns


def paths_in(text):
    """Links to files of ours, and what stands in backquotes and begins with a name of the top folder."""
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" not in target and not target.startswith("#"):
            yield target.split("#")[0], True
    for quoted in re.findall(r"`([^`\n]+)`", text) + re.findall(r"^\s*(?:python3 )?(deploy/\S+)", text, re.MULTILINE):
        for word in quoted.split():
            word = word.rstrip(",:;")
            first = word.split("/")[0]
            is_pattern = any(mark in word for mark in "<…$(")
            if first in TOP and ("/" in word or "." in word) and not is_pattern:
                yield word, False


def test_there_are_documents():
    assert {"README.md", "README.zh-CN.md"} <= {document.name for document in DOCUMENTS}
    assert sum(1 for document in DOCUMENTS for _ in paths_in(text_of(document))) > 100


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_file_that_a_document_names_is_there(document):
    missing = []
    for path, is_link in paths_in(text_of(document)):
        base = document.parent if is_link else ROOT
        if not (any(base.glob(path)) if "*" in path else (base / path).exists()):
            missing.append(path)
    assert not missing


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_make_target_that_a_document_names_is_there(document):
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:`|^)make ([a-z]+)", text_of(document), re.MULTILINE))
    assert named <= targets


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_variable_that_a_document_names_is_in_the_code(document, variables):
    whole, patterns = variables
    named = {name for name in VARIABLE.findall(text_of(document)) if name.removesuffix("_FILE") not in whole}
    assert {name for name in named - whole if not any(re.fullmatch(pattern, name) for pattern in patterns)} == set()


def test_every_variable_in_the_code_is_in_the_configuration_reference(variables):
    described = set(VARIABLE.findall(text_of(ROOT / "docs/configuration.md")))
    silent = {name for name in variables[0] if name not in described and name.removesuffix("_FILE") not in described}
    assert not silent


def test_every_page_of_the_documents_is_linked_from_the_readme():
    for name in ["README.md", "README.zh-CN.md"]:
        linked = set(re.findall(r"\]\(docs/([a-z-]+\.md)", text_of(ROOT / name)))
        assert {path.name for path in ROOT.glob("docs/*.md")} == linked
