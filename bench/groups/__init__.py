"""The groups, in the order in which they run. A new one is a file with a GROUP in it, and a line here; the last one looks back at all of them."""

from . import apply, base, checksum, cold, collect, compression, copies, cycle, loop, memory, request, shift, sparse, start

GROUPS = [
    checksum.GROUP,
    cold.GROUP,
    sparse.GROUP,
    loop.GROUP,
    request.GROUP,
    collect.GROUP,
    base.GROUP,
    shift.GROUP,
    compression.GROUP,
    apply.GROUP,
    copies.GROUP,
    cycle.GROUP,
    start.GROUP,
    memory.GROUP,
]
