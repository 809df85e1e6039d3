"""An iSCSI initiator byte for byte: for what libiscsi's programs do not do, or never would."""
import hashlib
import itertools
import socket
import struct

SHA_256 = 7
PATIENCE = 30
LOGIN, COMMAND, RESPONSE, DATA_IN, READY, ASYNCHRONOUS = 0x43, 0x01, 0x21, 0x25, 0x31, 0x32
qualifiers = itertools.count(1)


def login_request(stage, next_stage, keys, qualifier=7):
    data = b"".join(key.encode() + b"\0" for key in keys)
    flags = stage << 2 | (0x80 | next_stage if next_stage is not None else 0)
    header = struct.pack(">BBBBI6sHIHHIIQQ", LOGIN, flags, 0, 0, len(data),
                         b"\x40" + qualifier.to_bytes(5, "big"), 0, 7, 0, 0, 1, 0, 0, 0)
    return header + data + bytes(-len(data) % 4)


def names(initiator, target):
    kind = ["SessionType=Discovery"] if target is None else [
        "SessionType=Normal", "TargetName=" + target]
    return ["InitiatorName=" + initiator] + kind


def receive(connection, count):
    data = b""
    while len(data) < count:
        piece = connection.recv(count - len(data))
        if not piece:
            raise EOFError("closed after %d of %d bytes" % (len(data), count))
        data += piece
    return data


def receive_pdu(connection):
    header = receive(connection, 48)
    length = int.from_bytes(header[5:8], "big")
    return header, receive(connection, length + -length % 4)[:length]


def exchange(connection, stage, next_stage, keys):
    """Sends one login request; returns the answer's status and its keys."""
    connection.sendall(login_request(stage, next_stage, keys))
    header, data = receive_pdu(connection)
    pairs = dict(item.decode().split("=", 1) for item in data.split(b"\0") if item)
    return int.from_bytes(header[36:38], "big"), pairs


def login_with_proof(port, initiator, target, user, secret):
    """The status that a login ends with that proves itself with SHA-256; 0 is success."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        status, keys = exchange(connection, 0, 1, names(initiator, target) + ["AuthMethod=CHAP"])
        if status:
            return status
        assert keys["AuthMethod"] == "CHAP", keys
        status, keys = exchange(connection, 0, None, ["CHAP_A=%d" % SHA_256])
        if status:
            return status
        challenge = bytes.fromhex(keys["CHAP_C"][2:])
        assert keys["CHAP_A"] == str(SHA_256) and len(challenge) >= 16, keys
        response = hashlib.sha256(bytes([int(keys["CHAP_I"])]) + secret.encode() + challenge)
        status, keys = exchange(connection, 0, 1, [
            "CHAP_N=" + user, "CHAP_R=0x" + response.hexdigest()])
        if status:
            return status
        return exchange(connection, 1, 3, [])[0]


class Session:
    """A session at a target that sends one command after the other."""

    def __init__(self, port, initiator, target, qualifier=None):
        self.number = itertools.count(1)
        self.connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.connection.sendall(login_request(
            1, 3, names(initiator, target), qualifier or next(qualifiers)))
        header, _ = receive_pdu(self.connection)
        assert header[36:38] == b"\0\0", "login refused: " + header[36:38].hex()

    def send(self, block, room=0, data=b"", lun=0):
        number = next(self.number)
        flags = 0xA0 if data else 0xC0
        self.connection.sendall(struct.pack(
            ">BBBBI8sIIII", COMMAND, flags, 0, 0, len(data), bytes([0, lun]) + bytes(6), number,
            room or len(data), number, 0) + block + bytes(16 - len(block)) + data
            + bytes(-len(data) % 4))

    def answer(self):
        """(status, sense key and codes, data) of what was sent."""
        received = b""
        while True:
            header, data = receive_pdu(self.connection)
            if header[0] == DATA_IN:
                received += data
                if header[1] & 1:
                    return header[3], b"", received
            elif header[0] == RESPONSE:
                sense = data[2:]
                return header[3], bytes([sense[2], *sense[12:14]]) if sense else b"", received

    def run(self, block, room=0, data=b"", lun=0):
        """As `answer`, once everything that the unit had to tell is told."""
        while True:
            self.send(block, room, data, lun)
            status, sense, received = self.answer()
            if status != 2 or sense[0] != 6:
                return status, sense, received

    def close(self):
        self.connection.close()
