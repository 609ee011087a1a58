"""BLAKE3, hash mode, 32 bytes of output: from its specification, for content of test size."""

from struct import pack, unpack

OUT_LENGTH = 32
BLOCK_LENGTH = 64
CHUNK_LENGTH = 1024

CHUNK_START, CHUNK_END, PARENT, ROOT = 1, 2, 4, 8

# The first 32 bits of the fractional parts of the square roots of the first eight primes, as in SHA-256.
IV = (0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19)
PERMUTATION = (2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)
ROUNDS = 7
COLUMNS_AND_DIAGONALS = (
    (0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
    (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14),
)
MASK = 0xFFFFFFFF


def _compress(chaining, words, counter, length, flags):
    """The first eight words of the compression function's output: a chaining value, or the digest of the root."""
    state = [*chaining, *IV[:4], counter & MASK, counter >> 32, length, flags]
    for _ in range(ROUNDS):
        for index, (a, b, c, d) in enumerate(COLUMNS_AND_DIAGONALS):
            for word, turn_d, turn_b in ((words[2 * index], 16, 12), (words[2 * index + 1], 8, 7)):
                state[a] = state[a] + state[b] + word & MASK
                mixed = state[d] ^ state[a]
                state[d] = (mixed >> turn_d | mixed << 32 - turn_d) & MASK
                state[c] = state[c] + state[d] & MASK
                mixed = state[b] ^ state[c]
                state[b] = (mixed >> turn_b | mixed << 32 - turn_b) & MASK
        words = [words[index] for index in PERMUTATION]
    return [state[i] ^ state[i + 8] for i in range(8)]


def _chunk(data, counter, root):
    chaining = IV
    last = max(0, (len(data) - 1) // BLOCK_LENGTH)
    for index in range(last + 1):
        block = data[index * BLOCK_LENGTH:(index + 1) * BLOCK_LENGTH]
        flags = (CHUNK_START if index == 0 else 0) | (CHUNK_END | root if index == last else 0)
        words = unpack("<16I", bytes(block).ljust(BLOCK_LENGTH, b"\0"))
        chaining = _compress(chaining, words, counter, len(block), flags)
    return chaining


def _tree(data, counter, root):
    """The left side of a tree is the largest power of two of chunks that leaves something for the right side."""
    if len(data) <= CHUNK_LENGTH:
        return _chunk(data, counter, root)
    chunks = (len(data) + CHUNK_LENGTH - 1) // CHUNK_LENGTH
    left = 1 << (chunks - 1).bit_length() - 1
    cut = left * CHUNK_LENGTH
    words = _tree(data[:cut], counter, 0) + _tree(data[cut:], counter + left, 0)
    return _compress(IV, words, 0, BLOCK_LENGTH, PARENT | root)


class Blake3:
    """As the classes of hashlib: it keeps all it is given, which is little in a test."""

    def __init__(self, data=b""):
        self._data = bytearray(data)

    def update(self, data):
        self._data += data

    def digest(self):
        return pack("<8I", *_tree(memoryview(bytes(self._data)), 0, ROOT))

    def hexdigest(self):
        return self.digest().hex()
