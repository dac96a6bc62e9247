"""What is reviewed, checked: frameworks, the study folder and its declaration, and the disk."""

from ..disk import find_root
from .contracts import PILLARS, STATUSES, TABLES
from .folder import Study, accept_sources, load_study, weakest_status
from .framework import Band, Framework, Leaf, MethodBreak, Node, WeightSet
from .framework_files import load_framework
from .generator import make_stand_ins, write_stand_ins
from .geometry import Borders, load_borders
from .quality import area_data, availability, file_table, known_by_year
from .reading import content_hashes, limit_study, resolve_reads
from .spec import StudySpec, load_spec
from .store import Store

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
    "content_hashes",
    "file_table",
    "find_root",
    "known_by_year",
    "limit_study",
    "load_borders",
    "load_framework",
    "load_spec",
    "load_study",
    "make_stand_ins",
    "resolve_reads",
    "weakest_status",
    "write_stand_ins",
]
