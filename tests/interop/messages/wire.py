"""Primitive fields (section 1) and the cursor that reads them from a payload."""

from .errors import MessageError

VARINT_BYTES = 9
VARINT_MAX = (1 << 63) - 1


def u32(value):
    return value.to_bytes(4, "little")


def u64(value):
    return value.to_bytes(8, "little")


def varint(value):
    if not 0 <= value <= VARINT_MAX:
        raise ValueError(f"{value} is no varint")
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def is_zeros(data):
    return data == bytes(len(data))


class Cursor:
    """Reads a payload front to back; knows the file offset of each of its bytes."""

    def __init__(self, data, offset):
        self._data = data
        self._offset = offset
        self._position = 0

    @property
    def offset(self):
        return self._offset + self._position

    @property
    def remaining(self):
        return len(self._data) - self._position

    def take(self, length, field):
        if length > self.remaining:
            raise MessageError(f"needs {length} bytes, {self.remaining} are left", self.offset, field)
        start = self._position
        self._position += length
        return self._data[start:self._position]

    def u8(self, field):
        return self.take(1, field)[0]

    def unsigned(self, length, field, order="little"):
        return int.from_bytes(self.take(length, field), order)

    def u32(self, field):
        return self.unsigned(4, field)

    def u64(self, field):
        return self.unsigned(8, field)

    def varint(self, field):
        start = self.offset
        value = 0
        for index in range(VARINT_BYTES):
            byte = self.u8(field)
            value |= (byte & 0x7F) << 7 * index
            if byte < 0x80:
                if byte == 0 and index:
                    raise MessageError("varint is not as short as possible", start, field)
                return value
        raise MessageError(f"varint is longer than {VARINT_BYTES} bytes", start, field)

    def end(self, field):
        if self.remaining:
            raise MessageError(f"{self.remaining} bytes follow the last field", self.offset, field)
