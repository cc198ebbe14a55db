#!/usr/bin/env python3
"""Writes PDFs for the demo: `text FILE TITLE`, with a page of text, or `scan FILE JPEG`, a page that holds an image only."""

import struct
import sys

LINES = [
    "This page was written by a program, so that there is something to read.",
    "A file storage service takes it in, and a pipeline reads its text.",
    "What was found is kept as JSON and as plain text beside the file.",
    "The quick brown fox jumps over the lazy dog.",
]


def pdf(objects):
    """A PDF of numbered objects, the first of which is its catalog."""
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for offset in offsets:
        out += b"%010d 00000 n \n" % offset
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def stream(dictionary, data):
    return b"<< " + dictionary + b" /Length %d >>\nstream\n" % len(data) + data + b"\nendstream"


def page(resources, content):
    """The objects of a document of one A4 page, up to its content."""
    return [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << " + resources + b" >> >>",
        stream(b"", content),
    ]


def text(title):
    parts = ["BT /F1 22 Tf 60 770 Td (%s) Tj /F1 12 Tf 0 -20 Td" % title]
    parts += ["0 -24 Td (%s) Tj" % line for line in LINES]
    content = "\n".join(parts + ["ET"]).encode()
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    return pdf(page(b"/Font << /F1 5 0 R >>", content) + [font])


def jpeg_size(data):
    """Width, height and components of a JPEG, from its frame header (ITU-T T.81, B.2.2)."""
    at = 2
    while at + 9 < len(data):
        marker, length = data[at + 1], struct.unpack(">H", data[at + 2 : at + 4])[0]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height, data[at + 9]
        at += 2 + length
    raise SystemExit("no JPEG")


def scan(jpeg):
    width, height, components = jpeg_size(jpeg)
    space = b"/DeviceGray" if components == 1 else b"/DeviceRGB"
    image = b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace " % (width, height) + space
    image += b" /BitsPerComponent 8 /Filter /DCTDecode"
    return pdf(page(b"/XObject << /I 5 0 R >>", b"595 0 0 842 0 0 cm /I Do") + [stream(image, jpeg)])


def main():
    kind, path, argument = sys.argv[1:4]
    if kind == "text":
        data = text(argument)
    else:
        with open(argument, "rb") as file:
            data = scan(file.read())
    with open(path, "wb") as file:
        file.write(data)


if __name__ == "__main__":
    main()
