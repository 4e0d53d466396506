#!lua flags=allow-oom
-- Hands out the next ticket. Taken before PostgreSQL is read; every write names it.
--
-- KEYS[1]  the control record, e.g. v1:freshet
-- ARGV[1]  the caller's graph; '' or absent: any
-- answers  { run_id, incarnation, number, history }, or nil where there is no control record, or another graph works
--          with it
--
-- A full Redis must still hand out tickets, or nothing could be invalidated any more: allow-oom.
local record = KEYS[1]
local head = redis.call('HMGET', record, 'incarnation', 'history', 'graph')
if not head[1] then return false end
local graph = string.match(head[3] or '', '^%d+ (%S+)')
if (ARGV[1] or '') ~= '' and graph ~= ARGV[1] then return false end
local process = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
-- Numbers stay below 2^41, so that ticket * 4096 is exact in a double: 70 years of 1,000 tickets a second.
return { process, head[1], string.format('%.0f', redis.call('HINCRBY', record, 'ticket', 1)), head[2] }
