"""Imported before anything else of the batch, so that a run does not begin with a second of waiting.

`rfc3987_syntax` compiles a grammar when it is imported. jsonschema imports it, if it is there, to check the form of
internationalised web addresses, which no notebook's schema asks for. Here it counts as not installed.
"""

import sys

__all__: list[str] = []

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
