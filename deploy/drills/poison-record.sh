#!/usr/bin/env bash
# Drill: a record that nobody can apply stands at the head of a partition.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
TITLE="a poison record at the head of a partition"
SECTION="A poison record at the head of a partition"

break_it() {
    tell send 1 '{"type":"match.updated","entity":"twelve","season":1,"version":1}' && tell play 30 && tell settle
}

situation() {
    cat <<TEXT
The alert "dead letters" fires: a record of $TOPIC, partition 1, could not be applied. Somebody says that the partition
must be stuck behind it and wants to move the group's offsets by hand. What is it, is anything held up, and what do you do?
TEXT
}

answer() {
    local id
    run freshet dlq stats
    run freshet dlq list
    id=$(freshet dlq list --output json | sed -n 's/.*"id" *: *"\([^"]*\)".*/\1/p' | head -n 1)
    [ -n "$id" ] || fail "there is no letter" || return 1
    run_head freshet dlq show "$id"
    say "Its id is no id, and never will be: nothing to mend here, tell the producer's team."
    run freshet dlq discard --id "$id" --execute
}

mended() { applied && no_letters && nothing_stale; }

drill "$@"
