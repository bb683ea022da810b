#!lua flags=allow-oom
-- Ends a run that succeeded: takes the mark away, unless somebody marked the subject again in the meantime.
--
-- KEYS  1 marks  2 attempts
-- ARGV  1 subject  2 mark as taken
-- Returns 1 when it must run once more, else 0
redis.call('HDEL', KEYS[2], ARGV[1])
local mark = redis.call('HGET', KEYS[1], ARGV[1])
if not mark then return 0 end
if mark ~= ARGV[2] then return 1 end
redis.call('HDEL', KEYS[1], ARGV[1])
return 0
