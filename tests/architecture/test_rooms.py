"""Who may import whom, who owns what, and how large anything may grow."""

import ast
import importlib
import inspect
import statistics

import pytest

from .source import MODULES, PACKAGE, ROOT, at_import, everywhere, functions, imports, room

LAYERS = [
    {"errors"},
    {"disk"},
    {"manifest"},
    {"study"},
    {"index"},
    {"regions", "masterplan"},
    {"present"},
    {"batch"},
    {"cli"},
    {"__main__"},
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names} | {PACKAGE: -1}
ROOMS = ("study", "index", "regions", "masterplan", "present", "batch")
each_module = pytest.mark.parametrize("module", MODULES)


# --- imports ---


def test_every_room_is_known():
    assert {room(module) for module in MODULES} == set(LEVEL)


@each_module
def test_imports_point_only_downwards(module):
    for target in imports(module):
        if target.split(".")[0] != PACKAGE:
            continue
        same = room(target) == room(module)
        assert same or LEVEL[room(target)] < LEVEL[room(module)], f"{module} imports {target}"


def test_no_module_imports_itself_by_a_detour():
    graph = {module: imports(module, at_import) & MODULES.keys() for module in MODULES}
    done: set[str] = set()

    def visit(module, path):
        assert module not in path, " -> ".join([*path[path.index(module) :], module])
        if module not in done:
            for target in sorted(graph[module]):
                visit(target, [*path, module])
            done.add(module)

    for module in graph:
        visit(module, [])


OWNERS = {
    "matplotlib": ("present.figures", "present.theme", "present.maps", "batch.preloaded"),
    "typst": ("present.pdf",),
    "seaborn": ("present.figures", "present.maps"),
    "papermill": ("batch.notebook",),
    "pandera": ("study.contracts", "study.readers"),
    "pydantic": ("study.spec",),
    "openpyxl": ("study.workbooks",),
    "pypdf": ("study.privacy.files",),
    "babel": ("present.language",),
    "jinja2": ("present.page",),
    "dask": ("batch.cluster",),
    "distributed": ("batch.cluster",),
    "psutil": ("batch.engine",),
    "filelock": ("batch.locks",),
    "requests": (),
    "urllib": (),
    "socket": ("disk",),  # the name of the machine
    "random": ("batch.preloaded",),  # a forked kernel is given a random state of its own
}


@each_module
def test_a_library_is_used_by_its_owner_only(module):
    for target in imports(module, everywhere):
        owners = OWNERS.get(target.split(".")[0])
        if owners is not None:
            homes = [f"{PACKAGE}.{owner}" for owner in owners]
            assert any(module == home or module.startswith(f"{home}.") for home in homes), f"{module} imports {target}"


# --- the disk ---

READS_OR_WRITES = {
    "open", "read_bytes", "read_text", "write_bytes", "write_text", "mkdir", "makedirs", "unlink", "rename", "replace",
    "rmdir", "remove", "touch", "rmtree", "copy", "copy2", "copyfile", "copytree", "move", "mkstemp", "mkdtemp",
    "savefig", "save", "read_csv", "read_excel", "read_parquet", "to_csv", "to_excel", "to_parquet", "read",
    "execute_notebook",
}  # fmt: skip
OWN_NAMES = {"read_bytes", "read_text"}  # also the names of the store's own functions
# The disk belongs to `disk`, tables on it to study/store. The batch runs notebooks through papermill, which reads and
# writes the file itself, and gathers files in folders of its own.
MAY_TOUCH = {
    "disk": READS_OR_WRITES,
    "study.store": READS_OR_WRITES,
    "cli": {"os.open"},  # the null device
    "batch.notebook": {"nbformat.read", "papermill.execute_notebook"},
    "batch.preloaded": {"os.open"},  # the null device
    "batch.publish": {"shutil.copyfile", "mkdir"},
    "batch.locks": {"folder.mkdir"},
    "batch.cluster": {"tempfile.mkdtemp"},  # a worker has no project to put its files into
}


def disk_calls(module):
    """Calls that touch the disk, as ``owner.name``; tables and pictures made in memory do not."""
    found = set()
    for node in ast.walk(MODULES[module]):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in READS_OR_WRITES or (isinstance(node.func, ast.Name) and name in OWN_NAMES | {"replace"}):
            continue
        owner = ast.unparse(node.func.value) if isinstance(node.func, ast.Attribute) else ""
        first = ast.unparse(node.args[0]) if node.args else ""
        in_memory = "BytesIO" in first or "StringIO" in first or first in ("buffer", "stream")
        of_values = name in ("replace", "copy", "read", "save", "rename", "move", "remove") and owner not in (
            "nbformat", "shutil", "os", "Path"
        )  # fmt: skip
        as_text = name in ("to_csv", "to_excel", "open") and (not first or "Store" in owner)
        if not in_memory and not of_values and not as_text:
            found.add(f"{owner}.{name}".lstrip("."))
    return found


@each_module
def test_only_the_store_touches_the_disk(module):
    allowed = MAY_TOUCH.get(module[len(PACKAGE) + 1 :], set())
    touched = {call for call in disk_calls(module) if call not in allowed and call.rpartition(".")[2] not in allowed}
    assert not touched, f"{module}: {sorted(touched)}"


def test_the_test_of_the_disk_sees_the_store():
    assert {"shutil.rmtree", "tempfile.mkstemp"} <= disk_calls(f"{PACKAGE}.disk")


# --- size ---


def lines(module):
    path = ROOT / module.replace(".", "/")
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return len(path.read_text(encoding="utf-8").splitlines())


def code_lines(module):
    """Lines of `module` without its docstrings and empty lines."""
    path = ROOT / module.replace(".", "/")
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    text = path.read_text(encoding="utf-8")
    said = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(
            node
        ):
            said |= set(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    return sum(bool(line.strip()) and number not in said for number, line in enumerate(text.splitlines(), start=1))


def test_modules_stay_small():
    sizes = {module: lines(module) for module in MODULES}
    assert {module: size for module, size in sizes.items() if size > 400} == {}
    assert statistics.median(code_lines(module) for module in MODULES) <= 150, f"{len(sizes)} modules"


@each_module
def test_functions_stay_small(module):
    for function in functions(MODULES[module]):
        body = function.body[1:] if ast.get_docstring(function) else function.body
        size = body[-1].end_lineno - body[0].lineno + 1 if body else 0
        assert size <= 45, f"{module}.{function.name}: {size} lines"


@each_module
def test_nothing_is_a_stub_and_nothing_is_swallowed(module):
    for node in ast.walk(MODULES[module]):
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"{module}: except without a kind, line {node.lineno}"
    for function in functions(MODULES[module]):
        text = ast.unparse(function.body[-1])
        assert text != "pass" and "NotImplemented" not in text, f"{module}.{function.name}"


# --- what is public ---


def signatures(thing):
    """The function itself, or the public methods of a class, with the function behind a property."""
    if inspect.isfunction(thing):
        return [thing]
    if not inspect.isclass(thing):
        return []
    own = [(name, part) for name, part in vars(thing).items() if not name.startswith("_")]
    parts = [
        getattr(part, "fget", None) or getattr(part, "func", None) or getattr(part, "__func__", part) for _, part in own
    ]
    return [part for part in parts if inspect.isfunction(part) and part.__module__.startswith(PACKAGE)]


def problems(name, thing):
    if (inspect.isclass(thing) or inspect.isfunction(thing)) and not thing.__doc__:
        yield f"{name}: no docstring"
    for function in signatures(thing):
        first = (inspect.getdoc(function) or "").split("\n")[0]
        if len(first) < 10 or not first.endswith("."):
            yield f"{function.__qualname__}: the docstring does not begin with a sentence: {first!r}"
        signature = inspect.signature(function)
        if signature.return_annotation is signature.empty:
            yield f"{function.__qualname__}: what it returns has no type"
        for each, parameter in signature.parameters.items():
            if each not in ("self", "cls") and parameter.annotation is parameter.empty:
                yield f"{function.__qualname__}: {each} has no type"


@pytest.mark.parametrize("name", [*ROOMS, "errors", "messages"])
def test_what_is_public_is_described_and_typed(name):
    module = importlib.import_module(f"{PACKAGE}.{name}")
    assert [problem for each in module.__all__ for problem in problems(each, getattr(module, each))] == []


def test_every_room_exports_what_it_lists():
    for name in ROOMS:
        module = importlib.import_module(f"{PACKAGE}.{name}")
        assert len(set(module.__all__)) == len(module.__all__)
        for each in module.__all__:
            assert hasattr(module, each), f"{name}.{each}"
