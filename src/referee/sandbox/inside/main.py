"""Started as a script: makes the package's inside importable without importing the package, then becomes a zygote."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

if __name__ == "__main__":
    inside = Path(__file__).resolve().parent
    for name, place in (("referee", inside.parents[1]), ("referee.sandbox", inside.parent)):
        package = ModuleType(name)  # an empty package: its own __init__ would import what a jail has no use for
        package.__path__ = [str(place)]
        sys.modules[name] = package
    from referee.sandbox.inside.start import main

    main()
