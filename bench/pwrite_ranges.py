"""The yardstick of applying: one process that writes ranges with pwrite and calls fsync once.

    pwrite_ranges.py EXTENTS.json SOURCE TARGET

EXTENTS.json is what `dtreq info --extents --json` prints. The ranges are read from SOURCE into memory and written to the same places of TARGET. Prints the seconds
from the first pwrite to the end of fsync, and the bytes.
"""

import json
import os
import sys
import time

extents, source, target = sys.argv[1:]
with open(extents, encoding="utf-8") as file:
    message = json.load(file)
size = message["header"]["block_size"]
limit = message["header"]["target_size"]
runs = [(run["first"] * size, min((run["first"] + run["count"]) * size, limit)) for run in message["extents"]]
reader = os.open(source, os.O_RDONLY)
content = [(offset, os.pread(reader, end - offset, offset)) for offset, end in runs]
writer = os.open(target, os.O_WRONLY)
begin = time.monotonic()
for offset, data in content:
    done = 0
    while done < len(data):
        done += os.pwrite(writer, memoryview(data)[done:], offset + done)
os.fsync(writer)
print(f"{time.monotonic() - begin:.4f} {sum(len(data) for _, data in content)}")
