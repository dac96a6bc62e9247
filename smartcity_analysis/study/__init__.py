"""What is reviewed, checked: frameworks, the study folder and its declaration, and the disk."""

from ..disk import find_root
from .coin_tables import CoinTables, load_coin, read_coin, save_coin, write_coin
from .contracts import PILLARS, STATUSES, TABLES
from .folder import accept_sources, load_study
from .framework import Band, Framework, Leaf, MethodBreak, Node, WeightSet
from .framework_files import load_framework
from .geometry import Borders, load_borders
from .guards.cautions import Caution
from .loaded import Study, weakest_status
from .new_study import write_new_study
from .next_steps import Step, first_steps, next_steps
from .next_year import Missing, YearPlan, file_year, plan_year
from .plain_framework import plain_framework
from .project import write_project
from .quality import area_data, availability, file_table, known_by_year
from .reading import content_hashes, limit_study, resolve_reads
from .spec import StudySpec, load_spec
from .stand_ins.generator import make_stand_ins, write_stand_ins
from .store import Store
from .table_files import write_table

__all__ = [
    "PILLARS",
    "STATUSES",
    "TABLES",
    "Band",
    "Borders",
    "Caution",
    "CoinTables",
    "Framework",
    "Leaf",
    "MethodBreak",
    "Missing",
    "Node",
    "Step",
    "Store",
    "Study",
    "StudySpec",
    "WeightSet",
    "YearPlan",
    "accept_sources",
    "area_data",
    "availability",
    "content_hashes",
    "file_table",
    "file_year",
    "find_root",
    "first_steps",
    "known_by_year",
    "limit_study",
    "load_borders",
    "load_coin",
    "load_framework",
    "load_spec",
    "load_study",
    "make_stand_ins",
    "next_steps",
    "plain_framework",
    "plan_year",
    "read_coin",
    "resolve_reads",
    "save_coin",
    "weakest_status",
    "write_coin",
    "write_new_study",
    "write_project",
    "write_stand_ins",
    "write_table",
]
