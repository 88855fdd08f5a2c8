"""The protocol between kernels and TypeScript: what runs in a kernel when its state moves."""
