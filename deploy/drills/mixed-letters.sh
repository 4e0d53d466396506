#!/usr/bin/env bash
# Drill: ten thousand dead letters of two sorts, of which nine thousand should be retried.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
TITLE="10,000 mixed dead letters, of which 9,000 should be retried"
SECTION="Ten thousand letters of many sorts"

break_it() {
    sql 'alter view rm_match rename to rm_match_before;
        create view rm_match as select id, doc, version from rm_match_before where 100 / (id % 10) is not null' &&
        tell garbage 1000 && tell flood 9000 10 && tell settle &&
        sql 'drop view rm_match; alter view rm_match_before rename to rm_match'
}

situation() {
    cat <<TEXT
Overnight a deploy broke a read model, and a producer wrote garbage; both are mended. What they left are 10,000 dead letters.
Those of the read model are to be applied, those of the producer are not worth anything. Nothing may be applied twice, nothing
forgotten.
TEXT
}

answer() {
    run_head freshet dlq stats
    say "Without --execute it says what it would do:"
    run freshet dlq retry --reason rejected-by-read-model --rate 5000 || return 1
    run freshet dlq retry --reason rejected-by-read-model --rate 5000 --execute || return 1
    run freshet dlq discard --reason malformed-json --execute
}

mended() {
    local stats name wanted
    applied && no_letters || return 1
    stats=$(freshet dlq stats --output json | tr -d ' \n')
    for wanted in '"retried":9000' '"discarded":1000'; do
        case $stats in
            *"$wanted"*) ;;
            *) fail "not $wanted: freshet dlq stats" || return 1 ;;
        esac
    done
    nothing_stale
}

drill "$@"
