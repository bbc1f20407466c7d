"""Points and areas: inside, and what areaMapping asks of an area (QTI 3.0, "Shape"). Edges belong to their area."""

import math
from collections.abc import Sequence

from item_bank.qti.model.declarations import Area
from item_bank.qti.model.nodes import Node
from item_bank.qti.processing.operands import null
from item_bank.qti.processing.scope import Compile, Expression, Family, Scope
from item_bank.qti.reader.declarations import read_area
from item_bank.qti.values import BaseType, Point, Value, boolean


def holds_point(area: Area, point: Point) -> bool:
    """Tell whether a point is in an area; an area without enough coordinates holds none."""
    coords = area.coords
    if not (math.isfinite(point.x) and math.isfinite(point.y)):
        return False
    match area.shape:
        case "default":
            return True
        case "rect":
            return len(coords) >= 4 and _in_rect(coords, point)
        case "circle":
            return len(coords) >= 3 and math.hypot(point.x - coords[0], point.y - coords[1]) <= coords[2]
        case "ellipse":
            return len(coords) >= 4 and _in_ellipse(coords, point)
        case "poly":
            return len(coords) >= 6 and _in_polygon(coords, point)
        case _:
            return False


def _in_rect(coords: Sequence[float], point: Point) -> bool:
    (left, right), (top, bottom) = sorted((coords[0], coords[2])), sorted((coords[1], coords[3]))
    return left <= point.x <= right and top <= point.y <= bottom


def _in_ellipse(coords: Sequence[float], point: Point) -> bool:
    x, y, across, down = coords[:4]
    return across > 0 and down > 0 and math.hypot((point.x - x) / across, (point.y - y) / down) <= 1


def _in_polygon(coords: Sequence[float], point: Point) -> bool:
    """Count the edges that a ray to the right crosses; a point on an edge is inside."""
    corners = [Point(x, y) for x, y in zip(coords[::2], coords[1::2], strict=False)]
    inside = False
    for begin, end in zip(corners, corners[1:] + corners[:1], strict=True):
        side = (end.x - begin.x) * (point.y - begin.y) - (end.y - begin.y) * (point.x - begin.x)
        if side == 0 and _between(begin, point, end):
            return True
        if (begin.y > point.y) != (end.y > point.y) and (side > 0) == (end.y > begin.y):
            inside = not inside
    return inside


def _between(begin: Point, point: Point, end: Point) -> bool:
    return min(begin.x, end.x) <= point.x <= max(begin.x, end.x) and min(begin.y, end.y) <= point.y <= max(begin.y, end.y)


def points_of(value: Value | None) -> list[Point] | None:
    """Return the points of a value; None when it has none."""
    if value is None or value.base_type is not BaseType.POINT:
        return None
    return [atom for atom in value.atoms if isinstance(atom, Point)]


def _inside(node: Node, compiling: Compile) -> Expression:
    """Tell whether a point, or any point of a container, is in the area."""
    operands, area = compiling.operands(node), read_area(node)
    if len(operands) != 1:
        return null

    def run(scope: Scope) -> Value | None:
        points = points_of(operands[0](scope))
        if points is None or not scope.spend(len(points) * len(area.coords) // 2):
            return None
        return boolean(any(holds_point(area, point) for point in points))

    return run


FAMILY: Family = {"qti-inside": _inside}
