"""Circles: a section's file that refers, through others, to itself. Found without recursion, in linear time."""

from collections.abc import Mapping, Sequence


def circle(graph: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return the files of one circle, the first of them again at the end; () where there is none."""
    done: set[str] = set()
    for start in graph:
        found = _from(start, graph, done)
        if found:
            return found
    return ()


def _from(start: str, graph: Mapping[str, Sequence[str]], done: set[str]) -> tuple[str, ...]:
    path: dict[str, None] = {}  # the files from the start to here, in order
    steps = [iter((start,))]
    while steps:
        step = next(steps[-1], None)
        if step is None:
            steps.pop()
            if path:
                done.add(path.popitem()[0])
        elif step in path:
            on_the_way = list(path)
            return (*on_the_way[on_the_way.index(step) :], step)
        elif step not in done:
            path[step] = None
            steps.append(iter(graph.get(step, ())))
    return ()


def reached(start: str, graph: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return every file that can be reached from one, in the order of a walk; the start is not among them unless it is in a circle."""
    found: dict[str, None] = {}
    waiting = list(reversed(graph.get(start, ())))
    while waiting:
        path = waiting.pop()
        if path not in found:
            found[path] = None
            waiting.extend(reversed(graph.get(path, ())))
    return tuple(found)
