#!/usr/bin/env bash
# Drill: Redis has reached its maxmemory and refuses every write.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
TITLE="Redis is full"
SECTION="Redis is full"

break_it() {
    freshet warm --execute --yes >/dev/null && redis config set maxmemory 1mb >/dev/null && tell play 60 && tell settle
}

situation() {
    cat <<TEXT
Latency of all services grows, because fewer and fewer of their keys are cached; PostgreSQL is busy. Freshet's lag is zero
and there are no dead letters; its log says cache-full. Redis answers on port $REDIS_PORT. Is anything stale? What do you do,
and how do the keys come back?
TEXT
}

answer() {
    run grep -o '"message":"cache-full".*' "$FOLDER/w1.log"
    say "What can't be written is removed, so nothing is stale:"
    run freshet verify || return 1
    printf '$ redis info memory | grep maxmemory\n'
    redis info memory | grep '^maxmemory'
    run redis config set maxmemory 256mb
    say "(And the same in its configuration file, or the next restart forgets it.)"
    say "Every event brings its keys back; all of them at once:"
    run freshet warm --execute --yes
}

mended() {
    local limit used
    limit=$(redis config get maxmemory | tail -n 1)
    used=$(redis info memory | sed -n 's/^used_memory:\([0-9]*\).*/\1/p')
    [ "$limit" -eq 0 ] || [ "$used" -lt "$limit" ] || fail "Redis is still full: $used of $limit bytes" || return 1
    applied && no_letters && nothing_stale || return 1
    [ "$(redis dbsize)" -gt 400 ] || fail "only $(redis dbsize) keys are cached: freshet warm brings them back"
}

drill "$@"
