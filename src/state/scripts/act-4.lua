#!lua flags=allow-oom
-- Compare-and-set of what people did about an alert, with its note and its line in the audit.
--
-- KEYS  1 alert: hash  2 notes: hash, note id -> JSON  3 audit: stream  4 marks
-- ARGV  1 now  2 ttl (s)  3 version of the alert as read  4 entries the audit keeps  5 audit entry (JSON), or ''
--       6 number of fields, then for each: field, JSON; then number of notes, then for each: note id, JSON; then
--       subjects to mark
-- Returns {stored (1) | conflict (0), for each subject: needs a trigger (1 | 0)}
--@include mark
local alert, notes, audit, marks = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local now, ttl = ARGV[1], ARGV[2]
if redis.call('HGET', alert, 'version') ~= ARGV[3] then return { 0 } end
redis.call('HINCRBY', alert, 'version', 1)
local i = 7
for _ = 1, tonumber(ARGV[6]) do
  redis.call('HSET', alert, ARGV[i], ARGV[i + 1])
  i = i + 2
end
local count = tonumber(ARGV[i])
i = i + 1
for _ = 1, count do
  redis.call('HSETNX', notes, ARGV[i], ARGV[i + 1])
  i = i + 2
end
if ARGV[5] ~= '' then
  redis.call('XADD', audit, 'MAXLEN', '~', ARGV[4], '*', 'entry', ARGV[5])
  redis.call('EXPIRE', audit, ttl)
end
for _, key in ipairs({ alert, notes }) do redis.call('EXPIRE', key, ttl) end
local result = { 1 }
while i <= #ARGV do
  result[#result + 1] = mark(marks, ARGV[i], now)
  i = i + 1
end
return result
