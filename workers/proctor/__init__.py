"""The proctor worker: owns shards of the stream by lease, and keeps one desk for each sitting in them.

`worker` reads, hands out, acknowledges; `desk` is the watch over one sitting. What is seen and judged belongs to proctoring/, what is kept
to services/. Spawned, never forked: OpenCV and the networks are loaded here.
"""

from workers.proctor.worker import main

__all__ = ["main"]
