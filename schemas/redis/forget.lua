#!lua flags=allow-oom
-- Takes entries out of an edge's memory, each only where it is still what was read: whoever has written it since knows
-- more.
--
-- KEYS[1]  the memory's hash, e.g. v1:freshet:memory:match->standings
-- ARGV     pairs of child and entry
-- answers  how many went
local gone = 0
for i = 1, #ARGV, 2 do
  if redis.call('HGET', KEYS[1], ARGV[i]) == ARGV[i + 1] then gone = gone + redis.call('HDEL', KEYS[1], ARGV[i]) end
end
return gone
