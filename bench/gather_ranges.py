"""The yardstick of collecting: one process that reads ranges, writes them one after another into one file and calls fsync.

    gather_ranges.py EXTENTS.json SOURCE OUTPUT

EXTENTS.json is what `dtreq info --extents --json` prints; what became zeros is left out. Prints the seconds from the first read to the end of fsync, and the bytes.
"""

import json
import os
import sys
import time

extents, source, output = sys.argv[1:]
with open(extents, encoding="utf-8") as file:
    message = json.load(file)
size = message["header"]["block_size"]
limit = message["header"]["target_size"]
runs = [(run["first"] * size, min((run["first"] + run["count"]) * size, limit)) for run in message["extents"] if run["new"] == "data"]
reader = os.open(source, os.O_RDONLY)
writer = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
begin = time.monotonic()
total = 0
for offset, end in runs:
    while offset < end:
        data = os.pread(reader, min(end - offset, 1 << 20), offset)
        total += os.write(writer, data)
        offset += len(data)
os.fsync(writer)
print(f"{time.monotonic() - begin:.4f} {total}")
