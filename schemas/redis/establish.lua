#!lua flags=allow-oom
-- Makes the control record with a new incarnation where there is none. Called by workers only.
--
-- KEYS[1]  the control record, e.g. v1:freshet
-- ARGV     incarnation (random), owner, history (SYSTEM/TIMELINE)
-- answers  1 where it was made, 0 where there is one; look.lua says what it holds
--
-- The floor is below the first ticket: a sweep with that one must change it, or a reader's token from before would still
-- hold. The memory counts from the first ticket. Whatever else stands under that name without an incarnation is no
-- control record.
local record, call = KEYS[1], redis.call
if call('HEXISTS', record, 'incarnation') == 1 then return 0 end
call('UNLINK', record)
call(
  'HSET', record, 'incarnation', ARGV[1], 'owner', ARGV[2], 'history', ARGV[3], 'ticket', '0', 'floor', '0',
  'memory', '1', 'pending', '0', 'rebuilding', '', 'kinds', '', 'swept', '', 'touches', '0 0 0 0 0')
return 1
