#!/usr/bin/env python3
"""Prints which folder of the sources refers to which, and ends with 1 if folders refer to each other in a circle.

    eng/references.py [LAYER...]         of src/Format, src/Storage, src/Sync, src/Cli: all of them if none is named
    eng/references.py --why FROM TO      which names make one folder refer to another

A folder refers to another if one of its files uses the name of a type that a file of the other declares. Comments and strings do not
count. A folder stands for the files in it, not for the folders in it.
"""

import collections
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LAYERS = ["src/Format", "src/Storage", "src/Sync", "src/Cli"]
NOT_CODE = re.compile(r'//[^\n]*|/\*.*?\*/|"""+.*?"""+|\$*@?"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\])\'', re.S)
DECLARED = re.compile(
    r"^(?:public|internal|file)?\s*(?:(?:static|sealed|abstract|partial|readonly|ref|unsafe)\s+)*"
    r"(?:class|struct|interface|enum|record(?:\s+(?:class|struct))?|delegate\s+[\w<>\[\]?.,() ]+?)\s+(\w+)\s*[<(:;{\n]",
    re.M)
ENUM = re.compile(r"(\benum\s+\w+[^{]*)\{[^}]*\}")  # its members may have the names of types
MEMBER = re.compile(r"(?<=[\w>\])?])\s+[A-Z]\w*(?=\s*(?:=>|\{\s*(?:get|init|set)\b|\(\)))")  # and so may properties and methods
NAME = re.compile(r"(?<![.\w])[A-Z]\w*\b")  # what follows a dot is a member, which may have a type's name


def code_of(text):
    """The code of a file, without the names of members. The holes of interpolated strings go with the strings: they name hardly any types."""
    return MEMBER.sub(" ", ENUM.sub(r"\1;", NOT_CODE.sub(" ", text)))


def read(layers):
    declared, used = {}, {}
    for layer in layers:
        for file in sorted((ROOT / layer).rglob("*.cs")):
            if {"bin", "obj"} & set(file.relative_to(ROOT / layer).parts):
                continue
            folder = str(file.parent.relative_to(ROOT))
            code = code_of(file.read_text(encoding="utf-8"))
            for name in DECLARED.findall(code):
                declared.setdefault(name, set()).add(folder)
            used[file] = (folder, set(NAME.findall(code)))
    return declared, used


def references(declared, used):
    """(from, to) -> the names, each with the files that use it."""
    found = collections.defaultdict(lambda: collections.defaultdict(set))
    for file, (folder, names) in used.items():
        for name in names & declared.keys():
            if folder not in declared[name]:
                for other in declared[name]:
                    found[folder, other][name].add(file.name)
    return found


def circles(folders, edges):
    """Tarjan's strongly connected components of more than one folder."""
    index, low, stack, on_stack, found = {}, {}, [], set(), []

    def visit(folder):
        index[folder] = low[folder] = len(index)
        stack.append(folder)
        on_stack.add(folder)
        for other in edges[folder]:
            if other not in index:
                visit(other)
                low[folder] = min(low[folder], low[other])
            elif other in on_stack:
                low[folder] = min(low[folder], index[other])
        if low[folder] == index[folder]:
            component = []
            while not component or component[-1] != folder:
                component.append(stack.pop())
                on_stack.discard(component[-1])
            if len(component) > 1:
                found.append(sorted(component))

    for folder in folders:
        if folder not in index:
            visit(folder)
    return found


def levels(folders, edges, components):
    """From the folders that refer to nothing up; those of a circle beside each other."""
    of = {folder: tuple(component) for component in components for folder in component}
    level = {}

    def height(folder):
        if folder not in level:
            level[folder] = 0
            inside = of.get(folder, (folder,))
            others = {other for one in inside for other in edges[one] if other not in inside}
            top = max((height(other) for other in others), default=-1) + 1
            for one in inside:
                level[one] = top
        return level[folder]

    return sorted(folders, key=lambda folder: (height(folder), folder))


def main(arguments):
    why = arguments[:1] == ["--why"]
    declared, used = read(LAYERS if why or not arguments else arguments)
    found = references(declared, used)
    if why:
        one, other = arguments[1:]
        for name, files in sorted(found[one.rstrip("/"), other.rstrip("/")].items()):
            print(f"{name}: {', '.join(sorted(files))}")
        return 0

    folders = sorted({folder for folder, _ in used.values()})
    edges = {folder: sorted(other for other in folders if found.get((folder, other))) for folder in folders}
    components = circles(folders, edges)
    order = levels(folders, edges, components)
    width = max(map(len, order))
    for number, folder in enumerate(order):
        marks = "".join("X" if other in edges[folder] else "." if other != folder else "\\" for other in order)
        print(f"{number:3} {folder:{width}} {marks} {' '.join(str(order.index(other)) for other in edges[folder])}")
    for component in components:
        print(f"a circle of {len(component)}: {', '.join(component)}", file=sys.stderr)
    return 1 if components else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
