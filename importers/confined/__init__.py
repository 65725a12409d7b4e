"""Reading a file in a process that can reach nothing but that file: host, child and the pipe."""
