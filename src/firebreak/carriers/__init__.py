"""What moves bundles: a socket, files, QR codes, mail. None of them can read what it carries."""
