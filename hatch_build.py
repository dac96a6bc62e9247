"""A wheel carries the notebooks and the studies, so that `smartcity example` can write them anywhere."""

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ShipProject(BuildHookInterface):
    """Take them in; an editable install finds them where they lie."""

    def initialize(self, version, build_data):
        """Say what goes where."""
        if version != "editable":
            for part in ("notebooks", "data/raw"):
                build_data["force_include"][part] = f"smartcity_analysis/project/{part}"
