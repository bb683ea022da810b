#!lua
-- Counts a name among those of the time that began with the first of them, as long as there is room. A repetition counts once.
--
-- KEYS  1 set
-- ARGV  1 name  2 room  3 ttl (s)
-- Returns whether it is among them (1 | 0)
if redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return 1 end
local counted = redis.call('SCARD', KEYS[1])
if counted >= tonumber(ARGV[2]) then return 0 end
redis.call('SADD', KEYS[1], ARGV[1])
if counted == 0 then redis.call('EXPIRE', KEYS[1], ARGV[3]) end
return 1
