import ast
import unittest

from asynctest import checks

from . import plan


def imported(module: str, tree: ast.Module, is_package: bool):
    """Yield (line, module below the package) for each import of our own."""
    here = module.split(".") if module != "__init__" else []
    package = here if is_package else here[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - (node.level - 1)]
            if node.module:
                yield node.lineno, ".".join([*base, *node.module.split(".")])
            else:
                for alias in node.names:
                    yield node.lineno, ".".join([*base, alias.name])
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("asynctest"):
            yield node.lineno, node.module.removeprefix("asynctest").lstrip(".") or "__init__"
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "_later.fetch":
            match node.args:
                case [_, ast.Constant(value="."), ast.Constant(value=room)]:
                    yield node.lineno, ".".join([*package, room])
                case [_, ast.Constant(value=str(room)), _]:
                    up = len(room) - len(room.lstrip(".")) - 1
                    yield node.lineno, ".".join([*package[: len(package) - up], room.lstrip(".")])
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.split(".")[0] == "asynctest":
                    yield node.lineno, alias.name.removeprefix("asynctest").lstrip(".")


class Layers(unittest.TestCase):
    def test_imports_point_down(self):
        for module, path in plan.modules():
            for line, target in imported(module, plan.parse(path), path.name == "__init__.py"):
                with self.subTest(module=module, line=line, imports=target):
                    room = module.split(".")[0]
                    if target.split(".")[0] != room:
                        self.assertLess(plan.floor_of(target), plan.floor_of(module))

    def test_no_circles_inside_a_room(self):
        edges: dict[str, set[str]] = {}
        for module, path in plan.modules():
            package = path.name == "__init__.py"
            edges[module] = {
                target for _, target in imported(module, plan.parse(path), package)
            } - {module}
        # The registry imports these by their names.
        edges["checks._registry"] |= {f"checks.{name}" for name in checks.NAMES}
        done: set[str] = set()

        def visit(module: str, trail: tuple[str, ...]) -> None:
            self.assertNotIn(module, trail, f"circle: {' -> '.join([*trail, module])}")
            if module not in done:
                for target in edges.get(module, ()):
                    visit(target, (*trail, module))
                done.add(module)

        for module in edges:
            visit(module, ())

    def test_every_room_stands_on_the_architecture_page(self):
        page = (plan.ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
        for room in (room for rooms in plan.FLOORS for room in rooms):
            with self.subTest(room):
                self.assertRegex(page, rf"(?m)^[a-z ]* .*\b{room}\b")

    def test_a_module_without_a_floor_is_noticed(self):
        with self.assertRaisesRegex(AssertionError, "not in the house plan"):
            plan.floor_of("no_such_room")


class Sizes(unittest.TestCase):
    def test_no_file_is_too_long(self):
        for module, path in plan.modules():
            with self.subTest(module=module):
                lines = len(path.read_text(encoding="utf-8").splitlines())
                self.assertLessEqual(lines, plan.LONGEST_FILE, "split it by idea, not by size")
