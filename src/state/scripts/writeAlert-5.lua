#!lua flags=allow-oom
-- Compare-and-set of an alert: stores its new state only when nobody changed it since it was read.
--
-- KEYS  1 branch: hash, alert = id of its current alert  2 alert: hash, version, state and what people did about it
--       3 notes: hash, note id -> JSON  4 open: zset of failing alerts by the time they opened  5 marks
-- ARGV  1 now  2 ttl (s)  3 current alert of the branch as read ('' for none)  4 version of the alert as read ('0': new)
--       5 alert id  6 state (JSON)  7 handling (JSON) when nobody is on it from now on, else ''
--       8 the branch breaks now (1 | 0)  9 failing (1 | 0)
--       10 number of notes, then for each: note id, JSON (kept as first written), then subjects to mark
-- Returns {stored (1) | conflict (0) | nothing to change (2), for each subject: needs a trigger (1 | 0)}
--@include mark
local branch, alert, notes, open, marks = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local now, ttl = ARGV[1], ARGV[2]
local known = redis.call('HMGET', alert, 'version', 'state')
if (redis.call('HGET', branch, 'alert') or '') ~= ARGV[3] then return { 0 } end
if (known[1] or '0') ~= ARGV[4] then return { 0 } end

local last = 10 + 2 * tonumber(ARGV[10])
local changed = known[2] ~= ARGV[6] or ARGV[3] ~= ARGV[5]
if changed then
  redis.call('HSET', branch, 'alert', ARGV[5])
  redis.call('HSET', alert, 'state', ARGV[6])
  redis.call('HINCRBY', alert, 'version', 1)
  if ARGV[7] ~= '' then redis.call('HSET', alert, 'handling', ARGV[7]) end
  -- What people did was about the failure before.
  if ARGV[8] == '1' then redis.call('HDEL', alert, 'rerun', 'mention') end
  if ARGV[9] == '1' then redis.call('ZADD', open, 'NX', now, ARGV[5]) else redis.call('ZREM', open, ARGV[5]) end
  -- The alert before this one is nobody's business any more.
  if ARGV[3] ~= '' and ARGV[3] ~= ARGV[5] then redis.call('ZREM', open, ARGV[3]) end
  for i = 11, last, 2 do redis.call('HSETNX', notes, ARGV[i], ARGV[i + 1]) end
  for _, key in ipairs({ branch, alert, notes }) do redis.call('EXPIRE', key, ttl) end
end
local result = { changed and 1 or 2 }
for i = last + 1, #ARGV do
  result[#result + 1] = changed and mark(marks, ARGV[i], now) or redis.call('HEXISTS', marks, ARGV[i])
end
return result
