#!lua flags=allow-oom
-- What recovery and 'offsets reset' do to the control record: all or nothing.
--
-- KEYS[1]        the control record, e.g. v1:freshet
-- ARGV[1 … 2]    process (run_id) and incarnation that were looked at
-- ARGV[3 … 4]    raises the floor, and the one of the memory, to at least these tickets; '' leaves it
-- ARGV[5]        the floor that was looked at, '' any: where it has risen since, nothing is done
-- ARGV[6 … 9]    'take MARK', 'seize MARK' (whoever has it), 'release MARK', 'for MARK' (only while holder has it) or
--                ''; holder; lease in ms; body. The marks are 'rebuilding', 'regraph', 'memory:EDGE' and 'upkeep': what
--                one worker does for all. The holder of the mark 'graph' is not a worker but a graph: while it has the
--                mark, tickets are handed out for it alone, and where it changes hands the floor rises above all
--                tickets that were handed out
-- ARGV[10 … 11]  the new history, '' leaves it; 1 declares a migration to it
-- ARGV[12]       'kind ticket kind ticket …': kinds that were invalidated whole, and with which ticket
-- ARGV[13]       'DEPENDENCY ORDER …': orders for breakers, kept as breaker:DEPENDENCY; 'auto' removes one
-- ARGV[14]       'HISTORY POSITION': how far PostgreSQL was seen, kept as flushed where it is further; '' leaves it
-- ARGV[15 … 18]  C checkpoints, G fingerprints, D committed offsets, N notes, which follow:
--                C × (cp:GROUP:TOPIC:PARTITION, the offset at which it was seen (-1 none, '' any),
--                     offset, timestamp, hash, history,
--                     applied, superseded, ignored, dead-lettered, deferred, committed),
--                G × (kind, fingerprint), D × (cp:GROUP:TOPIC:PARTITION, offset),
--                N × (note:NAME, 1 where it is written only over the text that comes next, that text, the new text)
-- answers        { 'done' }, { 'mark-held' } (another holder's lease is good, or the mark is not ours any more),
--                { 'overtaken' } (the floor or a checkpoint is no longer where it was seen), or { 'refused', reason }:
--                process, incarnation, older-history, newer-history (another system, undeclared)
--
-- Counts of a checkpoint that is set are kept from the stored one where there is one. Everything is one HSET, so that
-- no part of it can be there without the rest.
local record, call, format = KEYS[1], redis.call, string.format
if string.match(call('INFO', 'server'), 'run_id:(%x+)') ~= ARGV[1] then return { 'refused', 'process' } end
local verb, mark = string.match(ARGV[6], '^(%S+) (.+)$')
local head = call(
  'HMGET', record, 'incarnation', 'floor', 'history', mark or 'rebuilding', 'kinds', 'memory', 'swept', 'flushed', 'ticket')
if head[1] ~= ARGV[2] then return { 'refused', 'incarnation' } end
if ARGV[5] ~= '' and ARGV[5] ~= head[2] then return { 'overtaken' } end
local fields = {}
local function set(field, value)
  fields[#fields + 1] = field
  fields[#fields + 1] = value
end

local floor = math.max(tonumber(head[2]), tonumber(ARGV[3]) or 0)
if ARGV[4] ~= '' and tonumber(ARGV[4]) > tonumber(head[6] or '1') then set('memory', ARGV[4]) end

local time = call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local untilThen, holder = string.match(head[4] or '', '^(%d+) (%S+)')
if verb == 'for' then
  if holder ~= ARGV[7] then return { 'mark-held' } end
elseif verb == 'take' or verb == 'seize' then
  if verb == 'take' and holder and holder ~= ARGV[7] and tonumber(untilThen) > now then return { 'mark-held' } end
  -- It rises in any case, so that readers' tokens end too. The next ticket is above it: a sweep with that one must
  -- raise it once more, or a token from before the sweep would outlive it.
  if mark == 'graph' and holder ~= ARGV[7] then
    floor = math.max(floor, tonumber(head[9])) + 1
    set('ticket', format('%.0f', floor))
  end
  set(mark, format('%.0f', now + tonumber(ARGV[8])) .. ' ' .. ARGV[7] .. ' ' .. ARGV[9])
elseif verb == 'release' then
  if holder ~= ARGV[7] then return { 'mark-held' } end
  set(mark, '')
end
if floor > tonumber(head[2]) then set('floor', format('%.0f', floor)) end

if ARGV[10] ~= '' and ARGV[10] ~= head[3] then
  local system, timeline, count = string.match(ARGV[10], '^(%d+)/(%d+)%+?(%d*)$')
  local known, line, times = string.match(head[3], '^(%d+)/(%d+)%+?(%d*)$')
  if ARGV[11] ~= '1' then
    if system ~= known then return { 'refused', 'newer-history' } end
    local lead = tonumber(timeline) - tonumber(line)
    if lead == 0 then lead = tonumber('0' .. count) - tonumber('0' .. times) end
    if lead < 0 then return { 'refused', 'older-history' } end
  end
  set('history', ARGV[10])
end

local function words(text)
  local list = {}
  for word in string.gmatch(text, '%S+') do list[#list + 1] = word end
  return list
end
if ARGV[12] ~= '' then
  local known, order = {}, {}
  -- Another process hands out tickets of its own.
  local process, before = string.match(head[7] or '', '^(%x+) (.*)$')
  for kind, ticket in string.gmatch((process == ARGV[1] and before .. ' ' or '') .. ARGV[12], '(%S+) (%d+)') do
    if not known[kind] then order[#order + 1] = kind end
    known[kind] = format('%.0f', math.max(tonumber(known[kind] or 0), tonumber(ticket)))
  end
  for i = 1, #order do order[i] = order[i] .. ' ' .. known[order[i]] end
  set('swept', ARGV[1] .. ' ' .. table.concat(order, ' '))
end

for dependency, order in string.gmatch(ARGV[13], '(%S+) (%S+)') do
  set('breaker:' .. dependency, order == 'auto' and '' or order)
end

local seen, position = string.match(ARGV[14], '^(%S+) (%d+)$')
if seen and seen == (ARGV[10] ~= '' and ARGV[10] or head[3]) then
  local before, reached = string.match(head[8] or '', '^(%S+) (%d+)$')
  if before ~= seen or tonumber(reached) < tonumber(position) then set('flushed', ARGV[14]) end
end

local at = 18
local setHere = {}
for _ = 1, tonumber(ARGV[15]) do
  local list = {}
  for i = 1, 10 do list[i] = ARGV[at + 2 + i] end
  local stored = call('HGET', record, ARGV[at + 1])
  local old = stored and words(stored)
  if ARGV[at + 2] ~= '' and ARGV[at + 2] ~= (old and old[1] or '-1') then return { 'overtaken' } end
  if old then
    for i = 5, 9 do list[i] = old[i] end
  end
  setHere[ARGV[at + 1]] = list
  at = at + 12
end
local known = {}
for kind in string.gmatch(head[5] or '', '[^\n]+') do known[kind] = true end
local kinds, gone = head[5] or '', {}
for _ = 1, tonumber(ARGV[16]) do
  local kind = ARGV[at + 1]
  set('graph:' .. kind, ARGV[at + 2])
  if ARGV[at + 2] == '' then
    gone[kind] = true
  elseif not known[kind] then
    known[kind] = true
    kinds = kinds == '' and kind or kinds .. '\n' .. kind
  end
  at = at + 2
end
-- A kind without a fingerprint is none of the graph's any more.
if next(gone) then
  local rest = {}
  for kind in string.gmatch(kinds, '[^\n]+') do
    if not gone[kind] then rest[#rest + 1] = kind end
  end
  kinds = table.concat(rest, '\n')
end
if kinds ~= head[5] then set('kinds', kinds) end
for _ = 1, tonumber(ARGV[17]) do
  local stored = call('HGET', record, ARGV[at + 1])
  local list = setHere[ARGV[at + 1]] or (stored and words(stored))
  if list then
    list[10] = ARGV[at + 2]
    setHere[ARGV[at + 1]] = list
  end
  at = at + 2
end
for _ = 1, tonumber(ARGV[18]) do
  local isFree = ARGV[at + 2] ~= '1' or (call('HGET', record, ARGV[at + 1]) or '') == ARGV[at + 3]
  if isFree then set(ARGV[at + 1], ARGV[at + 4]) end
  at = at + 4
end
for field, list in pairs(setHere) do set(field, table.concat(list, ' ')) end
-- unpack puts everything on Lua's stack, which holds 8,000 values.
if #fields > 7000 then return redis.error_reply('ERR revise: more than 3,500 fields in one call') end
if #fields > 0 then call('HSET', record, unpack(fields)) end
return { 'done' }
