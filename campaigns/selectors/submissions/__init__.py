"""What the public handed in, as pages show it."""
