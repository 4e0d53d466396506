#!/usr/bin/env bash
# Drill: a worker stood still for longer than the session time-out, and wakes when its partitions are others'.
WORKERS=2
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
TITLE="a stolen partition of a zombie worker"
SECTION="A worker stands still, and others have its partitions"

break_it() {
    tell play 20 || return 1
    kill -STOP "$(pid w1)"
    # The session time-out is 3 s.
    await "worker w2 has all partitions" 60 holds_all || return 1
    tell play 60 && tell settle
}

holds_all() { [ "$(grep -o 'league\.changes\[[0-9]\]' "$FOLDER/w2.json" | sort -u | wc -l)" -eq 4 ]; }

situation() {
    cat <<TEXT
Worker w1 (process $(pid w1)) has not said a word for a while: its machine swapped, or somebody's debugger held it. The group
gave its partitions to w2. It still has connections to Redis, and records in hand that w2 has applied since, with newer ones
behind them. What happens when it wakes, and do you have to prevent that?
TEXT
}

answer() {
    run ps -o pid,stat,etime,args -p "$(pid w1)" | cut -c 1-100
    say "Nothing needs to be prevented: fences and checkpoints refuse what is old. Let it wake:"
    run kill -CONT "$(pid w1)"
    await "worker w1 is back in the group" 60 rejoined || return 1
    tell play 20
}

rejoined() { grep -qE '"message":"partitions-(lost|revoked)"' "$FOLDER/w1.log" && is w1 ready && is w2 ready; }

mended() {
    local name
    for name in w1 w2; do
        # The state stands behind the name, which is in brackets.
        case $(sed 's/.*) //' "/proc/$(pid "$name")/stat" 2>/dev/null) in
            T*) fail "worker $name still stands: kill -CONT $(pid "$name"), or kill -9 and another one" || return 1 ;;
        esac
    done
    applied && no_letters && nothing_stale
}

drill "$@"
