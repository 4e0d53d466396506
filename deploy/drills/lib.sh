# Shared by the drills; not run by itself.
#
# A drill sets TITLE and SECTION (of deploy/runbook.md) and defines: break_it; situation, which tells what a person sees;
# answer, the runbook's commands; mended, which says what is missing and fails. It ends with `drill "$@"`.
set -u
drills=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$drills/../.." && pwd)
WORKERS=${WORKERS:-1}

freshet() { "$FRESHET" "$@"; }

say() { printf '%s\n' "$*"; }

fail() {
    say "$*" >&2
    return 1
}

# Shows a command as a person would type it, and runs it.
run() {
    printf '$ %s\n' "$*"
    "$@"
}

# run, for commands with much to say.
run_head() {
    printf '$ %s\n' "$*"
    "$@" | head -n 40
    return "${PIPESTATUS[0]}"
}

sql() { psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 "$PG_URL" -c "$1"; }

redis() { redis-cli -p "$REDIS_PORT" "$@"; }

# A line for `freshet drill`, which has the servers.
tell() {
    local answer
    printf '%s\n' "$*" >&7 || return 1
    IFS= read -r -t 150 answer <&8 || fail "the servers don't answer" || return 1
    case $answer in
        ok*) return 0 ;;
        *) fail "$answer" ;;
    esac
}

# await WHAT SECONDS COMMAND...: until it succeeds.
await() {
    local what=$1 end=$((SECONDS + $2))
    shift 2
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$end" ] || fail "not in time: $what" || return 1
        sleep 0.1
    done
}

# A worker with a log, a status file and a file with its process id in $FOLDER.
worker() {
    "$FRESHET" worker --status-file "$FOLDER/$1.json" >"$FOLDER/$1.log" 2>&1 7>&- 8<&- &
    echo $! >"$FOLDER/$1.pid"
    await "worker $1 is ready" 60 grep -qx ready "$FOLDER/$1.log"
}

pid() { cat "$FOLDER/$1.pid"; }

state() { sed -n 's/.*"state":"\([a-z]*\)".*/\1/p' "$FOLDER/$1.json"; }

is() { [ "$(state "$1")" = "$2" ]; }

# What every drill ends with.
applied() { tell settle || fail "there are records that no worker has applied"; }

no_letters() {
    freshet dlq stats --max 0 >/dev/null || fail "there are open dead letters: freshet dlq stats"
}

nothing_stale() { freshet verify >/dev/null 2>&1 || fail "keys are stale: freshet verify"; }

hint() { sed -n "/^## $SECTION\$/,/^## /p" "$root/deploy/runbook.md" | sed '1!{/^## /d}'; }

check() { mended && say "Mended."; }

# Ends what this drill started, by its ids.
cleanup() {
    trap - EXIT
    trap '' PIPE INT TERM
    local file id
    for file in "$FOLDER"/*.pid; do
        [ -f "$file" ] || continue
        id=$(cat "$file")
        kill -CONT "$id" 2>/dev/null
        kill -TERM "$id" 2>/dev/null
    done
    for file in "$FOLDER"/*.pid; do
        [ -f "$file" ] && over "$(cat "$file")" 100
    done
    if [ -n "${STAGE:-}" ]; then
        printf 'quit\n' >&7
        over "$STAGE" 200
    fi 2>/dev/null
    exec 7>&- 8<&-
    rm -rf "$FOLDER"
}

# Waits for a child's end for so many tenths of a second, then makes it end.
over() {
    local left=$2
    while kill -0 "$1" 2>/dev/null && [ "$left" -gt 0 ]; do
        sleep 0.1
        left=$((left - 1))
    done
    kill -KILL "$1" 2>/dev/null
    wait "$1" 2>/dev/null
}

find_freshet() {
    local found
    for found in "${FRESHET:-}" "$root/.build/release/freshet" "$root/.build/debug/freshet" "$(command -v freshet)"; do
        [ -x "$found" ] && FRESHET=$found && return 0
    done
    fail "There is no freshet: make build, or FRESHET=/path/to/freshet"
}

servers() {
    local line
    mkfifo "$FOLDER/in" "$FOLDER/out" || return 1
    "$FRESHET" drill <"$FOLDER/in" >"$FOLDER/out" 2>"$FOLDER/servers.log" &
    STAGE=$!
    exec 7>"$FOLDER/in" 8<"$FOLDER/out"
    while IFS= read -r -t 120 line <&8; do
        [ "$line" = ready ] && return 0
        export "${line?}"
    done
    cat "$FOLDER/servers.log" >&2
    fail "the servers did not start"
}

# A shell for the person, in which `freshet`, `sql`, `redis`, `tell`, `hint` and `check` mean this drill's servers.
practise() {
    say
    say "You are in a shell with freshet, sql \"...\", redis ..., hint (the runbook's section), check, and exit."
    say "Logs and status files: $FOLDER"
    printf 'DRILL_SHELL=1\nFOLDER=%q\nFRESHET=%q\n. %q\nPS1="drill> "\n' "$FOLDER" "$FRESHET" "$script" >"$FOLDER/rc"
    if [ -t 0 ]; then
        bash --rcfile "$FOLDER/rc" -i
    else
        # Commands from a file or a pipe.
        BASH_ENV="$FOLDER/rc" bash
    fi
}

drill() {
    [ -z "${DRILL_SHELL:-}" ] || return 0
    case "${1:-}" in
        "" | --auto) ;;
        *)
            say "usage: $0 [--auto]    --auto: break it, mend it as the runbook says, check"
            exit 2
            ;;
    esac
    script=$(cd "$(dirname "$0")" && pwd)/$(basename "$0")
    find_freshet || exit 2
    FOLDER=$(mktemp -d "${TMPDIR:-/tmp}/drill-XXXXXX")
    trap cleanup EXIT
    trap 'exit 130' INT TERM
    say "Drill: $TITLE"
    say "starting servers and $WORKERS worker(s)"
    servers || exit 1
    local number
    for number in $(seq "$WORKERS"); do worker "w$number" || exit 1; done
    tell settle && break_it || exit 1
    say
    situation
    say
    if [ "${1:-}" = --auto ]; then
        say "The runbook's answer ($SECTION):"
        answer || exit 1
    else
        practise
    fi
    if mended; then
        say "Mended."
    else
        say "Not mended yet. The runbook's answer is in deploy/runbook.md, \"$SECTION\"."
        exit 1
    fi
}
