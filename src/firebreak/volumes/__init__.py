"""Areas, heights, windows; validity; the exact conflict of two volumes (spec/volume.md). Pure."""

from firebreak.volumes.areas import (
    GREATEST_RADIUS_M,
    HEMISPHERE_M2,
    LONGEST_EDGE_M,
    LONGEST_OUTLINE_M,
    MOST_VERTICES,
    Area,
    Circle,
    Corridor,
    Polygon,
)
from firebreak.volumes.conflict import (
    SLACK_M,
    Conflict,
    Separation,
    Volume,
    check,
    conflict,
    separation,
    separation_m,
)
from firebreak.volumes.geodesic import distance_m
from firebreak.volumes.heights import UNLIMITED_MM, Heights, height_interval
from firebreak.volumes.rings import CLEARANCE_M
from firebreak.volumes.windows import Window

__all__ = [
    "CLEARANCE_M",
    "GREATEST_RADIUS_M",
    "HEMISPHERE_M2",
    "LONGEST_EDGE_M",
    "LONGEST_OUTLINE_M",
    "MOST_VERTICES",
    "SLACK_M",
    "UNLIMITED_MM",
    "Area",
    "Circle",
    "Conflict",
    "Corridor",
    "Heights",
    "Polygon",
    "Separation",
    "Volume",
    "Window",
    "check",
    "conflict",
    "distance_m",
    "height_interval",
    "separation",
    "separation_m",
]
