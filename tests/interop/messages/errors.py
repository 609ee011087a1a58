"""The two ways in which work ends early."""


class MessageError(Exception):
    """A message breaks a rule of the format: what, in which field, at which byte of the file."""

    def __init__(self, text, offset, field):
        super().__init__(f"{field}: {text}")
        self.text = text
        self.offset = offset
        self.field = field


class Mismatch(Exception):
    """Things that are each in order do not belong together (section 9)."""
