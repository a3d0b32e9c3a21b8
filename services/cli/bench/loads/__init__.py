"""The clients: processes of their own that put load on the stack over HTTP and count what comes back."""
