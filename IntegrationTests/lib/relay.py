"""Carries TCP connections to a Unix socket, byte by byte: virtual hosts reach TCP ports only."""
import socket
import threading

BUFFER = 1 << 18


class Relay:
    """`port` of 127.0.0.1 leads to the socket at `path` until `close` is called."""

    def __init__(self, path):
        self.path = path
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                caller, _ = self.listener.accept()
            except OSError:
                return
            called = socket.socket(socket.AF_UNIX)
            try:
                called.connect(self.path)
            except OSError:
                caller.close()
                called.close()
                continue
            for pair in ((caller, called), (called, caller)):
                threading.Thread(target=self._carry, args=pair, daemon=True).start()

    @staticmethod
    def _carry(source, destination):
        try:
            while part := source.recv(BUFFER):
                destination.sendall(part)
        except OSError:
            pass
        for each in (source, destination):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        """No new connections; those there are end with either of their ends."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
