#!lua flags=allow-oom
-- Sets when a subject is looked at next: the earlier of two times wins. Its mark, if it has one, stays.
--
-- KEYS  1 due: zset, subject by time  2 attempts
-- ARGV  1 subject  2 at (ms)  3 who asks: 'failed' or 'forgiven' (a run that ends thus, counted as an attempt or not), or
--       'timer' (somebody who sets a time)
-- Returns 1
if ARGV[3] ~= 'timer' then redis.call('HDEL', KEYS[2], '!' .. ARGV[1]) end
if ARGV[3] == 'forgiven' and redis.call('HINCRBY', KEYS[2], ARGV[1], -1) <= 0 then
  redis.call('HDEL', KEYS[2], ARGV[1])
end
redis.call('ZADD', KEYS[1], 'LT', ARGV[2], ARGV[1])
return 1
