"""A small NBD client of its own, so that the tests do not trust the code they test.

Fixed newstyle negotiation, simple and structured replies, pipelined requests, one connection.
Protocol: the NBD project's doc/proto.md.
"""
import socket
import struct
import time

OPT_GO, OPT_STRUCTURED = 7, 8
READ, WRITE, DISCONNECT, FLUSH, TRIM, WRITE_ZEROES = 0, 1, 2, 3, 4, 6
FLAG_FUA = 1
OPTION_REPLY_MAGIC = 0x3E889045565A9
MAXIMUM_REPLY = 33 << 20


class Refused(Exception):
    """The server answered with an error; args[0] is the NBD errno or option error."""


class Gone(Exception):
    """The connection ended: what was under way may or may not have happened."""


class Client:
    """One connection to one export; `address` is a socket path or a (host, port) pair."""

    def __init__(self, address, export, patience=10.0, structured=False):
        deadline = time.monotonic() + patience
        while True:
            try:
                if isinstance(address, str):
                    self.socket = socket.socket(socket.AF_UNIX)
                    self.socket.settimeout(patience)
                    self.socket.connect(address)
                else:
                    self.socket = socket.create_connection(address, timeout=patience)
                break
            except OSError:
                self.socket.close() if hasattr(self, "socket") else None
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
        self.socket.settimeout(60)
        self.pending = {}
        self.handle = 0
        self._negotiate(export, structured)

    def _receive(self, count):
        parts = []
        while count:
            try:
                part = self.socket.recv(count)
            except OSError as error:
                raise Gone(str(error)) from error
            if not part:
                raise Gone("connection closed")
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    def _send(self, data):
        try:
            self.socket.sendall(data)
        except OSError as error:
            raise Gone(str(error)) from error

    def _option_reply(self, option):
        magic, echoed, kind, length = struct.unpack(">QIII", self._receive(20))
        assert magic == OPTION_REPLY_MAGIC and echoed == option, (hex(magic), echoed)
        return kind, self._receive(length)

    def _negotiate(self, export, structured):
        assert self._receive(16) == b"NBDMAGICIHAVEOPT"
        self._receive(2)
        self._send(struct.pack(">I", 3))
        if structured:
            self._send(b"IHAVEOPT" + struct.pack(">II", OPT_STRUCTURED, 0))
            self._option_reply(OPT_STRUCTURED)
        name = export.encode()
        body = struct.pack(">I", len(name)) + name + struct.pack(">H", 0)
        self._send(b"IHAVEOPT" + struct.pack(">II", OPT_GO, len(body)) + body)
        while True:
            kind, data = self._option_reply(OPT_GO)
            if kind == 1:
                return
            if kind & 0x80000000:
                raise Refused(kind & 0x7FFFFFFF, data.decode(errors="replace"))
            if struct.unpack(">H", data[:2])[0] == 0:
                self.size, self.flags = struct.unpack(">QH", data[2:12])

    def submit(self, command, offset=0, length=0, data=b"", flags=0, note=None):
        """Sends a request without waiting; `note` comes back with its reply."""
        self.handle += 1
        self.pending[self.handle] = (command, length, note)
        self._send(
            struct.pack(">IHHQQI", 0x25609513, flags, command, self.handle, offset, length) + data)

    def complete(self):
        """Waits for one reply: (note, error number, data of a read)."""
        magic = struct.unpack(">I", self._receive(4))[0]
        if magic == 0x67446698:
            error, handle = struct.unpack(">IQ", self._receive(12))
            command, length, note = self.pending.pop(handle)
            data = self._receive(length) if command == READ and not error else b""
            return note, error, data
        assert magic == 0x668E33EF, hex(magic)
        return self._complete_structured()

    def _complete_structured(self):
        buffer, error, start = None, 0, 0
        while True:
            flags, kind, handle, length = struct.unpack(">HHQI", self._receive(16))
            assert length <= MAXIMUM_REPLY
            body = self._receive(length)
            command, count, note = self.pending[handle]
            if kind == 1 or kind == 2:
                offset = struct.unpack(">Q", body[:8])[0]
                buffer = buffer or bytearray(count)
                start = start or (note if isinstance(note, int) else 0)
                if kind == 1:
                    buffer[offset - start:offset - start + len(body) - 8] = body[8:]
            elif kind & 0x8000:
                error = struct.unpack(">I", body[:4])[0]
            if flags & 1:
                del self.pending[handle]
                return note, error, bytes(buffer or b"")
            self._receive(4)

    def call(self, command, offset=0, length=0, data=b"", flags=0):
        """One request, nothing else under way: the data of a read, or Refused."""
        assert not self.pending
        self.submit(command, offset, length, data, flags, note=offset)
        _, error, data = self.complete()
        if error:
            raise Refused(error)
        return data

    def read(self, offset, length):
        return self.call(READ, offset, length)

    def write(self, offset, data, flags=0):
        self.call(WRITE, offset, len(data), data, flags)

    def flush(self):
        self.call(FLUSH)

    def close(self):
        try:
            self.socket.sendall(struct.pack(">IHHQQI", 0x25609513, 0, DISCONNECT, 0, 0, 0))
        except OSError:
            pass
        self.socket.close()
