#!lua flags=allow-oom
-- Takes entries out of an edge's memory, each only where it is still what was read: whoever has written it since knows
-- more.
--
-- KEYS[1]    the memory's hash, e.g. v1:freshet:memory:match->standings
-- KEYS[2]    the control record, e.g. v1:freshet
-- ARGV[1]    the incarnation in which the entries were judged: another one's memory counts by itself
-- ARGV[2 …]  pairs of child and entry
-- answers    how many went; -1 where the incarnation is another one: nothing was done
if redis.call('HGET', KEYS[2], 'incarnation') ~= ARGV[1] then return -1 end
local gone = 0
for i = 2, #ARGV, 2 do
  if redis.call('HGET', KEYS[1], ARGV[i]) == ARGV[i + 1] then gone = gone + redis.call('HDEL', KEYS[1], ARGV[i]) end
end
return gone
