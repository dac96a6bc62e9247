"""``python -m smartcity_analysis``: the same as the command ``smartcity``."""

import sys

from .cli import main

sys.exit(main())
