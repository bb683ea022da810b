#!lua flags=allow-oom
-- Ends a run that succeeded: takes the mark away, unless somebody marked the subject again in the meantime.
--
-- KEYS  1 marks  2 attempts
-- ARGV  1 subject  2 mark as taken  3 now
-- Returns 1 when it must run once more, else 0
redis.call('HDEL', KEYS[2], ARGV[1], '!' .. ARGV[1])
local mark = redis.call('HGET', KEYS[1], ARGV[1])
if not mark then return 0 end
if mark == ARGV[2] then
  redis.call('HDEL', KEYS[1], ARGV[1])
  return 0
end
-- It has just been looked after: what is new has waited since now, not since the mark before.
redis.call('HSET', KEYS[1], ARGV[1], string.match(mark, '^%d+') .. '@' .. ARGV[3])
return 1
