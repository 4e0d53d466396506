#!lua flags=allow-oom
-- Hands out the next ticket. Taken before PostgreSQL is read; every write names it.
--
-- KEYS[1]  the control record, e.g. v1:freshet
-- answers  { run_id, incarnation, number, history }, or nil where there is no control record
--
-- A full Redis must still hand out tickets, or nothing could be invalidated any more: allow-oom.
local record = KEYS[1]
local head = redis.call('HMGET', record, 'incarnation', 'history')
if not head[1] then return false end
local process = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
-- Numbers stay below 2^41, so that ticket * 4096 is exact in a double: 70 years of 1,000 tickets a second.
return { process, head[1], string.format('%.0f', redis.call('HINCRBY', record, 'ticket', 1)), head[2] }
