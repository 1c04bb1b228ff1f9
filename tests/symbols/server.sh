# shellcheck disable=SC2154 # work: the test's
# server.sh: a debuginfod of a test's own. Read by test scripts.

# start_debuginfod FOLDER: serves what is in it until it is killed. Sets $server, its process, and $port; which one
# is free is seen by taking it. False: it does not start; $work/server.log says why.
start_debuginfod() {
    port=$((20000 + $$ % 20000)) tries=0
    mkdir -p "$work/server.tmp"
    while [ $tries -lt 10 ]; do
        : >"$work/server.log"
        TMPDIR=$work/server.tmp debuginfod -v -v -F -t 0 -g 0 -p $port -d "$work/server.sqlite" "$1" \
            >>"$work/server.log" 2>&1 &
        server=$!
        waited=0
        while kill -0 $server 2>/dev/null && ! grep -q "started http server" "$work/server.log" && [ $waited -lt 100 ]; do
            sleep 0.1
            waited=$((waited + 1))
        done
        if kill -0 $server 2>/dev/null && grep -q "started http server" "$work/server.log"; then
            return 0
        fi
        kill -9 $server 2>/dev/null || :
        tries=$((tries + 1)) port=$((port + 37))
    done
    server=
    return 1
}
