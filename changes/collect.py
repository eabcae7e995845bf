"""Build CHANGELOG.md from the fragments in this folder.

    python changes/collect.py            rewrite the section of the coming version
    python changes/collect.py --release  the same, and remove the fragments

A fragment is a file ``SLUG.KIND.md`` with one sentence for users; KIND is added,
changed, fixed, deprecated or removed. Sections of earlier versions stay as they are.
"""

from __future__ import annotations

import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
CHANGELOG = ROOT / "CHANGELOG.md"
KINDS = ("added", "changed", "fixed", "deprecated", "removed")
HEAD = "# Changes\n\nWhat users notice, the newest version first.\n"


def fragments() -> dict[str, list[str]]:
    """Read the sentences of each kind, in the order of their file names."""
    found: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for path in sorted(HERE.glob("*.md")):
        kind = path.name.split(".")[-2]
        if kind not in found:
            raise SystemExit(f"{path.name}: name it SLUG.KIND.md; KIND is one of {KINDS}")
        text = " ".join(path.read_text(encoding="utf-8").split())
        if not text.endswith((".", ")")):
            raise SystemExit(f"{path.name}: end the sentence")
        found[kind].append(text)
    return found


def section(version: str) -> str:
    """Write the section of a version from the fragments."""
    parts = [f"## {version}\n"]
    for kind, sentences in fragments().items():
        if sentences:
            parts.append(f"### {kind.capitalize()}\n")
            parts.append("".join(f"* {sentence}\n" for sentence in sentences))
    return "\n".join(parts)


def version() -> str:
    """Read the version from the one place where it stands."""
    text = (ROOT / "asynctest" / "_version.py").read_text(encoding="utf-8")
    match = re.search(r'__version__\s*(?::\s*\w+)?\s*=\s*"([^"]+)"', text)
    assert match is not None
    return match[1]


def collect() -> str:
    """Return the whole of CHANGELOG.md as it should be."""
    coming = version()
    old = CHANGELOG.read_text(encoding="utf-8") if CHANGELOG.exists() else HEAD
    sections = re.split(r"^(?=## )", old, flags=re.M)
    if not any(fragments().values()):
        return old
    kept = [part for part in sections[1:] if not part.startswith(f"## {coming}\n")]
    return "\n".join([HEAD, section(coming), *kept])


def main() -> None:
    CHANGELOG.write_text(collect(), encoding="utf-8")
    if "--release" in sys.argv:
        for path in HERE.glob("*.md"):
            path.unlink()


if __name__ == "__main__":
    main()
