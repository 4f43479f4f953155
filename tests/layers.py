#!/usr/bin/env python3
"""layers.py: what never imports what.

Plain data knows no files. Element types know neither measures nor files. Reading and creating files do not know each other,
nor what is built on them; models know nothing of what compares, checks and processes them.
Only the tables of names spell the names of the Exodus convention. The libraries know no command line, and the library of the
formats does not know Exodus. Tests, examples and comments may say anything.
"""
import re
import sys
from pathlib import Path

CRATES = Path(__file__).resolve().parents[1] / "crates"
EXODUS = CRATES / "exodus" / "src"

FILES = {"read", "create", "model", "parallel", "process", "check", "diff"}
PLAIN = {"mesh", "data", "numbers", "ids", "kind", "names", "field", "topology", "geometry", "transform"}
# For each module, those that it never imports.
NEVER = {module: set(FILES) for module in PLAIN}
NEVER["topology"] |= {"geometry", "mesh"}
NEVER["create"] = FILES - {"create"}
NEVER["read"] = FILES - {"read", "model"}
NEVER["model"] = {"parallel", "process", "check", "diff"}
NEVER["parallel"] = {"process", "check", "diff"}

# Where names of the convention are spelled; the decomposed models have a convention of their own.
TABLES = [EXODUS / "names.rs", EXODUS / "kind" / "table.rs", EXODUS / "nemesis" / "names.rs"]
# Names that are also words of other things.
WORDS = {"name", "title", "version", "four", "coord", "assembly", "blob"}

STRING = re.compile(r'"((?:[^"\\\n]|\\.)*)"')


def sources(folder):
    """The files of a crate, but for tests."""
    return [path for path in sorted(folder.rglob("*.rs")) if path.stem != "tests" and "tests" not in path.relative_to(folder).parts]


def code(path):
    """The lines of a file without comments, up to the tests."""
    text = path.read_text().split("#[cfg(test)]\nmod tests {")[0]
    return [re.sub(r"(^|[^:\"])//.*", r"\1", line) for line in text.splitlines()]


def module(path):
    """The module of the crate that a file belongs to."""
    return path.relative_to(EXODUS).parts[0].removesuffix(".rs")


def exported():
    """The module behind each name that the crate exports."""
    found = {}
    for name, items in re.findall(r"pub use (\w+)::(\{[^}]*\}|\w+)", "\n".join(code(EXODUS / "lib.rs"))):
        found.update({item: name for item in re.findall(r"\w+", items)})
    return found


def imports(path, homes):
    """The modules of the crate that a file names."""
    text = "\n".join(code(path))
    for start in re.finditer(r"\bcrate::", text):
        rest = text[start.end():]
        names = [re.match(r"\w+", rest).group()] if rest[0] != "{" else outermost(rest)
        yield from (homes.get(name, name) for name in names)


def outermost(text):
    """The first names of the items in braces."""
    depth, item, items = 0, "", []
    for letter in text:
        depth += (letter == "{") - (letter == "}")
        if letter in ",}" and depth <= 1 - (letter == "}"):
            items.append(item)
            item = ""
        elif not (letter == "{" and depth == 1):
            item += letter
        if depth == 0:
            break
    return [match.group(1) for match in (re.match(r"\s*(\w+)", item) for item in items) if match]


def wrong_imports():
    """What imports what it must not."""
    homes = exported()
    for path in sources(EXODUS):
        for name in sorted(NEVER.get(module(path), set()) & set(imports(path, homes))):
            yield f"{path.relative_to(CRATES)}: {module(path)} imports {name}"


def misspelled():
    """Where names of the convention are spelled, but for the tables."""
    names = {name for table in TABLES for line in code(table) for name in STRING.findall(line)}
    names = {name for name in names if len(name) > 4 or "_" in name} - WORDS
    for path in (path for path in sources(EXODUS) if path not in TABLES):
        for number, line in enumerate(code(path), 1):
            yield from (f"{path.relative_to(CRATES)}:{number}: spells {name}" for name in STRING.findall(line) if name in names)


def strangers():
    """What the libraries must not know of."""
    for crate, words in (("exodus", r"exodus_cli|\bclap\b"), ("format", r"exodus_cli|\bclap\b|(?i:exodus)")):
        paths = [CRATES / crate / "Cargo.toml", *sources(CRATES / crate / "src")]
        for path in paths:
            lines = code(path) if path.suffix == ".rs" else path.read_text().splitlines()
            for number, line in enumerate(lines, 1):
                if re.search(words, line):
                    yield f"{path.relative_to(CRATES)}:{number}: {line.strip()}"


def main():
    wrong = [*wrong_imports(), *misspelled(), *strangers()]
    print("\n".join(wrong) if wrong else "the layers hold")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
