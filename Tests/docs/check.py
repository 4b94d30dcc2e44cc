"""Checks the documentation: links lead somewhere, pages can be found, code is code that is built.

Python's standard library only.
"""

import pathlib
import re
import sys
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
EMBEDDER = sorted((ROOT / "Tests/Embedder/Sources/Embedder").glob("*.swift"))
# Pages whose every snippet is a part of that program; in others, those with an import are.
BUILT_PAGES = {"embedding.md", "PlanningInCode.md"}
FENCE = re.compile(r"^ *(```|~~~)")
LINK = re.compile(r"!?\[[^\]]*\]\(([^()\s]+(?:\([^()]*\))?)(?:\s+\"[^\"]*\")?\)")
problems = []


def pages():
    yield from sorted(p for p in ROOT.glob("*.md"))
    yield from sorted((ROOT / "docs").rglob("*.md"))
    yield from sorted((ROOT / "Sources").glob("*/*.docc/*.md"))


def prose(text):
    """The lines outside of code blocks, without code spans."""
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        if FENCE.match(line):
            inside = not inside
        elif not inside:
            yield number, re.sub(r"`[^`]*`", "", line)


def anchors(text):
    """The names that headings can be linked by, as GitHub makes them."""
    names = set()
    inside = False
    for line in text.splitlines():
        if FENCE.match(line):
            inside = not inside
        if inside or not line.startswith("#"):
            continue
        title = re.sub(r"[`*]", "", line.lstrip("#").strip())
        title = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title).lower()
        names.add(re.sub(r"[^\w\- ]", "", title).replace(" ", "-"))
    return names


def check_links():
    """Every relative link has a target inside the repository; returns pages by who links to them."""
    linked = set()
    for page in pages():
        for number, line in prose(page.read_text(encoding="utf-8")):
            for target in LINK.findall(line):
                if re.match(r"[a-z][a-z0-9+.-]*:", target):
                    continue
                place = f"{page.relative_to(ROOT)}:{number}"
                path, _, anchor = target.partition("#")
                file = page if not path else (page.parent / urllib.parse.unquote(path)).resolve()
                if not file.is_relative_to(ROOT):
                    problems.append(f"{place}: {target} leads out of the repository")
                elif not file.exists():
                    problems.append(f"{place}: {target} does not exist")
                else:
                    if file != page:
                        linked.add(file)
                    if anchor and anchor not in anchors(file.read_text(encoding="utf-8")):
                        problems.append(f"{place}: {target}: no heading gives #{anchor}")
    return linked


def check_reachable(linked):
    """Every page under docs has a link to it, every scenario is described."""
    for page in (ROOT / "docs").rglob("*.md"):
        if page not in linked:
            problems.append(f"{page.relative_to(ROOT)}: no page links to it")
    described = (ROOT / "docs/cluster-specs.md").read_text(encoding="utf-8")
    for spec in sorted((ROOT / "ClusterSpecs").glob("*.yaml")):
        if spec.name not in described:
            problems.append(f"docs/cluster-specs.md: {spec.name} is not described")


def holds(built, block):
    """Whether the lines of a block are lines of a file, in order; the first that is not if not."""
    position = 0
    for line in filter(None, (line.strip() for line in block.splitlines())):
        if line not in built[position:]:
            return line
        position += built[position:].index(line) + 1
    return None


def check_snippets():
    """Programs in the documentation are lines, in order, of the one that Tests/embedder.sh builds."""
    files = [
        [line.strip() for line in file.read_text(encoding="utf-8").splitlines()]
        for file in EMBEDDER
    ]
    for page in pages():
        text = page.read_text(encoding="utf-8")
        for block in re.findall(r"```swift\n(.*?)```", text, flags=re.S):
            isProgram = "import Tangram" in block
            isBuilt = page.name in BUILT_PAGES and "dependencies:" not in block
            if not (isProgram or isBuilt):
                continue
            missing = [holds(built, block) for built in files]
            if all(missing):
                problems.append(
                    f"{page.relative_to(ROOT)}: not in this order in Tests/Embedder: {missing[0]}")


check_reachable(check_links())
check_snippets()
for problem in problems:
    print(problem, file=sys.stderr)
print(f"documentation: {len(list(pages()))} pages, {len(problems)} problems")
sys.exit(1 if problems else 0)
