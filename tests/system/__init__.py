"""The whole system as its users meet it: real processes, the command line, HTTP and NATS."""
