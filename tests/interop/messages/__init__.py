"""An independent reader and writer of BinarySync messages, made from docs/Format.md alone.

It exists to disagree: nothing here was taken from the programs, so where the two differ, one of them or the document
has a defect. Section numbers in the modules are those of Format.md.
"""
