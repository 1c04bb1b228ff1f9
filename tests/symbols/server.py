"""A server that is not well, in debuginfod's place: server.py MODE FILE PORT-FILE LOG

Every request is a line in LOG. MODE is what it is answered with:
  send     FILE, whatever was asked for
  none     404
  hang     nothing
  drip     one byte after the other, without an end
  claim    the beginning of something that is said to be 3 MiB, and then nothing
"""
import http.server
import os
import sys
import time

mode, path, port_file, log = sys.argv[1:]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        with open(log, "a") as out:
            out.write(self.path + "\n")
        if mode == "hang":
            time.sleep(60)
            return
        if mode == "none":
            self.send_error(404)
            return
        self.send_response(200)
        if mode == "claim":
            self.send_header("Content-Length", str(3 << 20))
        self.end_headers()
        if mode == "send":
            with open(path, "rb") as file:
                self.wfile.write(file.read())
        else:
            for _ in range(600 if mode == "drip" else 1):
                self.wfile.write(b"\x7fELF")
                self.wfile.flush()
                time.sleep(0.1)
            time.sleep(60 if mode == "claim" else 0)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
open(log, "a").close()
with open(port_file + ".new", "w") as out:
    out.write("%d\n" % server.server_address[1])
os.rename(port_file + ".new", port_file)
server.serve_forever()
