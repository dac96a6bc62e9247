"""What is reviewed, checked: frameworks, the study folder and its declaration, and the disk."""

from .contracts import PILLARS, STATUSES, TABLES
from .folder import Study, accept_sources, load_study, weakest_status
from .framework import Band, Framework, Leaf, MethodBreak, Node, WeightSet
from .framework_files import load_framework
from .generator import make_stand_ins, write_stand_ins
from .geometry import Borders, load_borders
from .quality import area_data, availability, file_table, known_by_year
from .spec import StudySpec, load_spec
from .store import Store, find_root

__all__ = [
    "PILLARS",
    "STATUSES",
    "TABLES",
    "Band",
    "Borders",
    "Framework",
    "Leaf",
    "MethodBreak",
    "Node",
    "Store",
    "Study",
    "StudySpec",
    "WeightSet",
    "accept_sources",
    "area_data",
    "availability",
    "file_table",
    "find_root",
    "known_by_year",
    "load_borders",
    "load_framework",
    "load_spec",
    "load_study",
    "make_stand_ins",
    "weakest_status",
    "write_stand_ins",
]
