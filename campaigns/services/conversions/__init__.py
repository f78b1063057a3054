"""Conversions come in: from tools, files and shops, each once; and what is taken back of them."""
