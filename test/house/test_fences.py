import ast
import asyncio
import contextlib
import importlib
import importlib.util
import inspect
import pkgutil
import unittest
import unittest.mock

from . import plan

OWNERS = {
    "asyncio": ["asyncio"],
    "unittest.mock": ["unittest.mock"],
    "unittest": ["unittest.case", "unittest.suite", "unittest.runner", "unittest.result"],
}


def private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def private_names(package: str) -> set[str]:
    """Collect the private names of a foreign package: of modules, classes and instances."""
    found: set[str] = set()
    for module in OWNERS[package]:
        names = [module]
        if module == "asyncio":
            names += [f"asyncio.{info.name}" for info in pkgutil.iter_modules(asyncio.__path__)]
        for name in names:
            if "windows" in name or name.endswith("__main__") or "tools" in name:
                continue
            loaded = importlib.import_module(name)
            found.update(filter(private, vars(loaded)))
            for value in vars(loaded).values():
                if isinstance(value, type) and value.__module__.startswith(package):
                    found.update(filter(private, dir(value)))
                    found.update(filter(private, self_attributes(loaded)))
    return found


def self_attributes(module) -> set[str]:
    """Collect what methods assign on ``self``."""
    with contextlib.suppress(OSError, TypeError):
        tree = ast.parse(inspect.getsource(module))
        return {
            node.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute)
            and isinstance(node.ctx, ast.Store)
            and isinstance(node.value, ast.Name)
        }
    return set()


def defined_here(tree: ast.Module) -> set[str]:
    """Collect the private names that a module of ours defines itself."""
    names: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case (
                ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.ClassDef(name=name)
            ):
                names.add(name)
            case ast.Attribute(ctx=ast.Store(), attr=name, value=ast.Name(id="self" | "cls")):
                names.add(name)
            case ast.Name(ctx=ast.Store(), id=name):
                names.add(name)
            case ast.Constant(value=str(name)) if name.isidentifier():
                names.add(name)  # __slots__
    return names


def touched(tree: ast.Module):
    """Yield (line, private name) for each attribute read, set or asked for by name."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=name) if private(name):
                yield node.lineno, name
            case ast.Call(
                func=ast.Name(id="getattr" | "hasattr" | "setattr" | "delattr"),
                args=[_, ast.Constant(value=str(name)), *_],
            ) if private(name):
                yield node.lineno, name


class Fences(unittest.TestCase):
    def test_foreign_private_names_stay_inside_their_fence(self):
        own = set()
        for _, path in plan.modules():
            own |= {n for n in defined_here(plan.parse(path)) if private(n)}
        for package, inside in plan.FENCES.items():
            foreign = private_names(package) - own
            fenced = [name for names in plan.FENCES.values() for name in names]
            for module, path in plan.modules():
                if any(module == name or module.startswith(name + ".") for name in fenced):
                    continue
                for line, name in touched(plan.parse(path)):
                    with self.subTest(f"asynctest/{module}:{line}", package=package):
                        self.assertNotIn(name, foreign, f"only {inside} may touch it")

    def test_what_the_fences_lean_on_is_still_there(self):
        for module, path in plan.modules():
            if not any("LEANS_ON" in names for names in map(assigned, plan.parse(path).body)):
                continue
            room = importlib.import_module(f"asynctest.{module}")
            for entry in filter(installed, room.LEANS_ON):
                with self.subTest(f"asynctest/{module} leans on {entry}"):
                    self.assertTrue(exists(entry), "gone on this Python: mend the fence")

    def test_a_missing_name_is_noticed(self):
        self.assertFalse(exists("asyncio.events:Handle._no_such_name"))
        self.assertFalse(exists("asyncio.events:Handle()._no_such_name"))


def assigned(node: ast.stmt) -> set[str]:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return {name}
    return set()


def installed(entry: str) -> bool:
    """Say whether what an entry is about is here; compiled loops are optional."""
    return importlib.util.find_spec(entry.split(":")[0].split(".")[0]) is not None


def exists(entry: str) -> bool:
    """Say whether ``module:Class.attribute`` or ``module:Class()._attribute`` is there."""
    module, _, path = entry.partition(":")
    thing = importlib.import_module(module)
    head, instance, attribute = path.partition("()")
    for name in head.split("."):
        if not hasattr(thing, name):
            return False
        thing = getattr(thing, name)
    if not instance:
        return True
    return hasattr_of_instances(thing, attribute.lstrip("."))


def hasattr_of_instances(cls: type, attribute: str) -> bool:
    if hasattr(cls, attribute):
        return True
    for klass in cls.__mro__:
        if attribute in self_attributes(importlib.import_module(klass.__module__)):
            return True
    return False


class NothingIsWritten(unittest.TestCase):
    def test_importing_changes_nothing_in_unittest_and_asyncio(self):
        # The import has happened long ago; what it left is compared with a fresh interpreter.
        import json
        import subprocess
        import sys

        script = (
            "import asyncio, unittest, unittest.mock, json\n"
            "def shape():\n"
            "    return {m.__name__ + '.' + k: id(v) for m in (asyncio, unittest, unittest.mock,"
            " unittest.case, asyncio.events, asyncio.base_events) for k, v in vars(m).items()"
            " if not k.startswith('__')}\n"
            "unittest.IsolatedAsyncioTestCase  # unittest itself imports it when asked\n"
            "before = shape()\n"
            "import asynctest, asynctest.mock\n"
            "after = shape()\n"
            "print(json.dumps([k for k in after if before.get(k) != after[k]]))\n"
        )
        out = subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            text=True,
            check=True,
            cwd=plan.ROOT,
        )
        self.assertEqual(json.loads(out.stdout), [])
