#!lua
-- Keeps what somebody wants, once: the first text stays, and a repetition marks nothing.
--
-- KEYS  1 string  2 marks
-- ARGV  1 now  2 ttl (s)  3 JSON  4 subject to mark
-- Returns whether the subject needs a trigger (1 | 0)
--@include mark
if not redis.call('SET', KEYS[1], ARGV[3], 'EX', ARGV[2], 'NX') then return redis.call('HEXISTS', KEYS[2], ARGV[4]) end
return mark(KEYS[2], ARGV[4], ARGV[1])
