#!/usr/bin/env python3
"""Prints the picture of ops/docs/architecture.md: which folder uses which, read off the imports of the sources.

ops/docs/references.py --write      puts it into the document, between its two marks

An arrow that a longer way already tells is left out. Folders that use each other stand in one box.
"""
import collections
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "ops/docs/architecture.md"
ROOMS = ["jobs", "storage", "nowcast", "model", "ingest"]
MARKS = re.compile(r"(?<=<!-- references -->\n).*?(?=<!-- /references -->)", re.DOTALL)


def sources(room):
    return (p for p in sorted((ROOT / room).rglob("*.cs")) if not {"obj", "bin", "node_modules"} & set(p.relative_to(ROOT).parts))


def folder_of(path):
    parts = path.relative_to(ROOT).parts
    return "/".join(parts[:2]) if len(parts) > 2 else parts[0]


def read():
    """{folder: folders that it imports}."""
    homes, imports = collections.defaultdict(set), collections.defaultdict(set)
    for path in (p for room in ROOMS for p in sources(room)):
        text = path.read_text()
        if namespace := re.search(r"^namespace ([\w.]+);", text, re.M):
            homes[namespace[1]].add(folder_of(path))
        imports[folder_of(path)] |= set(re.findall(r"^using (?:static )?(?:\w+ = )?(ConvLstm[\w.]+);", text, re.M))
    uses = {}
    for folder, namespaces in imports.items():
        found = set()
        for namespace in namespaces:
            while namespace not in homes:  # a type, imported for itself or under another name
                namespace = namespace.rpartition(".")[0]
            found |= homes[namespace]
        uses[folder] = found - {folder}
    return uses


def reach(uses, start):
    seen, waiting = set(), list(uses.get(start, ()))
    while waiting:
        if (at := waiting.pop()) not in seen:
            seen.add(at)
            waiting += uses.get(at, ())
    return seen


def draw(uses):
    reached = {f: reach(uses, f) for f in uses}
    boxes = {}  # of folders that reach each other
    for f in sorted(uses):
        boxes[f] = frozenset({f} | {g for g in reached[f] if f in reached[g]})
    arrows = {box: {boxes[g] for f in box for g in uses[f]} - {box} for box in boxes.values()}
    beyond = {box: reach(arrows, box) for box in arrows}
    plain = {(a, b) for a, those in arrows.items() for b in those if not any(b in beyond[c] for c in those if c != b)}

    name = {box: min(box).replace("/", "_") for box in arrows}
    lines = ["```mermaid", "flowchart LR"]
    for room in ROOMS:
        lines.append(f'  subgraph {room}_["{room}/"]')
        for box in sorted((b for b in arrows if min(b).split("/")[0] == room), key=min):
            label = "<br>".join(f.partition("/")[2] or "(itself)" for f in sorted(box))
            lines.append(f'    {name[box]}["{label}"]')
        lines.append("  end")
    lines += sorted(f"  {name[a]} --> {name[b]}" for a, b in plain)
    return "\n".join(lines) + "\n```\n"


picture = draw(read())
if sys.argv[1:] == ["--write"]:
    text = DOCUMENT.read_text()
    if not MARKS.search(text):
        sys.exit(f"error: {DOCUMENT} has no <!-- references --> … <!-- /references --> to put the picture between")
    DOCUMENT.write_text(MARKS.sub(lambda _: picture, text))
else:
    sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write(picture)
