"""A whole message: the container, and the body that its kind says."""

from .checksums import ChecksumsBody
from .container import OPERATIONS, Container
from .content import ContentReader
from .hashes import set_id
from .header import CKF, CKR, DTF, DTR
from .errors import MessageError
from .operations import NEW_NAMES, OLD_NAMES, OperationsReader


class Visitor:
    """What is read, as it is read. Nothing that a visitor is given is certain before the message is at its end."""

    def run(self, kind, first, count, hashes):
        """A run of a checksum file, as stored."""

    def sums(self, sums):
        """The rolling sums of the data runs that were given since the last ones (6.1), 4 bytes each."""

    def operation(self, operation):
        """An operation, as stored; then, of a data file, the content of its group."""

    def content(self, block, start, piece):
        """Bytes of a data block, from byte `start` of the block on."""

    def over_old_content(self, blocks, decode):
        """A frame over old content (4.8), of these (operation, block): its content, `decode(prefix)`; or None, by whom
        has no old content."""


class _NoBody:
    def __init__(self, header, visitor):
        pass

    def finish(self, container):
        pass

    def summary(self):
        return {}


class _OperationsBody:
    def __init__(self, header, visitor):
        self._header = header
        self._visitor = visitor
        self._operations = OperationsReader(header)
        self._content = ContentReader(header, visitor) if header.kind == DTF else None
        self._runs = []

    def section(self, section):
        if section.type != OPERATIONS:
            self._content.frame(section)
            return
        if self._content:
            self._content.complete(section.offset)
        operations = self._operations.group(section)
        for operation in operations:
            self._note(operation)
            self._visitor.operation(operation)
        if self._content:
            self._content.group(operations)

    def _note(self, operation):
        runs, kinds = self._runs, [NEW_NAMES[operation.new], OLD_NAMES[operation.old]]
        if runs and runs[-1][2:] == kinds and sum(runs[-1][:2]) == operation.first:
            runs[-1][1] += operation.count
        else:
            runs.append([operation.first, operation.count, *kinds])

    def finish(self, container):
        if self._content:
            self._content.complete(container.trailer_offset)
        self._operations.finish(container)
        self._check_set(container)

    def _check_set(self, container):
        part = self._header.part
        if not part:
            return
        trailer = container.trailer
        if self._header.merged:
            roots = [base["root"] for base in self._header.values["bases"]]
        else:
            roots = [trailer["base_root"]]
        if part["id"] != set_id(part["split_size"], roots, trailer["target_root"]):
            raise MessageError("does not belong to the roots", container.trailer_offset, "header.set.id")

    def summary(self):
        out = {"operations": self._runs}
        if self._content:
            out["content"] = self._content.summary()
        return out


BODIES = {CKR: _NoBody, CKF: ChecksumsBody, DTR: _OperationsBody, DTF: _OperationsBody}


class Message:
    """A message that has been read to its end, and that breaks no rule."""

    def __init__(self, container, body):
        self.version = f"{container.major}.{container.minor}"
        self.header = container.header
        self.trailer = container.trailer
        self._body = body

    def summary(self):
        """As plain values for JSON: byte strings in hexadecimal. Keys that were skipped (2.2) are not in it."""
        return {
            "kind": self.header.kind, "version": self.version, "header": _plain(self.header.values),
            "trailer": _plain(self.trailer), **self._body.summary(),
        }

    @property
    def not_decoded(self):
        return self._body.summary().get("content", {}).get("not_decoded", 0)

    @property
    def over_old_content(self):
        return self._body.summary().get("content", {}).get("over_old_content", 0)


def read_message(stream, visitor=None):
    container = Container(stream)
    body = BODIES[container.kind](container.header, visitor or Visitor())
    for section in container.sections():
        body.section(section)
    body.finish(container)
    return Message(container, body)


def _plain(value):
    match value:
        case bytes():
            return value.hex()
        case dict():
            # What has a key that must be understood is named without the mark, as the programs name it.
            return {key.removeprefix("!"): _plain(element) for key, element in value.items()}
        case list():
            return [_plain(element) for element in value]
    return value
