"""`python -m benchmarks.live` (`make bench-live`): measure live interviews, print tables, write JSON."""

from __future__ import annotations

from benchmarks.command import choose, measure
from include.settings import PROJECT_ROOT

NAMES = ("one_stream", "offline_card", "beside", "edge", "resume", "drain", "quiet", "capacity", "endurance")
RESULT = PROJECT_ROOT / "out" / "bench-live.json"


def main() -> None:
    """Run the chosen benchmarks one after the other; the JSON keeps what earlier runs of others found."""
    measure(choose("make bench-live", main.__doc__ or "", NAMES), NAMES, "benchmarks.live", RESULT)


if __name__ == "__main__":
    main()
