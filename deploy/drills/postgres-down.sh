#!/usr/bin/env bash
# Drill: PostgreSQL is away for longer than the group's session time-out.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
TITLE="PostgreSQL is down for longer than the session time-out"
SECTION="PostgreSQL is down"

break_it() {
    local match
    tell postgres kill || return 1
    for match in 5 6 7 8; do
        tell send 0 "{\"type\":\"match.updated\",\"entity\":$match,\"season\":1,\"version\":1}" || return 1
    done
    await "the worker is paused" 30 is w1 paused || return 1
    # The session time-out is 3 s.
    sleep 5
}

situation() {
    cat <<TEXT
PostgreSQL crashed. The worker's readiness probe fails (its status file: $FOLDER/w1.json), lag grows, and somebody wants to
restart the workers and purge the topic. What does the worker do by itself, and what do you do? Whoever runs PostgreSQL
can start it again: tell postgres start
TEXT
}

answer() {
    run cat "$FOLDER/w1.json"
    say "It waits, and keeps its partitions. Start PostgreSQL, nothing else:"
    run tell postgres start || return 1
    await "the worker is ready" 60 is w1 ready || return 1
    run freshet breaker show
}

mended() {
    # Who had nothing to ask meanwhile finds its connection broken only now, and pauses for a moment.
    await "the worker is ready: cat $FOLDER/w1.json" 30 is w1 ready || return 1
    applied && no_letters && nothing_stale || return 1
    # Its membership is kept, but by a heartbeat a second on a machine that has time for it.
    ! grep -qE '"message":"partitions-(lost|revoked)"' "$FOLDER/w1.log" ||
        say "(The group has missed the worker meanwhile: this machine is very busy.)"
}

drill "$@"
