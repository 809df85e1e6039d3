"""What a volume must show after a crash, block by block, from what was acknowledged.

Every 4 KiB block that is written carries its own number and the number of the write, so any block
read back says which write it came from. For each block the oracle keeps the writes it may show:
the last one that must have survived and everything submitted after it.

  after a process crash   everything acknowledged has survived
  after a power cut       everything acknowledged before the last flush has survived
"""
import random
import struct

import nbd

BLOCK = 4096
DEPTH = 16           # requests under way on the connection
READ_BLOCKS = 64     # blocks a verifying read asks for at once


def content(block, write):
    """The bytes of a block; write 0 is zeroes."""
    if write == 0:
        return bytes(BLOCK)
    return struct.pack("<QQ", block, write) * (BLOCK // 16)


def identify(block, data):
    """The number of the write that the data came from, or None where no write made it."""
    if data == bytes(BLOCK):
        return 0
    number, write = struct.unpack("<QQ", data[:16])
    return write if number == block and data == content(block, write) else None


class Oracle:
    """Random writes, zeroes and flushes on one volume, and the check of it after a crash."""

    def __init__(self, blocks, seed):
        self.blocks = blocks
        self.random = random.Random(seed)
        self.write = 0
        # Per block the writes it may show, oldest first; absent: zeroes only.
        self.may_show = {}
        self.acknowledged = 0
        # Per generation: the writes its blocks showed when it was taken; absent blocks: zeroes.
        self.generations = {}

    def choose(self):
        """A request: command, first block, count. Some blocks are hot, so that they are overwritten."""
        kind = self.random.random()
        count = self.random.choice((1, 1, 1, 1, 2, 3, 8, 16, 24))
        span = self.blocks if self.random.random() < 0.5 else max(self.blocks // 16, 32)
        first = self.random.randrange(max(span - count, 1))
        if kind < 0.86:
            return nbd.WRITE, first, count
        return (nbd.WRITE_ZEROES if kind < 0.95 else nbd.TRIM), first, count

    def submit(self, client, command, first, count):
        self.write += 1
        shown = self.write if command == nbd.WRITE else 0
        data = b""
        if command == nbd.WRITE:
            data = b"".join(content(block, shown) for block in range(first, first + count))
        for block in range(first, first + count):
            # Appended before it is sent: from now on it may be there.
            self.may_show.setdefault(block, [0]).append(shown)
        client.submit(command, first * BLOCK, count * BLOCK, data, note=(first, count))

    def run(self, client, stop, power_cut):
        """Keeps the connection busy until `stop()` or the server is gone. True: it is gone.

        Requests that overlap are never under way together: their order would be open.
        """
        busy = {}
        try:
            while not stop():
                while len(busy) < DEPTH:
                    command, first, count = self.choose()
                    if any(a < first + count and first < a + n for a, n in busy.values()):
                        break
                    self.submit(client, command, first, count)
                    busy[self.write] = (first, count)
                if busy:
                    self._complete(client, busy, power_cut)
                if self.random.random() < 0.004:
                    self.settle(client, busy, power_cut)
            self.settle(client, busy, power_cut)
            return False
        except nbd.Gone:
            return True

    def _complete(self, client, busy, power_cut):
        (first, count), error, _ = client.complete()
        if error:
            raise nbd.Refused(error, "a request was refused")
        for key, span in list(busy.items()):
            if span == (first, count):
                del busy[key]
        self.acknowledged += 1
        if not power_cut:
            # Acknowledged, and nothing else under way on these blocks: it must survive a crash.
            for block in range(first, first + count):
                self.may_show[block] = self.may_show[block][-1:]

    def settle(self, client, busy, power_cut):
        """Ends what is under way, then flushes: from here on all of it must survive anything."""
        while busy:
            self._complete(client, busy, power_cut)
        client.flush()
        self.may_show = {block: shown[-1:] for block, shown in self.may_show.items()}

    def _differences(self, client, allowed):
        for first in range(0, self.blocks, READ_BLOCKS):
            count = min(READ_BLOCKS, self.blocks - first)
            data = client.read(first * BLOCK, count * BLOCK)
            for block in range(first, first + count):
                found = data[(block - first) * BLOCK:(block - first + 1) * BLOCK]
                write = identify(block, found)
                may = allowed(block)
                if write not in may:
                    shown = "foreign or torn data" if write is None else "write %d" % write
                    yield "block %d shows %s, may show %s" % (block, shown, may[-8:])
                else:
                    self.seen[block] = write

    def verify(self, client):
        """Compares the volume; returns what is wrong. What was seen is the truth from then on."""
        self.seen = {}
        wrong = list(self._differences(client, lambda block: self.may_show.get(block, [0])))
        self.may_show = {block: [write] for block, write in self.seen.items()}
        return wrong

    def verify_against(self, client, other):
        """As verify; where an operation was cut short the volume may show `other` as a whole."""
        before = self.may_show
        wrong = self.verify(client)
        if wrong and other is not None and not self.verify_image(client, other):
            blocks = set(before) | set(other)
            self.may_show = {block: [other.get(block, 0)] for block in blocks}
            return []
        return wrong

    def verify_image(self, client, image):
        """Compares the volume with an image: blocks and the writes they show; others are zeroes."""
        self.seen = {}
        return list(self._differences(client, lambda block: [image.get(block, 0)]))
