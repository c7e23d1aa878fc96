"""Opens a listening socket and runs a server with it, as a service manager does (sd_listen_fds(3)).

listener.py COMMAND ARGUMENT...

Prints "port N". Then each line "start" on standard input starts the command, and "stop" sends it SIGTERM and prints "stopped STATUS"
when it has ended. The socket stays open in between. The output of the command goes to standard error.
"""

import os
import socket
import subprocess
import sys

FIRST_DESCRIPTOR = 3


def main(command):
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    os.dup2(listener.fileno(), FIRST_DESCRIPTOR, inheritable=True)
    print("port", listener.getsockname()[1], flush=True)
    server = None
    for line in sys.stdin:
        if line.strip() == "start":
            # The variable names the process that shall use the socket, whose id is only known in it.
            server = subprocess.Popen(
                ["sh", "-c", 'LISTEN_PID=$$ exec "$@"', "sh", *command],
                env={**os.environ, "LISTEN_FDS": "1"},
                pass_fds=[FIRST_DESCRIPTOR],
                stdin=subprocess.DEVNULL,
                stdout=sys.stderr,
            )
        elif line.strip() == "stop":
            server.terminate()
            print("stopped", server.wait(), flush=True)
    if server is not None and server.poll() is None:
        server.kill()


main(sys.argv[1:])
