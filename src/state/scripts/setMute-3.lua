#!lua flags=allow-oom
-- Compare-and-set of a mute, with its line in the audit; '' stands for "there is none".
--
-- KEYS  1 mutes: hash, id -> JSON  2 audit: stream  3 marks
-- ARGV  1 now  2 ttl of the audit (s)  3 mute id  4 JSON as read  5 JSON to store  6 entries the audit keeps
--       7 audit entry (JSON), or ''  8.. subjects to mark
-- Returns {stored (1) | conflict (0), for each subject: needs a trigger (1 | 0)}
--@include mark
local mutes, audit, marks, id = KEYS[1], KEYS[2], KEYS[3], ARGV[3]
if (redis.call('HGET', mutes, id) or '') ~= ARGV[4] then return { 0 } end
if ARGV[5] == '' then redis.call('HDEL', mutes, id) else redis.call('HSET', mutes, id, ARGV[5]) end
if ARGV[7] ~= '' then
  redis.call('XADD', audit, 'MAXLEN', '~', ARGV[6], '*', 'entry', ARGV[7])
  redis.call('EXPIRE', audit, ARGV[2])
end
local result = { 1 }
for i = 8, #ARGV do result[#result + 1] = mark(marks, ARGV[i], ARGV[1]) end
return result
