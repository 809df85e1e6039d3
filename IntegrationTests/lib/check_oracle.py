#!/usr/bin/env python3
"""Checks the oracle itself against nbdkit: it accepts an honest server and catches lost writes.

A test tool that cannot fail proves nothing: blocks are taken back to an earlier content, zeroed
and exchanged behind the oracle's back, and each of these must be reported.
"""
import os
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import nbd
from oracle import BLOCK, Oracle

BLOCKS = 512


def serve(folder):
    sock = folder + "/nbd.sock"
    if os.path.exists(sock):
        os.unlink(sock)
    return subprocess.Popen(["nbdkit", "-f", "-U", sock, "file", folder + "/disk"]), sock


def main():
    with tempfile.TemporaryDirectory() as folder:
        with open(folder + "/disk", "wb") as disk:
            disk.truncate(BLOCKS * BLOCK)
        oracle = Oracle(BLOCKS, seed=7)
        server, sock = serve(folder)
        end = time.monotonic() + 0.5
        assert not oracle.run(nbd.Client(sock, ""), lambda: time.monotonic() > end, False)
        end = time.monotonic() + 0.3
        timer = subprocess.Popen(["sh", "-c", "sleep 0.2; kill -9 %d" % server.pid])
        assert oracle.run(nbd.Client(sock, ""), lambda: time.monotonic() > end + 5, False)
        timer.wait()
        server.wait()
        server, sock = serve(folder)
        client = nbd.Client(sock, "")
        assert oracle.verify(client) == []
        print("passed: the oracle accepts a server that lost nothing")
        wrote = next(b for b, w in sorted(oracle.may_show.items()) if w[0] != 0)
        other = next(b for b, w in sorted(oracle.may_show.items(), reverse=True) if w[0] != 0)
        saved = client.read(wrote * BLOCK, BLOCK)
        for name, data in (
                ("a lost write", bytes(BLOCK)), ("a torn block", saved[:2048] + bytes(2048)),
                ("another block's data", client.read(other * BLOCK, BLOCK))):
            client.write(wrote * BLOCK, data)
            truth = dict(oracle.may_show)
            assert len(oracle.verify(client)) == 1, name
            oracle.may_show = truth
            print("passed: the oracle reports " + name)
        client.close()
        server.send_signal(signal.SIGTERM)
        server.wait()


main()
