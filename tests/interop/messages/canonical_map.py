"""MessagePack in the one form that messages use (section 3), decoded by a schema that says what each key holds.

An own decoder: a general one hides the form of what it read, and the form is what has to be checked.
"""

from dataclasses import dataclass
from typing import Any

import msgpack

from .errors import MessageError
from .wire import Cursor

SKIPPED_DEPTH = 16


@dataclass(frozen=True)
class Integer:
    pass


@dataclass(frozen=True)
class String:
    pass


@dataclass(frozen=True)
class Bytes:
    pass


@dataclass(frozen=True)
class Array:
    element: Any


@dataclass(frozen=True)
class Map:
    keys: dict


# Wire forms, per type: the fix form as (first byte, values it holds), then (byte, length of the number that follows).
INTEGER_FORMS = ((0x00, 0x80), ((0xCC, 1), (0xCD, 2), (0xCE, 4), (0xCF, 8)))
STRING_FORMS = ((0xA0, 32), ((0xD9, 1), (0xDA, 2), (0xDB, 4)))
BYTES_FORMS = ((0, 0), ((0xC4, 1), (0xC5, 2), (0xC6, 4)))
ARRAY_FORMS = ((0x90, 16), ((0xDC, 2), (0xDD, 4)))
MAP_FORMS = ((0x80, 16), ((0xDE, 2), (0xDF, 4)))


def encode_map(values):
    """The canonical bytes of a map of plain values."""
    return msgpack.packb(_sorted(values), use_bin_type=True)


def _sorted(value):
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value, key=str.encode)}
    if isinstance(value, (list, tuple)):
        return [_sorted(element) for element in value]
    return value


def decode_map(data, offset, keys, name, lenient):
    """(values, offset of each named field). `lenient`: a higher minor version, whose unknown keys are skipped (2.2)."""
    decoder = _Decoder(Cursor(data, offset), lenient)
    values = decoder.map(keys, name)
    decoder.cursor.end(name)
    return values, decoder.offsets


class _Decoder:
    def __init__(self, cursor, lenient):
        self.cursor = cursor
        self.offsets = {}
        self._lenient = lenient

    def number(self, forms, field, what):
        (fixed, held), wide = forms
        start = self.cursor.offset
        byte = self.cursor.u8(field)
        if fixed <= byte < fixed + held:
            return byte - fixed
        smaller = held
        for mark, length in wide:
            if byte == mark:
                value = self.cursor.unsigned(length, field, "big")
                if value < smaller:
                    raise MessageError(f"{what} is not in its shortest form", start, field)
                return value
            smaller = 1 << 8 * length
        raise MessageError(f"is not {what} (0x{byte:02X})", start, field)

    def value(self, schema, field):
        self.offsets[field] = self.cursor.offset
        match schema:
            case Integer():
                return self.number(INTEGER_FORMS, field, "an integer")
            case String():
                return self.string(field)
            case Bytes():
                return bytes(self.cursor.take(self.number(BYTES_FORMS, field, "a byte string"), field))
            case Array(element):
                return self.array(element, field)
            case Map(keys):
                return self.map(keys, field)
        raise TypeError(schema)

    def string(self, field):
        start = self.cursor.offset
        raw = self.cursor.take(self.number(STRING_FORMS, field, "a string"), field)
        try:
            return bytes(raw).decode("utf-8")
        except UnicodeDecodeError:
            raise MessageError("is not valid UTF-8", start, field) from None

    def count(self, forms, field, what, least):
        start = self.cursor.offset
        count = self.number(forms, field, what)
        if count * least > self.cursor.remaining:
            raise MessageError(f"{what} of {count} elements, {self.cursor.remaining} bytes are left", start, field)
        return count

    def array(self, element, field):
        count = self.count(ARRAY_FORMS, field, "an array", 1)
        if isinstance(element, Integer):
            # Ranges: up to half a million numbers, which need no names.
            return [self.number(INTEGER_FORMS, field, "an integer") for _ in range(count)]
        return [self.value(element, f"{field}[{index}]") for index in range(count)]

    def map(self, keys, field):
        values, previous = {}, None
        for _ in range(self.count(MAP_FORMS, field, "a map", 2)):
            start = self.cursor.offset
            key = self.string(f"{field} key")
            name = f"{field}.{key}"
            order = key.encode()
            if previous is not None and order <= previous:
                raise MessageError("keys are not in ascending order", start, name)
            previous = order
            if key in keys:
                values[key] = self.value(keys[key], name)
            elif not self._lenient:
                raise MessageError("unknown key", start, name)
            elif key.startswith("!"):
                raise MessageError("this key has to be understood, and is not known here", start, name)
            else:
                self.skip(name, 0)
        return values

    def skip(self, field, depth):
        """Passes one value of any MessagePack type and form."""
        start = self.cursor.offset
        byte = self.cursor.u8(field)
        if byte < 0x80 or byte >= 0xE0 or byte in (0xC0, 0xC2, 0xC3):
            return
        children = 0
        if byte < 0x90:
            children = 2 * (byte & 0x0F)
        elif byte < 0xA0:
            children = byte & 0x0F
        elif byte < 0xC0:
            self.cursor.take(byte & 0x1F, field)
            return
        elif 0xC4 <= byte <= 0xC6:
            self.cursor.take(self.cursor.unsigned(1 << byte - 0xC4, field, "big"), field)
            return
        elif 0xC7 <= byte <= 0xC9:
            self.cursor.take(self.cursor.unsigned(1 << byte - 0xC7, field, "big") + 1, field)
            return
        elif 0xCA <= byte <= 0xD3:
            self.cursor.take((4, 8, 1, 2, 4, 8, 1, 2, 4, 8)[byte - 0xCA], field)
            return
        elif 0xD4 <= byte <= 0xD8:
            self.cursor.take((1 << byte - 0xD4) + 1, field)
            return
        elif 0xD9 <= byte <= 0xDB:
            self.cursor.take(self.cursor.unsigned(1 << byte - 0xD9, field, "big"), field)
            return
        elif byte in (0xDC, 0xDD):
            children = self.cursor.unsigned(2 << byte - 0xDC, field, "big")
        elif byte in (0xDE, 0xDF):
            children = 2 * self.cursor.unsigned(2 << byte - 0xDE, field, "big")
        else:
            raise MessageError("is not MessagePack", start, field)
        if depth == SKIPPED_DEPTH:
            raise MessageError(f"is nested more than {SKIPPED_DEPTH} deep", start, field)
        for _ in range(children):
            self.skip(field, depth + 1)
