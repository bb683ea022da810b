#!lua flags=allow-oom
-- Adds a note to an alert's thread, once: the first text under an id stays.
--
-- KEYS  1 alert  2 notes  3 marks
-- ARGV  1 now  2 ttl (s)  3 note id  4 JSON  5 subject to mark
-- Returns whether the subject needs a trigger (1 | 0)
--@include mark
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
if redis.call('HSETNX', KEYS[2], ARGV[3], ARGV[4]) == 0 then return redis.call('HEXISTS', KEYS[3], ARGV[5]) end
redis.call('EXPIRE', KEYS[2], ARGV[2])
return mark(KEYS[3], ARGV[5], ARGV[1])
