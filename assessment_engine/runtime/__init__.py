"""What makes the engine run: the Engine from Settings, the deployment's keys, the embedded servers, and the processes of one machine.

`build_engine(settings)` for whoever needs the ports; `serve(settings)` for one machine, all of it, until told to stop.
"""

from assessment_engine.runtime.engine import build_engine
from assessment_engine.runtime.serve import Services, serve

__all__ = ["Services", "build_engine", "serve"]
