"""The vectors of tests/Vectors/Applying, applied by this reader (Format.md 13)."""

import unittest
from pathlib import Path

from messages.errors import Mismatch
from selftest import applied

FOLDER = Path(__file__).resolve().parent.parent / "Vectors" / "Applying"


def load(path):
    head, *parts = path.read_text().split("\n\n")
    fields = dict(line.split(": ", 1) for line in head.splitlines())
    bytes_of = {}
    for part in parts:
        name, *lines = part.splitlines()
        data = b""
        for line in lines:
            digits, _, times = line.partition(" x")
            data += bytes.fromhex(digits) * int(times or 1)
        bytes_of[name.rstrip(":")] = data
    return fields, bytes_of


class Applying(unittest.TestCase):
    def test_each_vector(self):
        paths = sorted(FOLDER.glob("*.vector"))
        self.assertGreater(len(paths), 20)
        for path in paths:
            fields, data = load(path)
            with self.subTest(path.stem):
                if fields["expect"] == "ok":
                    self.assertEqual(applied(data["base"], data["message"]), data["result"])
                else:
                    with self.assertRaises(Mismatch):
                        applied(data["base"], data["message"])


if __name__ == "__main__":
    unittest.main()
