#!/usr/bin/env bash
# Drill: a deploy broke the SQL of a read model for some of its rows.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
TITLE="a deploy with a broken read model"
SECTION="A deploy broke a read model"

break_it() {
    sql 'alter view rm_match rename to rm_match_before;
        create view rm_match as select id, doc, version from rm_match_before where 100 / (id % 10) is not null' &&
        tell flood 200 10 && tell play 40 && tell settle
}

situation() {
    cat <<TEXT
Five minutes ago the view rm_match was deployed anew (the one before it is still there: rm_match_before). Now dead letters
arrive, all of one sort. What is wrong, how do you take the deploy back, and how do the rejected events get applied?
TEXT
}

answer() {
    local id
    run freshet dlq stats
    run freshet dlq list --limit 3
    id=$(freshet dlq list --limit 1 --output json | sed -n 's/.*"id" *: *"\([^"]*\)".*/\1/p' | head -n 1)
    run_head freshet dlq show "$id"
    say "The view divides by zero. Take it back:"
    run sql 'drop view rm_match; alter view rm_match_before rename to rm_match' || return 1
    run freshet graph check || return 1
    say "One first, then the rest:"
    run freshet dlq retry --id "$id" --execute || return 1
    tell settle || return 1
    run freshet dlq list --id "$id"
    run freshet dlq retry --reason rejected-by-read-model --execute
}

mended() { applied && no_letters && nothing_stale; }

drill "$@"
