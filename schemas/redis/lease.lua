#!lua flags=allow-oom
-- A reader asks for a key, and on a miss for the right to fill it: read PostgreSQL's primary, then call fill.lua.
--
-- KEYS[1]  the control record, e.g. v1:freshet
-- KEYS[2]  the key, e.g. v1:match:4711
-- KEYS[3]  only with a lease: KEYS[1] .. ':lease:' .. KEYS[2], whatever the namespace's separator is. No entity's key
--          begins with the control record's name.
-- ARGV[1]  lease in ms: only one caller per key is told to read; '0' or absent for none
-- ARGV[2]  with a lease: a random name of the caller, also given to fill.lua
-- answers  { 'hit', value }
--          { 'miss', token, wait }: wait is 0 for the caller that reads, else for how many more ms another caller may
--          be reading; ask again after a while, or read without waiting: the token is good either way
--          { 'none' }: there is no control record, no graph works with it yet, or nothing was touched since workers of a
--          version without the log of touches, so nothing may be filled; read PostgreSQL and don't cache
--
-- The token is opaque: process, incarnation, history, floor, and where the next touch will stand in the log of touches.
-- A failover, a flush, a rebuild, a new history or a touch of the key's bucket makes it worthless; so does time, where so
-- much else is touched that its place leaves the log (4,096 calls, or 65,536 keys). (A lease is a few bytes
-- for a short while, and a full Redis must still answer hits: allow-oom.)
local record, key, call = KEYS[1], KEYS[2], redis.call
local value = call('GET', key)
if value then return { 'hit', value } end

local head = call('HMGET', record, 'incarnation', 'history', 'floor', 'touches', 'kinds', 'top')
local place = string.match(head[4] or '', '^%d+ (%d+) ')
if not head[1] or not place or head[6] or (head[5] or '') == '' then return { 'none' } end
local process = string.match(call('INFO', 'server'), 'run_id:(%x+)')
local token = table.concat({ process, head[1], head[2], head[3], place }, ' ')
local lease = tonumber(ARGV[1] or '0')
if lease == 0 then return { 'miss', token, 0 } end
if KEYS[3] ~= record .. ':lease:' .. key then
  return redis.error_reply('ERR lease: KEYS[3] is not the lease of KEYS[2]')
end
if call('SET', KEYS[3], ARGV[2], 'NX', 'PX', lease) then return { 'miss', token, 0 } end
return { 'miss', token, math.max(call('PTTL', KEYS[3]), 1) }
