"""The load: fio over NBD, the same for every server."""
import json
import os
import time

from servers import SIZE, must

RUNTIME = float(os.environ.get("RUNTIME", "3"))


def fio(server, pattern, block, depth, seconds=RUNTIME, writes=None):
    """Operations per second of one measurement."""
    limit = ["--time_based", "--runtime=%g" % seconds]
    if writes:
        limit = ["--io_size=%d" % (writes * 4096)]
    text = must(
        "fio", "--name=m", "--ioengine=nbd", "--uri=" + server.uri, "--rw=" + pattern,
        "--bs=" + block, "--iodepth=%d" % depth, "--size=%d" % SIZE, "--norandommap",
        "--randseed=%d" % (time.monotonic_ns() % 1_000_000), "--output-format=json", *limit)
    job = json.loads(text[text.index("{"):])["jobs"][0]
    return job["read"]["iops"] + job["write"]["iops"]
