#!lua flags=no-writes
-- One look at the control record.
--
-- KEYS[1]  the control record, e.g. v1:freshet
-- ARGV     checkpoint fields to look at: cp:GROUP:TOPIC:PARTITION …
-- answers  { run_id } where there is no control record, else
--          { run_id, incarnation, owner, floor, ticket, history, rebuilding, pending,
--            { kind, fingerprint, … }, { checkpoint or nil … }, memory, swept,
--            { order for redis, for postgres, for kafka }, flushed, graph }, '' for none
--          memory is the lowest ticket whose entries of the memory count; graph is 'leaseUntil GRAPH former …', which
--          graph works with this cache; swept is 'kind ticket kind ticket …': what was invalidated whole, and with
--          which ticket of this process; rebuilding is 'leaseUntil holder body', or '' when no rebuild is under way
local record, call = KEYS[1], redis.call
local process = string.match(call('INFO', 'server'), 'run_id:(%x+)')
local head = call(
  'HMGET', record, 'incarnation', 'owner', 'floor', 'ticket', 'history', 'rebuilding', 'pending', 'kinds',
  'memory', 'swept', 'breaker:redis', 'breaker:postgres', 'breaker:kafka', 'flushed', 'graph')
if not head[1] then return { process } end
local graph = {}
for kind in string.gmatch(head[8] or '', '[^\n]+') do
  graph[#graph + 1] = kind
  graph[#graph + 1] = call('HGET', record, 'graph:' .. kind) or ''
end
local checkpoints = {}
local owner, swept = string.match(head[10] or '', '^(%x+) (.*)$')
if owner ~= process then swept = '' end
for i = 1, #ARGV do checkpoints[i] = call('HGET', record, ARGV[i]) end
return {
  process, head[1], head[2] or '', head[3], head[4], head[5], head[6] or '', head[7] or '0', graph, checkpoints,
  head[9] or '1', swept,
  { head[11] or '', head[12] or '', head[13] or '' }, head[14] or '', head[15] or '',
}
